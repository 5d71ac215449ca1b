//! Requests for tests, put together from their parts.

use super::parts::{Event, Link, LogRecord, Metric, Point, Resource, Scope, Span, id, text};
use super::record::Record;
use crate::Signal;
use crate::bindings::sluice::plugin::columns::Intrinsic;

/// A request as a client sent it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub(super) headers: Vec<(String, String)>,
    pub(super) connection: u64,
    pub(super) resources: Vec<Record>,
}

impl Request {
    /// An empty request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Sets which connection it came over.
    #[must_use]
    pub fn connection(mut self, connection: u64) -> Self {
        self.connection = connection;
        self
    }

    /// Adds a resource.
    #[must_use]
    pub fn resource(mut self, resource: Resource) -> Self {
        self.resources.push(resource.record);
        self
    }
}

impl Resource {
    /// A resource without attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a scope.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.record.children.push(scope.record);
        self
    }
}

impl Scope {
    /// A scope of a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut scope = Self::default();
        scope.record.set(Intrinsic::Name, text(name));
        scope
    }

    /// Adds a span.
    #[must_use]
    pub fn span(self, span: Span) -> Self {
        self.item(span.record, Signal::Traces)
    }

    /// Adds a log record.
    #[must_use]
    pub fn log_record(self, record: LogRecord) -> Self {
        self.item(record.record, Signal::Logs)
    }

    /// Adds a metric.
    #[must_use]
    pub fn metric(self, metric: Metric) -> Self {
        self.item(metric.record, Signal::Metrics)
    }

    fn item(mut self, item: Record, signal: Signal) -> Self {
        self.record.children.push(Record { signal: Some(signal), ..item });
        self
    }
}

impl Span {
    /// A span of a trace; zeros for a missing id.
    #[must_use]
    pub fn new(trace_id: [u8; 16]) -> Self {
        let mut span = Self::default();
        span.record.set(Intrinsic::TraceId, id(trace_id));
        span
    }

    /// Adds an event.
    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.record.events.push(event.record);
        self
    }

    /// Adds a link.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.record.links.push(link.record);
        self
    }
}

impl Event {
    /// An event of a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut event = Self::default();
        event.record.set(Intrinsic::Name, text(name));
        event
    }
}

impl Link {
    /// A link to a span of a trace.
    #[must_use]
    pub fn new(trace_id: [u8; 16], span_id: [u8; 8]) -> Self {
        let mut link = Self::default();
        link.record.set(Intrinsic::TraceId, id(trace_id));
        link.record.set(Intrinsic::SpanId, id(span_id));
        link
    }
}

impl LogRecord {
    /// A log record without a trace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Metric {
    /// A metric of a name, without points.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut metric = Self::default();
        metric.record.set(Intrinsic::Name, text(name));
        metric
    }

    /// Adds a data point.
    #[must_use]
    pub fn point(mut self, point: Point) -> Self {
        self.record.children.push(point.record);
        self
    }
}

impl Point {
    /// A data point without attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}
