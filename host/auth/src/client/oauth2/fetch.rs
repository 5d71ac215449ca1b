use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::{Serializer, byte_serialize};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use sluice_tls::ClientConnector;
use tokio::net::TcpStream;

use super::OAuth2Settings;
use super::answer::{Answer, given, refused};
use crate::{AuthError, Credential, NoToken};

/// The longest answer that is read.
const MAX_ANSWER: usize = 256 * 1024;

const HTTPS: u16 = 443;

/// Whom tokens are asked from.
pub(super) struct Server {
    url: Uri,
    host: String,
    port: u16,
    tls: ClientConnector,
    client_id: Credential,
    client_secret: Credential,
    scopes: String,
    parameters: Vec<(String, Vec<String>)>,
    /// Whether it wants who we are in the body; found out, since servers take the one or the other.
    in_body: AtomicBool,
}

/// Who we are.
struct Identity {
    id: String,
    secret: String,
}

impl Server {
    pub(super) fn new(settings: &OAuth2Settings) -> Result<Self, AuthError> {
        let refuse =
            |reason: &str| AuthError::Unusable { place: "token_url".to_owned(), reason: reason.to_owned() };
        let url: Uri = settings.token_url.parse().map_err(|_| refuse("is no URL"))?;
        if url.scheme_str() != Some("https") {
            return Err(refuse("has to start with https://, since a secret is sent there"));
        }
        let host = url.host().filter(|host| !host.is_empty()).ok_or_else(|| refuse("names no host"))?;
        let tls = settings.tls.connector(host, true).map_err(|error| refuse(&error.to_string()))?;
        // What cannot be read now is the starter's to report.
        settings.client_id.read()?;
        settings.client_secret.read()?;
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port_u16().unwrap_or(HTTPS),
            tls: tls.ok_or_else(|| refuse("needs TLS"))?,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            scopes: settings.scopes.join(" "),
            parameters: settings.endpoint_params.clone(),
            in_body: AtomicBool::new(false),
            url,
        })
    }

    pub(super) fn url(&self) -> String {
        self.url.to_string()
    }

    /// Asks for a token. As the Collector does, it first shows who we are in a header, and, to a server that refuses
    /// this, in the body.
    pub(super) async fn fetch(&self) -> Result<Answer, NoToken> {
        let identity = self.identity().await?;
        if self.in_body.load(Ordering::Relaxed) {
            return self.ask(&identity, true).await.map_err(|(_, error)| error);
        }
        match self.ask(&identity, false).await {
            Ok(answer) => Ok(answer),
            Err((Some(status), first)) if status.is_client_error() => {
                let answer = self.ask(&identity, true).await.map_err(|_| first)?;
                self.in_body.store(true, Ordering::Relaxed);
                Ok(answer)
            }
            Err((_, error)) => Err(error),
        }
    }

    async fn identity(&self) -> Result<Identity, NoToken> {
        let (id, secret) = (self.client_id.clone(), self.client_secret.clone());
        let read = tokio::task::spawn_blocking(move || {
            Ok::<_, AuthError>(Identity { id: id.read()?, secret: secret.read()? })
        });
        match read.await {
            Ok(identity) => identity.map_err(|error| NoToken(error.to_string())),
            Err(error) => Err(NoToken(error.to_string())),
        }
    }

    /// One request; an error has the status where there was one.
    async fn ask(&self, identity: &Identity, in_body: bool) -> Result<Answer, (Option<StatusCode>, NoToken)> {
        let failed = |error: &dyn std::fmt::Display| (None, NoToken(error.to_string()));
        let request = self.request(identity, in_body).map_err(|error| failed(&error))?;
        let response = self.send(request).await.map_err(|error| (None, error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
        let body = body.map_err(|error| failed(&error))?.to_bytes();
        if status.is_success() {
            given(&body).map_err(|error| (None, error))
        } else {
            Err((Some(status), refused(status, &body)))
        }
    }

    fn request(&self, identity: &Identity, in_body: bool) -> Result<Request<Full<Bytes>>, http::Error> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if !self.scopes.is_empty() {
            form.append_pair("scope", &self.scopes);
        }
        for (name, values) in &self.parameters {
            values.iter().for_each(|value| {
                form.append_pair(name, value);
            });
        }
        if in_body {
            form.append_pair("client_id", &identity.id).append_pair("client_secret", &identity.secret);
        }
        let path = self.url.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let authority = self.url.authority().map_or("", http::uri::Authority::as_str);
        let mut request = Request::post(path)
            .header(HOST, authority)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Full::new(Bytes::from(form.finish())))?;
        if !in_body {
            // RFC 6749, 2.3.1: each is written as in a form first.
            let written = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let both = format!("{}:{}", written(&identity.id), written(&identity.secret));
            let mut shown = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(both)))?;
            shown.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, shown);
        }
        Ok(request)
    }

    /// A connection for one request: tokens are rare.
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, NoToken> {
        let failed = |error: &dyn std::fmt::Display| NoToken(format!("{}:{}: {error}", self.host, self.port));
        let tcp =
            TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| failed(&error))?;
        let stream = self.tls.connect(tcp).await.map_err(|error| failed(&error))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
        // It ends with the answer.
        tokio::spawn(connection);
        sender.send_request(request).await.map_err(|error| failed(&error))
    }
}
