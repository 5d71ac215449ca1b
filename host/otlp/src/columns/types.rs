use crate::Signal;

/// A table that rows can be asked of; see `enum table` in the WIT package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "documented in wit/sluice-plugin.wit, of which this is the mirror")]
pub enum Table {
    Requests,
    Resources,
    Scopes,
    Traces,
    Groups,
    Items,
    Points,
    Events,
    Links,
    Exemplars,
}

/// A field that OTLP defines, or that the host keeps about a row; see `enum intrinsic` in the WIT package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "documented in wit/sluice-plugin.wit, of which this is the mirror")]
pub enum Intrinsic {
    TraceId,
    SpanId,
    ParentSpanId,
    Name,
    Version,
    SchemaUrl,
    Kind,
    StatusCode,
    StatusMessage,
    Start,
    End,
    Time,
    ObservedTime,
    Flags,
    Tracestate,
    SeverityNumber,
    SeverityText,
    Body,
    Unit,
    Type,
    Temporality,
    Monotonic,
    Value,
    DroppedCount,
    SpanCount,
    ByteSize,
    Received,
    Trigger,
    DroppedEventsCount,
    DroppedLinksCount,
}

/// How an attribute's value is wanted; see `enum value-type` in the WIT package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "documented in wit/sluice-plugin.wit, of which this is the mirror")]
pub enum ValueType {
    Text,
    Int,
    Double,
    Boolean,
    Any,
}

/// Something that a plugin wants to see; see `variant field` in the WIT package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// A field of OTLP.
    Intrinsic(Table, Intrinsic),
    /// One attribute, by key.
    Attribute(Table, String, ValueType),
    /// All attributes of a row, as an encoded `KeyValueList`.
    Attributes(Table),
    /// A request header, in lower case.
    Metadata(String),
    /// The client's connection.
    Connection,
}

/// Texts or byte strings: row `i` is `data[offsets[i]..offsets[i + 1]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BytesColumn {
    /// One more than rows, ascending, the first 0, the last `data.len()`.
    pub offsets: Vec<u32>,
    /// All rows' bytes, one after the other.
    pub data: Vec<u8>,
}

/// The values of a column, one a row; `Fixed` has 16 (trace ids) or 8 (span ids) bytes a row.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "documented in wit/sluice-plugin.wit, of which this is the mirror")]
pub enum Values {
    Bytes(BytesColumn),
    Fixed(Vec<u8>),
    U8s(Vec<u8>),
    U32s(Vec<u32>),
    U64s(Vec<u64>),
    S64s(Vec<i64>),
    F64s(Vec<f64>),
}

/// One field of all rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// One value a row.
    pub values: Values,
    /// A bitmap, least significant bit first: which rows have the field. Empty: all have it.
    pub present: Vec<u8>,
}

/// The rows of one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Whose rows these are.
    pub table: Table,
    /// How many.
    pub count: u32,
    /// Each row's parent, as a row number in the parent's table; empty for requests and traces.
    pub parent: Vec<u32>,
    /// Each row's trace, where the batch has traces: of items and groups, and for policies of all tables. Else empty.
    pub trace: Vec<u32>,
    /// The fields asked of this table, in the order in which they were asked.
    pub columns: Vec<Column>,
}

/// What a plugin is called with.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// What the rows are of.
    pub signal: Signal,
    /// ns since the Unix epoch.
    pub now: u64,
    /// The tables asked of, the keyed one, and all their ancestors; in the order of [`Table`].
    pub tables: Vec<Rows>,
}
