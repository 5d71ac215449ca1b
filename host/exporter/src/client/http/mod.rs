//! OTLP/HTTP: each request is posted to the URL of its signal, as protobuf or as JSON.
//!
//! Connections are kept by hyper-util's pool: HTTP/1.1, one for each request in flight, or HTTP/2 where a server agrees
//! on it over TLS.

mod answer;
mod body;
mod headers;
mod reply;
mod retry_after;
mod settings;
mod url;

use http::{HeaderMap, Method, Request};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
pub use retry_after::retry_after;
pub use settings::{Encoding, HttpClientSettings, HttpCompression};
use sluice_auth::ClientAuth;
use sluice_otlp::{SenderHeaders, Signal};
use sluice_pipeline::Accepted;
use smallvec::SmallVec;
use tonic::Code;
pub use url::SignalUrl;

use self::body::RequestBody;
use super::compress::Form;
use super::connector::{Connector, Way, connect_timeout};
use super::names::Names;
use super::proxy::Proxy;
use super::{Chunks, ClientError, ExportError, status};

/// The connections to one server.
#[derive(Debug)]
pub(super) struct HttpClient {
    pool: Pool<Connector, RequestBody>,
    urls: SmallVec<[(Signal, SignalUrl); 3]>,
    headers: HeaderMap,
    auth: Option<ClientAuth>,
    encoding: Encoding,
    form: Option<Form>,
}

impl HttpClient {
    pub(super) fn new(
        urls: &[(Signal, SignalUrl)],
        settings: &HttpClientSettings,
    ) -> Result<Self, ClientError> {
        let none = || ClientError::Endpoint { endpoint: String::new(), reason: "none is given".to_owned() };
        let (_, first) = urls.first().ok_or_else(none)?;
        let proxy = settings.proxy_url.as_deref().map(Proxy::parse).transpose()?;
        let connector = connector(first, settings)?;
        let headers = headers::template(settings, proxy.as_ref().filter(|_| !first.has_tls()))?;
        Ok(Self {
            pool: pool(settings, connector),
            urls: urls.iter().cloned().collect(),
            headers,
            auth: settings.auth.clone(),
            encoding: settings.encoding,
            form: settings.compression.form().map(|(form, _)| form),
        })
    }

    pub(super) fn auth(&self) -> Option<&ClientAuth> {
        self.auth.as_ref()
    }

    pub(super) async fn call(
        &self,
        signal: Signal,
        chunks: Chunks,
        sender: Option<&SenderHeaders>,
    ) -> Result<Accepted, ExportError> {
        let Some((_, url)) = self.urls.iter().find(|(of, _)| *of == signal) else {
            return Err(status::refused(
                Code::Unimplemented,
                format!("no endpoint is configured for {signal}"),
            ));
        };
        let body = body::write(signal, chunks, self.encoding, self.form).await?;
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.uri().clone();
        *request.headers_mut() = self.headers.clone();
        if let Some(auth) = &self.auth {
            auth.ready().await.map_err(|error| status::not_ready(&error))?;
            auth.apply(request.headers_mut(), sender.map_or(&[], |sender| &**sender));
        }
        let response = self.pool.request(request).await.map_err(|error| status::no_reply(&error))?;
        reply::read(response).await
    }
}

/// What connects to the server of a URL.
pub(super) fn connector(url: &SignalUrl, settings: &HttpClientSettings) -> Result<Connector, ClientError> {
    let tls = if url.has_tls() { settings.tls.connector(url.host(), true)? } else { None };
    if tls.is_none() && settings.auth.as_ref().is_some_and(ClientAuth::is_secret) {
        return Err(ClientError::Unprotected { endpoint: url.origin() });
    }
    let proxy = settings.proxy_url.as_deref().map(Proxy::parse).transpose()?;
    let way = proxy.map_or(Way::Direct(Names::System), Way::Proxy);
    Ok(Connector::new(connect_timeout(settings.timeout), way, tls))
}

fn pool(settings: &HttpClientSettings, connector: Connector) -> Pool<Connector, RequestBody> {
    let mut builder = Pool::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_max_idle_per_host(settings.max_idle_connections)
        .pool_idle_timeout(Some(settings.idle_timeout).filter(|timeout| !timeout.is_zero()));
    if !settings.http2_read_idle_timeout.is_zero() {
        builder
            .http2_keep_alive_interval(settings.http2_read_idle_timeout)
            .http2_keep_alive_timeout(settings.http2_ping_timeout)
            .http2_keep_alive_while_idle(true);
    }
    builder.build(connector)
}
