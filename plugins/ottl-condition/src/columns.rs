//! The columns that conditions read.

use sluice_ottl::{Field as Name, Reference, Table as Of};
use sluice_sdk::Field;
use sluice_sdk::intrinsic::{
    DROPPED_COUNT, DROPPED_EVENTS_COUNT, DROPPED_LINKS_COUNT, END, FLAGS, KIND, NAME, PARENT_SPAN_ID,
    SCHEMA_URL, SPAN_ID, START, STATUS_CODE, STATUS_MESSAGE, TIME, TRACE_ID, TRACESTATE, VERSION,
};
use sluice_sdk::policy::{Inputs, WholeTrace};
use sluice_sdk::table::Sees;
use sluice_sdk::table::{Events, HasAttributes, Items, Links, Resources, Scopes, Table};
use sluice_sdk::value::{Any, Attributes, Bytes, Large, Number, SpanId, TraceId};

/// A column of a table, by the type of its values.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column<T> {
    Any(Field<WholeTrace, T, Any>),
    Attributes(Field<WholeTrace, T, Attributes>),
    Text(Field<WholeTrace, T, Bytes>),
    Number(Field<WholeTrace, T, Number>),
    Large(Field<WholeTrace, T, Large>),
    TraceId(Field<WholeTrace, T, TraceId>),
    SpanId(Field<WholeTrace, T, SpanId>),
}

/// What a reference of a condition is read from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Resource(Column<Resources>),
    Scope(Column<Scopes>),
    Span(Column<Items>),
    Event(Column<Events>),
    /// How many events the span has.
    Events,
    /// How many links the span has.
    Links,
    /// Which of the events of its span it is.
    EventIndex,
}

/// What the references of all conditions are read from, by their positions.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) sources: Vec<Source>,
    /// Whether events are counted or looked at.
    pub(crate) events: bool,
    /// Whether links are counted.
    pub(crate) links: bool,
}

impl Columns {
    /// Asks for the columns.
    pub(crate) fn declare(references: &[Reference], event_conditions: bool, inputs: &mut Inputs) -> Self {
        let sources: Vec<_> = references.iter().map(|reference| source(reference, inputs)).collect();
        let counts = |wanted: fn(&Source) -> bool| sources.iter().any(wanted);
        let events = event_conditions || counts(|source| matches!(source, Source::Events));
        let links = counts(|source| matches!(source, Source::Links));
        // Rows are only given of tables that something is asked of.
        _ = inputs.intrinsic(Items, KIND);
        if events {
            _ = inputs.intrinsic(Events, DROPPED_COUNT);
        }
        if links {
            _ = inputs.intrinsic(Links, DROPPED_COUNT);
        }
        Self { sources, events, links }
    }
}

fn source(reference: &Reference, inputs: &mut Inputs) -> Source {
    match reference {
        Reference::Attribute(Of::Resource, key) => Source::Resource(any(Resources, key, inputs)),
        Reference::Attribute(Of::Scope, key) => Source::Scope(any(Scopes, key, inputs)),
        Reference::Attribute(Of::Span, key) => Source::Span(any(Items, key, inputs)),
        Reference::Attribute(Of::Event, key) => Source::Event(any(Events, key, inputs)),
        Reference::Attributes(Of::Resource) => Source::Resource(all(Resources, inputs)),
        Reference::Attributes(Of::Scope) => Source::Scope(all(Scopes, inputs)),
        Reference::Attributes(Of::Span) => Source::Span(all(Items, inputs)),
        Reference::Attributes(Of::Event) => Source::Event(all(Events, inputs)),
        Reference::Field(name) => field(*name, inputs),
    }
}

fn any<T: HasAttributes>(table: T, key: &str, inputs: &mut Inputs) -> Column<T>
where
    WholeTrace: Sees<T>,
{
    Column::Any(inputs.any(table, key))
}

fn all<T: HasAttributes>(table: T, inputs: &mut Inputs) -> Column<T>
where
    WholeTrace: Sees<T>,
{
    Column::Attributes(inputs.attributes(table))
}

fn dropped<T: Table>(table: T, inputs: &mut Inputs) -> Column<T>
where
    WholeTrace: Sees<T>,
{
    Column::Number(inputs.intrinsic(table, DROPPED_COUNT))
}

fn field(name: Name, inputs: &mut Inputs) -> Source {
    match name {
        Name::TraceId => Source::Span(Column::TraceId(inputs.intrinsic(Items, TRACE_ID))),
        Name::SpanId => Source::Span(Column::SpanId(inputs.intrinsic(Items, SPAN_ID))),
        Name::ParentSpanId => Source::Span(Column::SpanId(inputs.intrinsic(Items, PARENT_SPAN_ID))),
        Name::TraceState => Source::Span(Column::Text(inputs.intrinsic(Items, TRACESTATE).raw())),
        Name::Kind => Source::Span(Column::Number(inputs.intrinsic(Items, KIND))),
        Name::StartTime => Source::Span(Column::Large(inputs.intrinsic(Items, START))),
        Name::EndTime => Source::Span(Column::Large(inputs.intrinsic(Items, END))),
        Name::StatusCode => Source::Span(Column::Number(inputs.intrinsic(Items, STATUS_CODE))),
        Name::StatusMessage => Source::Span(Column::Text(inputs.intrinsic(Items, STATUS_MESSAGE).raw())),
        Name::Flags => Source::Span(Column::Number(inputs.intrinsic(Items, FLAGS))),
        Name::DroppedEvents => Source::Span(Column::Number(inputs.intrinsic(Items, DROPPED_EVENTS_COUNT))),
        Name::DroppedLinks => Source::Span(Column::Number(inputs.intrinsic(Items, DROPPED_LINKS_COUNT))),
        Name::Events => Source::Events,
        Name::Links => Source::Links,
        Name::EventTime => Source::Event(Column::Large(inputs.intrinsic(Events, TIME))),
        Name::EventIndex => Source::EventIndex,
        Name::Version => Source::Scope(Column::Text(inputs.intrinsic(Scopes, VERSION).raw())),
        Name::Name(Of::Event) => Source::Event(Column::Text(inputs.intrinsic(Events, NAME).raw())),
        Name::Name(Of::Scope) => Source::Scope(Column::Text(inputs.intrinsic(Scopes, NAME).raw())),
        Name::Name(_) => Source::Span(Column::Text(inputs.intrinsic(Items, NAME).raw())),
        Name::SchemaUrl(Of::Resource) => {
            Source::Resource(Column::Text(inputs.intrinsic(Resources, SCHEMA_URL).raw()))
        }
        Name::SchemaUrl(_) => Source::Scope(Column::Text(inputs.intrinsic(Scopes, SCHEMA_URL).raw())),
        Name::DroppedAttributes(Of::Resource) => Source::Resource(dropped(Resources, inputs)),
        Name::DroppedAttributes(Of::Scope) => Source::Scope(dropped(Scopes, inputs)),
        Name::DroppedAttributes(Of::Span) => Source::Span(dropped(Items, inputs)),
        Name::DroppedAttributes(Of::Event) => Source::Event(dropped(Events, inputs)),
    }
}
