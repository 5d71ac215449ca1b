//! What stands between kube's client and the API server: bounds on what it sends, and a note of when it last said
//! anything. kube's own watcher tells of neither: it hides bookmarks and watches that end in order, and reads lines of
//! any length.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;
use tower::{BoxError, Layer, Service};

/// How much longer than a watch lasts the API server may say nothing.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// In the text of an error: an answer was too large.
pub(super) const TOO_LARGE: &str = "larger than we read";

/// For a page of a list, or one event of a watch: a page of [`PAGE`] full slices is less than half.
const MOST_BYTES: usize = 32 << 20;

/// How many slices a page of a list has. Those that Kubernetes makes have 100 endpoints of some 300 bytes, at most 1000.
pub(super) const PAGE: u32 = 20;

/// When the API server last answered anything of use.
#[derive(Debug)]
pub(super) struct LastWord {
    start: Instant,
    /// In milliseconds since the start; zero stands for never.
    word: AtomicU64,
    /// The same of watches.
    watch: AtomicU64,
    /// The same since 1970, in seconds, for all to see.
    series: Gauge,
}

impl LastWord {
    pub(super) fn new(series: Gauge) -> Self {
        Self { start: Instant::now(), word: AtomicU64::new(0), watch: AtomicU64::new(0), series }
    }

    /// When it was, for all to see.
    pub(super) fn gauge(&self) -> Gauge {
        self.series.clone()
    }

    fn heard(&self, is_watch: bool) {
        let since_start = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.word.store(since_start, Ordering::Relaxed);
        if is_watch {
            self.watch.store(since_start, Ordering::Relaxed);
        }
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.series.set(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX));
    }

    /// When it was; the start where there was none.
    pub(super) fn at(&self) -> Instant {
        self.after_start(&self.word)
    }

    /// When it last answered a watch, which it may refuse though it answers lists.
    pub(super) fn of_watch(&self) -> Instant {
        self.after_start(&self.watch)
    }

    fn after_start(&self, milliseconds: &AtomicU64) -> Instant {
        self.start + Duration::from_millis(milliseconds.load(Ordering::Relaxed))
    }
}

/// Wraps the client's service.
#[derive(Clone, Debug)]
pub(super) struct Wire(pub(super) Arc<LastWord>);

impl<S> Layer<S> for Wire {
    type Service = Wired<S>;

    fn layer(&self, inner: S) -> Wired<S> {
        Wired { inner, last_word: Arc::clone(&self.0) }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Wired<S> {
    inner: S,
    last_word: Arc<LastWord>,
}

impl<S, A, B> Service<Request<A>> for Wired<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
{
    type Response = Response<Heard<B>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let is_watch = request.uri().query().is_some_and(|query| query.contains("watch="));
        let answer = self.inner.call(request);
        let last_word = Arc::clone(&self.last_word);
        Box::pin(async move {
            let answer = answer.await?;
            // An error says nothing of endpoints.
            let is_word = answer.status().is_success();
            if is_word {
                last_word.heard(is_watch);
            }
            Ok(answer.map(|body| Heard { body, last_word: is_word.then_some(last_word), is_watch, bytes: 0 }))
        })
    }
}

/// A body that is listened to.
#[derive(Debug)]
pub(super) struct Heard<B> {
    body: B,
    last_word: Option<Arc<LastWord>>,
    is_watch: bool,
    /// Of the whole, or, of a watch, of the line that it is in.
    bytes: usize,
}

impl<B> Heard<B> {
    fn count(&mut self, data: &[u8]) -> Result<(), BoxError> {
        let end_of_line = data.iter().rposition(|byte| *byte == b'\n').filter(|_| self.is_watch);
        self.bytes = match end_of_line {
            Some(at) => data.len() - at - 1,
            None => self.bytes + data.len(),
        };
        if self.bytes > MOST_BYTES {
            Err(format!("an answer is {TOO_LARGE}, {MOST_BYTES} bytes").into())
        } else {
            Ok(())
        }
    }
}

impl<B> Body for Heard<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let heard = self.get_mut();
        let frame = match ready!(Pin::new(&mut heard.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
            None => return Poll::Ready(None),
        };
        if let Some(last_word) = &heard.last_word {
            last_word.heard(heard.is_watch);
        }
        let counted = frame.data_ref().map_or(Ok(()), |data| heard.count(data));
        Poll::Ready(Some(counted.map(|()| frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
