//! Walks from a request down to its leaves, and records what lies where.

use smallvec::SmallVec;

use super::check::Checker;
use super::schema::Type;
use super::table::{Action, Head, head};
use super::values::{Checked, delimited};
use crate::{Extent, Header, Index, Leaf, MetricData, Node, Signal};

/// The messages of a signal from the request down to what its scopes hold.
#[derive(Clone, Copy)]
struct Containers {
    request: Type,
    resource: Type,
    scope: Type,
    /// Span, log record, or metric.
    item: Type,
}

impl Containers {
    fn of(signal: Signal) -> Self {
        let (request, resource, scope, item) = match signal {
            Signal::Traces => (Type::TraceRequest, Type::ResourceSpans, Type::ScopeSpans, Type::Span),
            Signal::Logs => (Type::LogsRequest, Type::ResourceLogs, Type::ScopeLogs, Type::LogRecord),
            Signal::Metrics => {
                (Type::MetricsRequest, Type::ResourceMetrics, Type::ScopeMetrics, Type::Metric)
            }
        };
        Self { request, resource, scope, item }
    }
}

/// The stretches of a header while its message is walked. Two are usual: before and behind the children.
type Stretches = SmallVec<[Extent; 4]>;

/// Fills an [`Index`] from a body.
pub(super) struct Recorder {
    containers: Containers,
    checker: Checker,
    index: Index,
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
}

impl Recorder {
    pub(super) fn new(signal: Signal) -> Self {
        Self { containers: Containers::of(signal), checker: Checker::new(), index: Index::empty(signal) }
    }

    /// Walks a whole request.
    pub(super) fn request(mut self, body: &[u8]) -> Checked<Index> {
        let mut unknown = Stretches::new();
        let mut at = 0;
        while at < body.len() {
            let head = head(self.containers.request, body, at)?;
            if head.action == Action::Message(self.containers.resource) {
                let place = Place::read(body, head)?;
                self.resource(body, place)?;
                at = place.end;
            } else {
                at = self.pass_over(body, head, 0, &mut unknown)?;
            }
        }
        self.index.unknown.extend_from_slice(&unknown);
        Ok(self.index)
    }

    fn resource(&mut self, body: &[u8], place: Place) -> Checked<()> {
        reserve(&mut self.index.resources, body, place);
        let row = self.index.resources.len();
        self.index.resources.push(node(place, 0, self.index.scopes.len()));
        let bytes = &body[..place.end];
        let mut header = Stretches::new();
        let mut at = place.content;
        while at < bytes.len() {
            let head = head(self.containers.resource, bytes, at)?;
            if head.action == Action::Message(self.containers.scope) {
                let place = Place::read(bytes, head)?;
                self.scope(body, place, row)?;
                at = place.end;
            } else {
                at = self.pass_over(bytes, head, 1, &mut header)?;
            }
        }
        let header = self.header(&header);
        let scopes = self.index.scopes.len();
        close(&mut self.index.resources[row], header, scopes);
        Ok(())
    }

    fn scope(&mut self, body: &[u8], place: Place, parent: usize) -> Checked<()> {
        reserve(&mut self.index.scopes, body, place);
        let row = self.index.scopes.len();
        let children = self.items();
        self.index.scopes.push(node(place, parent, children));
        let bytes = &body[..place.end];
        let mut header = Stretches::new();
        let mut at = place.content;
        while at < bytes.len() {
            let head = head(self.containers.scope, bytes, at)?;
            if head.action == Action::Message(self.containers.item) {
                let place = Place::read(bytes, head)?;
                match self.containers.item {
                    Type::Metric => self.metric(body, place, row)?,
                    leaf => self.leaf(body, leaf, place, row, 3)?,
                }
                at = place.end;
            } else {
                at = self.pass_over(bytes, head, 2, &mut header)?;
            }
        }
        let header = self.header(&header);
        let children = self.items();
        close(&mut self.index.scopes[row], header, children);
        Ok(())
    }

    fn metric(&mut self, body: &[u8], place: Place, parent: usize) -> Checked<()> {
        reserve(&mut self.index.metrics, body, place);
        let row = self.index.metrics.len();
        let first_point = self.index.leaves.len();
        self.index.metrics.push(node(place, parent, first_point));
        let bytes = &body[..place.end];
        let mut header = Stretches::new();
        let mut data = Stretches::new();
        let mut field = 0;
        let mut at = place.content;
        while at < bytes.len() {
            let head = head(Type::Metric, bytes, at)?;
            match data_field(head.action) {
                Some((this, message)) => {
                    if this != field {
                        // Another kind supersedes what came before, as in a decoder.
                        self.index.leaves.truncate(first_point);
                        data.clear();
                        field = this;
                    }
                    let place = Place::read(bytes, head)?;
                    self.metric_data(body, message, place, row, &mut data)?;
                    at = place.end;
                }
                None => at = self.pass_over(bytes, head, 3, &mut header)?,
            }
        }
        let header = self.header(&header);
        let data = MetricData { field, header: self.header(&data) };
        self.index.data.push(data);
        let points = self.index.leaves.len();
        close(&mut self.index.metrics[row], header, points);
        Ok(())
    }

    fn metric_data(
        &mut self,
        body: &[u8],
        message: Type,
        place: Place,
        metric: usize,
        header: &mut Stretches,
    ) -> Checked<()> {
        let bytes = &body[..place.end];
        let mut at = place.content;
        while at < bytes.len() {
            let head = head(message, bytes, at)?;
            // The points are the only messages in it.
            if let Action::Message(point) = head.action {
                let place = Place::read(bytes, head)?;
                self.leaf(body, point, place, metric, 5)?;
                at = place.end;
            } else {
                at = self.pass_over(bytes, head, 4, header)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn leaf(&mut self, body: &[u8], leaf: Type, place: Place, parent: usize, depth: u32) -> Checked<()> {
        reserve(&mut self.index.leaves, body, place);
        self.checker.trace_id = Leaf::NO_ID;
        self.checker.message(leaf, &body[..place.end], place.content, depth)?;
        self.index.leaves.push(Leaf {
            start: place.start as u32,
            content: place.content as u32,
            end: place.end as u32,
            parent: parent as u32,
            trace_id: self.checker.trace_id,
        });
        Ok(())
    }

    /// Checks a field that is no child, and notes that it belongs to the header.
    fn pass_over(&mut self, bytes: &[u8], head: Head, depth: u32, header: &mut Stretches) -> Checked<usize> {
        let end = self.checker.value(bytes, head, depth)?;
        match header.last_mut() {
            Some(last) if last.end as usize == head.at => last.end = end as u32,
            _ => header.push(Extent { start: head.at as u32, end: end as u32 }),
        }
        Ok(end)
    }

    fn header(&mut self, stretches: &[Extent]) -> Header {
        let first = self.index.headers.len() as u32;
        self.index.headers.extend_from_slice(stretches);
        Header {
            first,
            last: self.index.headers.len() as u32,
            bytes: stretches.iter().map(|extent| extent.end - extent.start).sum(),
        }
    }

    /// Rows in the table of what scopes hold.
    fn items(&self) -> usize {
        match self.containers.item {
            Type::Metric => self.index.metrics.len(),
            _ => self.index.leaves.len(),
        }
    }
}

fn node(place: Place, parent: usize, children: usize) -> Node {
    Node {
        start: place.start as u32,
        content: place.content as u32,
        end: place.end as u32,
        parent: parent as u32,
        children_start: children as u32,
        children_end: children as u32,
        header: Header::default(),
    }
}

fn close(node: &mut Node, header: Header, children: usize) {
    node.header = header;
    node.children_end = children as u32;
}

/// The number of the field that holds a metric's points, where this is one, and its message.
fn data_field(action: Action) -> Option<(u32, Type)> {
    let Action::Message(message) = action else { return None };
    let number = match message {
        Type::Gauge => 5,
        Type::Sum => 7,
        Type::Histogram => 9,
        Type::ExponentialHistogram => 10,
        Type::Summary => 11,
        _ => return None,
    };
    Some((number, message))
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
