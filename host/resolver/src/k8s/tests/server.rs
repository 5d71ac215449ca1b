use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;

type Chunk = Result<Frame<Bytes>, std::io::Error>;

/// How requests are answered; running watches go on as they are.
#[derive(Clone)]
pub(super) enum Mode {
    Fine,
    /// This status, with this message.
    Status(u16, String),
    /// The same, of watches alone.
    WatchStatus(u16, String),
    /// Nothing at all.
    Silence,
    /// This, of lists.
    List(Bytes),
}

/// An API server that knows the slices of `tier2` in `otel`.
pub(super) struct ApiServer {
    pub(super) address: SocketAddr,
    cluster: Arc<Cluster>,
    _task: JoinSet<()>,
}

struct Cluster {
    state: Mutex<State>,
    /// Told of every change.
    changed: watch::Sender<()>,
}

struct State {
    mode: Mode,
    version: u64,
    slices: BTreeMap<String, Value>,
    events: Vec<(u64, String)>,
    /// What running watches are sent next, after which they end.
    last_words: Option<(u64, Bytes)>,
    /// Running watches hear no more of anything.
    is_mute: bool,
    lists: usize,
}

impl ApiServer {
    pub(super) async fn start() -> Self {
        let state = State {
            mode: Mode::Fine,
            version: 1,
            slices: BTreeMap::new(),
            events: Vec::new(),
            last_words: None,
            is_mute: false,
            lists: 0,
        };
        let cluster = Arc::new(Cluster { state: Mutex::new(state), changed: watch::Sender::new(()) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(serve(listener, Arc::clone(&cluster)));
        Self { address, cluster, _task: task }
    }

    /// The slice has these endpoints from now on.
    pub(super) fn put(&self, name: &str, addresses: &[&str]) {
        self.cluster.change(|state| state.put(name, addresses));
    }

    /// The same of many, all at once.
    pub(super) fn put_all(&self, slices: Vec<(String, Vec<&str>)>) {
        self.cluster.change(|state| slices.iter().for_each(|(name, addresses)| state.put(name, addresses)));
    }

    pub(super) fn remove(&self, name: &str) {
        self.cluster.change(|state| {
            state.version += 1;
            if let Some(mut slice) = state.slices.remove(name) {
                slice["metadata"]["resourceVersion"] = state.version.to_string().into();
                state.event("DELETED", &slice);
            }
        });
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        self.cluster.change(|state| state.mode = mode);
    }

    /// Running watches are sent this, and end. What happens from now on they do not hear of.
    pub(super) fn end_watches(&self, last_words: impl Into<Bytes>) {
        let last_words = last_words.into();
        self.cluster.change(|state| {
            state.version += 1;
            state.last_words = Some((state.version, last_words));
        });
    }

    /// Running watches stay open and silent.
    pub(super) fn mute(&self, is_mute: bool) {
        self.cluster.change(|state| state.is_mute = is_mute);
    }

    /// How many lists, or pages of one, were asked for.
    pub(super) fn lists(&self) -> usize {
        self.cluster.lock().lists
    }
}

impl State {
    fn put(&mut self, name: &str, addresses: &[&str]) {
        self.version += 1;
        let endpoints: Vec<Value> = addresses
            .iter()
            .map(|address| json!({"addresses": [address], "conditions": {"ready": true}}))
            .collect();
        let slice = json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": name, "namespace": "otel", "resourceVersion": self.version.to_string()},
            "addressType": "IPv4", "endpoints": endpoints, "ports": [{"name": "otlp", "port": 4317, "protocol": "TCP"}],
        });
        let kind = if self.slices.contains_key(name) { "MODIFIED" } else { "ADDED" };
        self.event(kind, &slice);
        self.slices.insert(name.to_owned(), slice);
    }

    fn event(&mut self, kind: &str, slice: &Value) {
        self.events.push((self.version, format!("{}\n", json!({"type": kind, "object": slice}))));
    }
}

impl Cluster {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.send_replace(());
    }
}

async fn serve(listener: TcpListener, cluster: Arc<Cluster>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let cluster = Arc::clone(&cluster);
        connections.spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&cluster), request));
            // Ends with an error when the other side goes away.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    cluster: Arc<Cluster>,
    request: Request<Incoming>,
) -> Result<Response<StreamBody<ReceiverStream<Chunk>>>, Infallible> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let is_watch = query.contains("watch=true");
    let mode = cluster.lock().mode.clone();
    let is_ours = request.uri().path() == "/apis/discovery.k8s.io/v1/namespaces/otel/endpointslices"
        && query.contains("labelSelector=kubernetes.io%2Fservice-name%3Dtier2");
    let refused = match mode {
        _ if !is_ours => Some((404, request.uri().to_string())),
        Mode::Status(code, message) => Some((code, message)),
        Mode::WatchStatus(code, message) if is_watch => Some((code, message)),
        Mode::Silence => std::future::pending().await,
        Mode::List(bytes) if !is_watch => {
            cluster.lock().lists += 1;
            return Ok(whole(200, bytes));
        }
        _ => None,
    };
    if let Some((code, message)) = refused {
        let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message});
        return Ok(whole(code, status.to_string().into()));
    }
    let number = |key: &str| parameter(&query, key).and_then(|value| value.parse::<u64>().ok());
    if is_watch {
        let (from, seconds) = (number("resourceVersion").unwrap(), number("timeoutSeconds").unwrap());
        let (chunks, body) = mpsc::channel(16);
        tokio::spawn(tokio::time::timeout(Duration::from_secs(seconds), tell(cluster, from, chunks)));
        return Ok(Response::new(StreamBody::new(ReceiverStream::new(body))));
    }
    let (limit, skip) = (number("limit").unwrap() as usize, number("continue").unwrap_or(0) as usize);
    let mut state = cluster.lock();
    state.lists += 1;
    let items: Vec<&Value> = state.slices.values().skip(skip).take(limit).collect();
    let next = skip + items.len();
    let next = if next < state.slices.len() { next.to_string() } else { String::new() };
    let list = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSliceList", "items": items,
        "metadata": {"resourceVersion": state.version.to_string(), "continue": next},
    });
    Ok(whole(200, list.to_string().into()))
}

fn parameter<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

fn whole(code: u16, bytes: Bytes) -> Response<StreamBody<ReceiverStream<Chunk>>> {
    let (chunks, body) = mpsc::channel(1);
    tokio::spawn(async move { chunks.send(Ok(Frame::data(bytes))).await });
    Response::builder().status(code).body(StreamBody::new(ReceiverStream::new(body))).unwrap()
}

/// Sends what happened after a version, as it happens.
async fn tell(cluster: Arc<Cluster>, mut from: u64, chunks: mpsc::Sender<Chunk>) {
    let mut changed = cluster.changed.subscribe();
    loop {
        let (news, last_words) = {
            let state = cluster.lock();
            let news = state.events.iter().filter(|(version, _)| *version > from && !state.is_mute);
            let news: Vec<_> = news.map(|(version, line)| (*version, line.clone())).collect();
            (news, state.last_words.clone().filter(|(version, _)| *version > from))
        };
        for (version, line) in news {
            if last_words.as_ref().is_some_and(|(end, _)| version > *end) {
                break;
            }
            from = version;
            if chunks.send(Ok(Frame::data(line.into()))).await.is_err() {
                return;
            }
        }
        if let Some((_, words)) = last_words {
            // In pieces, as a connection has them.
            for piece in words.chunks(1 << 20) {
                if chunks.send(Ok(Frame::data(words.slice_ref(piece)))).await.is_err() {
                    return;
                }
            }
            return;
        }
        tokio::select! {
            changed = changed.changed() => if changed.is_err() { return },
            () = chunks.closed() => return,
        }
    }
}
