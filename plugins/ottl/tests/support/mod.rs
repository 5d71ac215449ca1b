//! A span with an event for conditions to look at.

use std::borrow::Cow;

use sluice_ottl::syntax::parse;
use sluice_ottl::{Condition, Context, Field, List, Map, Nested, Reference, References, Row, Table, Value};

/// An attribute's value.
#[derive(Clone, Debug)]
pub(crate) enum Any {
    Nil,
    Boolean(bool),
    Int(i64),
    Double(f64),
    Text(&'static str),
    Bytes(&'static [u8]),
    List(Vec<Any>),
    Map(Vec<(&'static str, Any)>),
}

impl Any {
    fn value(&self) -> Value<'_, Entries<'_>> {
        match self {
            Self::Nil => Value::Nil,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::text(*text),
            Self::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
            Self::List(values) => Value::List(List::Encoded(Entries::List(values))),
            Self::Map(entries) => Value::Map(Map::Encoded(Entries::Map(entries))),
        }
    }
}

/// Lists and maps as they lie in [`Any`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entries<'a> {
    List(&'a [Any]),
    Map(&'a [(&'static str, Any)]),
}

impl<'a> Nested<'a> for Entries<'a> {
    fn entries(self) -> impl Iterator<Item = (&'a [u8], Value<'a, Self>)> {
        let (list, map) = match self {
            Self::List(values) => (values, &[][..]),
            Self::Map(entries) => (&[][..], entries),
        };
        let list = list.iter().map(|value| (&b""[..], value.value()));
        list.chain(map.iter().map(|(key, value)| (key.as_bytes(), value.value())))
    }
}

type Attributes = Vec<(&'static str, Any)>;

/// What conditions of these tests look at.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    pub(crate) resource: Attributes,
    pub(crate) scope: Attributes,
    pub(crate) span: Attributes,
    pub(crate) event: Attributes,
}

impl Data {
    /// A server span of a shop, with an exception.
    pub(crate) fn shop() -> Self {
        Self {
            resource: vec![("service.name", Any::Text("checkout")), ("host.ip", Any::Text("10.1.2.3"))],
            scope: vec![("scope.attribute", Any::Text("yes"))],
            span: vec![
                ("http.route", Any::Text("/pay")),
                ("http.status_code", Any::Int(503)),
                ("ratio", Any::Double(0.25)),
                ("debug", Any::Boolean(true)),
                ("off", Any::Boolean(false)),
                ("empty", Any::Text("")),
                ("nothing", Any::Nil),
                ("zero", Any::Int(0)),
                ("raw", Any::Bytes(&[1, 2, 255])),
                ("number.as.text", Any::Text("42")),
                ("tags", Any::List(vec![Any::Text("prod"), Any::Text("eu"), Any::Int(3)])),
                ("mixed", Any::List(vec![Any::Int(1), Any::Double(2.0)])),
                (
                    "user",
                    Any::Map(vec![
                        ("name", Any::Text("ann")),
                        ("age", Any::Int(41)),
                        ("roles", Any::List(vec![Any::Text("admin"), Any::Text("dev")])),
                        ("address", Any::Map(vec![("city", Any::Text("Oslo"))])),
                    ]),
                ),
                ("umlaut", Any::Text("gr\u{fc}n")),
                ("key", Any::Text("http.route")),
                ("twice", Any::Int(1)),
                ("twice", Any::Int(2)),
            ],
            event: vec![("exception.type", Any::Text("Timeout")), ("attempt", Any::Int(2))],
        }
    }

    fn attributes(&self, table: Table) -> &Attributes {
        match table {
            Table::Resource => &self.resource,
            Table::Scope => &self.scope,
            Table::Span => &self.span,
            Table::Event => &self.event,
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) data: &'a Data,
    pub(crate) references: &'a References,
}

impl<'a> Row<'a> for View<'a> {
    type Nested = Entries<'a>;

    fn get(self, position: usize) -> Value<'a, Entries<'a>> {
        let field = match &self.references.as_slice()[position] {
            Reference::Attributes(table) => {
                return Value::Map(Map::Encoded(Entries::Map(self.data.attributes(*table))));
            }
            Reference::Attribute(table, key) => {
                let attributes = self.data.attributes(*table);
                let found = attributes.iter().find(|(name, _)| name == key);
                return found.map_or(Value::Nil, |(_, value)| value.value());
            }
            Reference::Field(field) => *field,
        };
        match field {
            Field::TraceId => {
                Value::TraceId(*b"\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c")
            }
            Field::SpanId => Value::SpanId([0xee, 0xe1, 0x9b, 0x7e, 0xc3, 0xc1, 0xb1, 0x74]),
            Field::ParentSpanId => Value::SpanId([0; 8]),
            Field::TraceState => Value::text("vendor=1,ot=th:8"),
            Field::Name(Table::Event) => Value::text("exception"),
            Field::Name(Table::Scope) => Value::text("io.shop"),
            Field::Name(_) => Value::text("POST /pay"),
            Field::Kind => Value::Int(2),
            // 2023-11-14 22:13:20 UTC, a Tuesday.
            Field::StartTime => Value::Int(1_700_000_000_000_000_000),
            Field::EndTime => Value::Int(1_700_000_002_500_000_000),
            Field::StatusCode => Value::Int(2),
            Field::StatusMessage => Value::text("declined"),
            Field::Flags => Value::Int(257),
            Field::DroppedAttributes(Table::Resource) => Value::Int(4),
            Field::DroppedAttributes(Table::Scope) => Value::Int(3),
            Field::DroppedAttributes(Table::Span) => Value::Int(2),
            Field::DroppedAttributes(Table::Event) => Value::Int(1),
            Field::DroppedEvents => Value::Int(6),
            Field::DroppedLinks => Value::Int(7),
            Field::Events => Value::Events(2),
            Field::Links => Value::Links(0),
            Field::EventTime => Value::Int(1_700_000_001_000_000_000),
            Field::EventIndex => Value::Int(1),
            Field::Version => Value::text("1.2.3"),
            Field::SchemaUrl(Table::Resource) => Value::text("https://example.com/resource"),
            Field::SchemaUrl(_) => Value::text("https://example.com/scope"),
        }
    }

    fn trace_state(self, _: usize, key: &[u8]) -> Value<'a, Entries<'a>> {
        Value::text(match key {
            b"vendor" => "1",
            b"ot" => "th:8",
            _ => "",
        })
    }

    fn now(self) -> u64 {
        1_700_000_060_000_000_000
    }
}

/// Evaluates a condition for the shop's span or its event.
///
/// # Errors
/// What is wrong with it, or what went wrong, with its place.
pub(crate) fn evaluate(condition: &str, context: Context) -> Result<bool, String> {
    let mut references = References::default();
    let compiled = Condition::new(condition, context, &mut references);
    let compiled = compiled.map_err(|error| format!("error at {}", error.explain(condition)))?;
    let row = View { data: &Data::shop(), references: &references };
    compiled.holds(row).map_err(|fault| format!("fault at {}", fault.explain(condition)))
}

/// What holds for any text: it is answered or refused in both contexts, a refusal has a place within it, and what
/// was read prints as text that reads as the same.
pub(crate) fn check(text: &str) {
    for context in [Context::Span, Context::SpanEvent] {
        let _ = evaluate(text, context);
        let mut references = References::default();
        if let Err(error) = Condition::new(text, context, &mut references) {
            assert!(error.at <= text.len() && text.is_char_boundary(error.at), "{text:?}: {error:?}");
        }
    }
    if let Ok(tree) = parse(text) {
        let printed = tree.to_string();
        // Printing puts in spaces and parentheses, with which it may become too long or too deep.
        if let Ok(again) = parse(&printed) {
            assert_eq!(again, tree, "{printed}");
        }
    }
}
