//! The fields of the telemetry that conditions can name: the contexts span, spanevent, resource and scope.

mod names;
mod resolve;

pub use names::fields;
pub(crate) use resolve::{View, resolve};

/// What a condition is evaluated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Each span.
    Span,
    /// Each event of a span.
    SpanEvent,
}

/// What a field is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// The resource of the span.
    Resource,
    /// The instrumentation scope of the span.
    Scope,
    /// The span.
    Span,
    /// The event of the span.
    Event,
}

impl Table {
    /// The prefix of its paths.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Span => "span",
            Self::Event => "spanevent",
        }
    }
}

/// A field that OTLP defines, with the type of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Of the span: a trace id.
    TraceId,
    /// Of the span: a span id.
    SpanId,
    /// Of the span: a span id.
    ParentSpanId,
    /// Of the span: text.
    TraceState,
    /// Of the span, the event or the scope: text.
    Name(Table),
    /// Of the span: a whole number.
    Kind,
    /// Of the span: a whole number, nanoseconds since the Unix epoch.
    StartTime,
    /// Of the span: a whole number, nanoseconds since the Unix epoch.
    EndTime,
    /// Of the span: a whole number.
    StatusCode,
    /// Of the span: text.
    StatusMessage,
    /// Of the span: a whole number.
    Flags,
    /// Of any table: a whole number.
    DroppedAttributes(Table),
    /// Of the span: a whole number.
    DroppedEvents,
    /// Of the span: a whole number.
    DroppedLinks,
    /// Of the span: events.
    Events,
    /// Of the span: links.
    Links,
    /// Of the event: a whole number, nanoseconds since the Unix epoch.
    EventTime,
    /// Of the event: a whole number, its place among the events of its span, from 0.
    EventIndex,
    /// Of the scope: text.
    Version,
    /// Of the resource or the scope: text.
    SchemaUrl(Table),
}

/// What a condition reads of the telemetry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A field that OTLP defines.
    Field(Field),
    /// An attribute, of any type; nil where there is none.
    Attribute(Table, String),
    /// All attributes: a map.
    Attributes(Table),
}

/// What a set of conditions reads, each once. Conditions know their references by their position.
#[derive(Clone, Debug, Default)]
pub struct References {
    references: Vec<Reference>,
}

impl References {
    /// In the order of their positions.
    #[must_use]
    pub fn as_slice(&self) -> &[Reference] {
        &self.references
    }

    /// The position of a reference.
    pub(crate) fn position(&mut self, reference: Reference) -> usize {
        let position = self.references.iter().position(|known| *known == reference);
        position.unwrap_or_else(|| {
            self.references.push(reference);
            self.references.len() - 1
        })
    }
}
