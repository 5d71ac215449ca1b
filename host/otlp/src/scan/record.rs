//! Walks from a request down to its leaves, and records what lies where.

use smallvec::SmallVec;

use super::check::Checker;
use super::schema::Type;
use super::table::{Action, Head, head};
use super::values::{Checked, delimited};
use crate::{Extent, Header, Index, Leaf, MetricData, Node, Signal};

/// Fills an [`Index`] from a body.
pub(super) struct Recorder<'a> {
    body: &'a [u8],
    checker: Checker,
    index: Index,
}

/// The stretches of a header while its message is walked. Two are usual: before and behind the children.
type Stretches = SmallVec<[Extent; 4]>;

impl<'a> Recorder<'a> {
    pub(super) fn new(signal: Signal, body: &'a [u8]) -> Self {
        Self { body, checker: Checker::new(), index: Index::empty(signal) }
    }

    /// Walks the whole request.
    pub(super) fn request(mut self) -> Checked<Index> {
        let message = match self.index.signal {
            Signal::Traces => Type::TraceRequest,
            Signal::Logs => Type::LogsRequest,
            Signal::Metrics => Type::MetricsRequest,
        };
        let whole = Place { start: 0, content: 0, end: self.body.len() };
        let unknown = self.walk(message, whole, 0, Self::resource)?;
        self.index.unknown.extend_from_slice(&unknown);
        Ok(self.index)
    }

    fn resource(&mut self, message: Type, place: Place) -> Checked<()> {
        reserve(&mut self.index.resources, self.body, place);
        let row = self.index.resources.len();
        self.index.resources.push(place.node(0, self.index.scopes.len()));
        let header = self.walk(message, place, 1, |this, child, place| this.scope(child, place, row))?;
        let header = self.header(&header);
        let children = self.index.scopes.len();
        self.index.resources[row].close(header, children);
        Ok(())
    }

    fn scope(&mut self, message: Type, place: Place, parent: usize) -> Checked<()> {
        reserve(&mut self.index.scopes, self.body, place);
        let row = self.index.scopes.len();
        self.index.scopes.push(place.node(parent, self.items()));
        let header = self.walk(message, place, 2, |this, child, place| match child {
            Type::Metric => this.metric(place, row),
            leaf => this.leaf(leaf, place, row, 3),
        })?;
        let header = self.header(&header);
        let children = self.items();
        self.index.scopes[row].close(header, children);
        Ok(())
    }

    fn metric(&mut self, place: Place, parent: usize) -> Checked<()> {
        reserve(&mut self.index.metrics, self.body, place);
        let row = self.index.metrics.len();
        let first_point = self.index.leaves.len();
        self.index.metrics.push(place.node(parent, first_point));
        let mut field = 0;
        let mut data = Stretches::new();
        let header = self.walk(Type::Metric, place, 3, |this, child, place| {
            if field != data_field(child) {
                // Another kind supersedes what came before, as in a decoder.
                this.index.leaves.truncate(first_point);
                data.clear();
                field = data_field(child);
            }
            data.extend(this.walk(child, place, 4, |this, point, place| this.leaf(point, place, row, 5))?);
            Ok(())
        })?;
        let header = self.header(&header);
        let data = MetricData { field, header: self.header(&data) };
        self.index.data.push(data);
        let children = self.index.leaves.len();
        self.index.metrics[row].close(header, children);
        Ok(())
    }

    #[inline]
    fn leaf(&mut self, message: Type, place: Place, parent: usize, depth: u32) -> Checked<()> {
        reserve(&mut self.index.leaves, self.body, place);
        self.checker.trace_id = Leaf::NO_ID;
        self.checker.message(message, &self.body[..place.end], place.content, depth)?;
        self.index.leaves.push(Leaf {
            start: place.start as u32,
            content: place.content as u32,
            end: place.end as u32,
            parent: parent as u32,
            trace_id: self.checker.trace_id,
        });
        Ok(())
    }

    /// Walks a message that lies in `depth` messages, itself included: what has rows in the index goes
    /// to `child`, all else is checked, and is the header that this answers with.
    #[inline]
    fn walk(
        &mut self,
        message: Type,
        place: Place,
        depth: u32,
        mut child: impl FnMut(&mut Self, Type, Place) -> Checked<()>,
    ) -> Checked<Stretches> {
        let bytes = &self.body[..place.end];
        let mut header = Stretches::new();
        let mut at = place.content;
        while at < bytes.len() {
            let head = head(message, bytes, at)?;
            at = match head.action {
                Action::Message(inner) if has_rows(inner) => {
                    let place = Place::read(bytes, head)?;
                    child(self, inner, place)?;
                    place.end
                }
                _ => {
                    let end = self.checker.field(bytes, head, depth)?;
                    lengthen(&mut header, Extent { start: head.at as u32, end: end as u32 });
                    end
                }
            };
        }
        Ok(header)
    }

    fn header(&mut self, stretches: &[Extent]) -> Header {
        let first = self.index.headers.len() as u32;
        self.index.headers.extend_from_slice(stretches);
        let last = self.index.headers.len() as u32;
        Header { first, last, bytes: stretches.iter().map(|extent| extent.end - extent.start).sum() }
    }

    /// Rows in the table of what scopes hold.
    fn items(&self) -> usize {
        match self.index.signal {
            Signal::Metrics => self.index.metrics.len(),
            Signal::Traces | Signal::Logs => self.index.leaves.len(),
        }
    }
}

/// A message's field: where it begins, with its tag, where its content begins, and where it ends.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    content: usize,
    end: usize,
}

impl Place {
    #[inline]
    fn read(bytes: &[u8], head: Head) -> Checked<Self> {
        let (content, end) = delimited(bytes, head)?;
        Ok(Self { start: head.at, content, end })
    }

    /// Its row, while it has neither header nor children.
    fn node(self, parent: usize, children: usize) -> Node {
        Node {
            start: self.start as u32,
            content: self.content as u32,
            end: self.end as u32,
            parent: parent as u32,
            children_start: children as u32,
            children_end: children as u32,
            header: Header::default(),
        }
    }
}

impl Node {
    fn close(&mut self, header: Header, children: usize) {
        self.header = header;
        self.children_end = children as u32;
    }
}

/// Whether the index has rows for a message; else it belongs to the header of the one around it.
const fn has_rows(message: Type) -> bool {
    match message {
        Type::ResourceSpans | Type::ScopeSpans | Type::Span => true,
        Type::ResourceLogs | Type::ScopeLogs | Type::LogRecord => true,
        Type::ResourceMetrics | Type::ScopeMetrics | Type::Metric => true,
        Type::NumberPoint | Type::HistogramPoint | Type::ExponentialPoint | Type::SummaryPoint => true,
        _ => data_field(message) > 0,
    }
}

/// The number of the field of `Metric` that holds such a message; 0 for one that is no metric's data.
const fn data_field(message: Type) -> u32 {
    match message {
        Type::Gauge => 5,
        Type::Sum => 7,
        Type::Histogram => 9,
        Type::ExponentialHistogram => 10,
        Type::Summary => 11,
        _ => 0,
    }
}

/// Adds a field to a header. Neighbours become one stretch.
fn lengthen(header: &mut Stretches, field: Extent) {
    match header.last_mut() {
        Some(last) if last.end == field.start => last.end = field.end,
        _ => header.push(field),
    }
}

/// Makes room for the rows to come when the first is there: as many as would fill the body if they
/// were of its size, so that a table is allocated once. Small first rows buy no large tables.
fn reserve<T>(table: &mut Vec<T>, body: &[u8], first: Place) {
    const SMALLEST: usize = 64;
    if table.capacity() == 0 {
        let size = (first.end - first.start).max(SMALLEST);
        table.reserve_exact((body.len() - first.start) / size * 9 / 8 + 4);
    }
}
