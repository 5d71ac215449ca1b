//! Asking a gateway that runs.

use std::time::Duration;

use anyhow::{Context, ensure};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Method, Request};

/// Bytes of an answer.
const MOST: usize = 256 << 20;

/// What a gateway answered.
pub(super) struct Answer {
    /// The status of HTTP.
    pub(super) status: u16,
    /// The body.
    pub(super) body: Bytes,
}

impl Answer {
    /// The body of an answer that is none of an error.
    pub(super) fn accepted(self) -> anyhow::Result<Bytes> {
        ensure!((200..300).contains(&self.status), "{}", String::from_utf8_lossy(&self.body).trim_end());
        Ok(self.body)
    }
}

/// Sends a request without a body to `address`, and waits for the answer no longer than `timeout`. `what` says whom we take
/// it for that is to answer there.
pub(super) async fn ask(
    method: Method,
    address: &str,
    path: &str,
    timeout: Duration,
    what: &str,
) -> anyhow::Result<Answer> {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let uri = format!("http://{address}{path}");
    let request = Request::builder().method(method).uri(&uri).body(Empty::new());
    let request = request.with_context(|| format!("`{address}` is no address; write HOST:PORT"))?;
    let asked = async {
        let response =
            client.request(request).await.with_context(|| format!("nobody answers at {address}: {what}"))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), MOST).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!(error)).context("the answer broke off")?.to_bytes();
        anyhow::Ok(Answer { status, body })
    };
    tokio::time::timeout(timeout, asked)
        .await
        .with_context(|| format!("{address} does not answer in time"))?
}

/// Runs a command that waits for others.
pub(super) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
