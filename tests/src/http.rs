//! An OTLP/HTTP client that sends what a test says.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Protobuf's content type.
pub const PROTOBUF: &str = "application/x-protobuf";
/// JSON's content type.
pub const JSON: &str = "application/json";

/// A client that keeps its connections.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl HttpClient {
    /// A client of a gateway at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), address }
    }

    /// Posts a body to `/v1/SIGNAL`.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn post(&self, signal: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
        self.post_with(signal, content_type, &[], body).await
    }

    /// The same, with more headers.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn post_with(
        &self,
        signal: &str,
        content_type: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let uri = format!("http://{}/v1/{signal}", self.address);
        let mut request = Request::post(uri).header(CONTENT_TYPE, content_type);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("a good request");
        let response = self.client.request(request).await.expect("a gateway that answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none, or does not say so.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.headers[CONTENT_TYPE], JSON, "{self:?}");
        serde_json::from_slice(&self.body).expect("JSON")
    }
}
