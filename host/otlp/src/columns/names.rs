//! The names that plugin authors know from the WIT package, for messages to them.

use std::fmt;

use super::{Intrinsic, Table};

impl Table {
    /// The table's name in the WIT package.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Resources => "resources",
            Self::Scopes => "scopes",
            Self::Traces => "traces",
            Self::Groups => "groups",
            Self::Items => "items",
            Self::Points => "points",
            Self::Events => "events",
            Self::Links => "links",
            Self::Exemplars => "exemplars",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Intrinsic {
    /// The field's name in the WIT package.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TraceId => "trace-id",
            Self::SpanId => "span-id",
            Self::ParentSpanId => "parent-span-id",
            Self::Name => "name",
            Self::Version => "version",
            Self::SchemaUrl => "schema-url",
            Self::Kind => "kind",
            Self::StatusCode => "status-code",
            Self::StatusMessage => "status-message",
            Self::Start => "start",
            Self::End => "end",
            Self::Time => "time",
            Self::ObservedTime => "observed-time",
            Self::Flags => "flags",
            Self::Tracestate => "tracestate",
            Self::SeverityNumber => "severity-number",
            Self::SeverityText => "severity-text",
            Self::Body => "body",
            Self::Unit => "unit",
            Self::Type => "type",
            Self::Temporality => "temporality",
            Self::Monotonic => "monotonic",
            Self::Value => "value",
            Self::DroppedCount => "dropped-count",
            Self::SpanCount => "span-count",
            Self::ByteSize => "byte-size",
            Self::Received => "received",
            Self::Trigger => "trigger",
            Self::DroppedEventsCount => "dropped-events-count",
            Self::DroppedLinksCount => "dropped-links-count",
        }
    }
}

impl fmt::Display for Intrinsic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
