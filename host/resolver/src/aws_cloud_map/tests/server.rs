use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What is answered to a request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// This status, with this body.
    Body(u16, String),
    /// No answer at all.
    Silence,
    /// The connection is closed.
    HangUp,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) headers: hyper::HeaderMap,
    pub(super) body: Value,
}

/// A server in place of AWS's; it ends when dropped.
pub(super) struct CloudMap {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
    _tasks: JoinSet<()>,
}

struct State {
    reply: Reply,
    /// Replies for the next requests, before `reply`.
    next: Vec<Reply>,
    asked: Vec<Asked>,
}

impl CloudMap {
    pub(super) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { reply, next: Vec::new(), asked: Vec::new() }));
        let mut tasks = JoinSet::new();
        let shared = Arc::clone(&state);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&state), request));
                    // A client that is dropped hangs up.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, state, _tasks: tasks }
    }

    pub(super) fn reply(&self, reply: Reply) {
        self.lock().reply = reply;
    }

    /// Answers the next requests so, in this order.
    pub(super) fn reply_next(&self, replies: &[Reply]) {
        self.lock().next = replies.iter().rev().cloned().collect();
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("hung up")]
struct HungUp;

async fn answer(
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, HungUp> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| HungUp)?.to_bytes();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let reply = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked.push(Asked { headers: parts.headers, body });
        state.next.pop().unwrap_or_else(|| state.reply.clone())
    };
    match reply {
        Reply::Body(status, body) => {
            let response =
                Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
            Ok(response.body(Full::new(body.into())).unwrap())
        }
        Reply::Silence => std::future::pending::<Result<_, Infallible>>().await.map_err(|_| HungUp),
        Reply::HangUp => Err(HungUp),
    }
}

/// The answer with these instances, `id` and attributes each.
pub(super) fn instances(instances: &[(&str, &[(&str, &str)])]) -> Reply {
    let list: Vec<Value> = instances
        .iter()
        .map(|(id, attributes)| {
            let attributes: serde_json::Map<String, Value> =
                attributes.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({"InstanceId": id, "NamespaceName": "n", "ServiceName": "s", "HealthStatus": "HEALTHY",
                   "Attributes": attributes})
        })
        .collect();
    Reply::Body(200, json!({"Instances": list, "InstancesRevision": 1}).to_string())
}

/// The answer with an instance for each IPv4 address.
pub(super) fn addresses(addresses: &[&str]) -> Reply {
    let list: Vec<[(&str, &str); 1]> =
        addresses.iter().map(|address| [("AWS_INSTANCE_IPV4", *address)]).collect();
    let list: Vec<(&str, &[(&str, &str)])> =
        addresses.iter().zip(&list).map(|(address, attributes)| (*address, &attributes[..])).collect();
    instances(&list)
}

/// A refusal in AWS's form.
pub(super) fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::Body(status, json!({"__type": code, "message": message}).to_string())
}
