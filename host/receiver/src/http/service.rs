use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONNECTION, EXPECT, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Version};
use http_body::Body;
use http_body_util::Full;
use hyper::body::Incoming;
use sluice_otlp::Signal;
use sluice_pipeline::Accepted;

use super::cors::Cors;
use super::encoding::Encodings;
use super::form::Form;
use super::progress::Progress;
use super::read::{self, Wrapping};
use super::reply::{self, Reply};
use super::routes::Routes;
use crate::connection::Peer;
use crate::intake::Arrival;
use crate::rejection::{Cause, Rejection};
use crate::settings::HttpSettings;
use crate::shared::Shared;

/// What all requests of a server have in common.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) shared: Arc<Shared>,
    routes: Routes,
    encodings: Encodings,
    cors: Option<Cors>,
    response_headers: HeaderMap,
}

impl Site {
    pub(super) fn new(settings: &HttpSettings, shared: Arc<Shared>) -> Self {
        let header = |(name, value): &(String, String)| {
            // The configuration has checked both.
            Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?))
        };
        Self {
            shared,
            routes: Routes::new(settings),
            encodings: Encodings::new(&settings.compression_algorithms),
            cors: Cors::new(&settings.cors),
            response_headers: settings.response_headers.iter().filter_map(header).collect(),
        }
    }
}

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) site: Arc<Site>,
    pub(super) peer: Arc<Peer>,
    /// Of an HTTP/1.1 connection.
    pub(super) progress: Arc<Progress>,
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let site = &*self.site;
        let is_head = request.method() == Method::HEAD;
        let preflight =
            site.cors.as_ref().and_then(|cors| cors.preflight(request.method(), request.headers()));
        let mut reply = match preflight {
            Some(reply) => reply,
            None => {
                let cors = site.cors.as_ref().map(|cors| cors.answer(request.headers()));
                let mut reply = self.respond(request).await;
                reply.headers_mut().extend(cors.unwrap_or_default());
                reply
            }
        };
        reply.headers_mut().extend(site.response_headers.clone());
        if is_head {
            // hyper leaves the body out over HTTP/1.1 only, and HTTP/2 clients take one for an error.
            *reply.body_mut() = Full::default();
        }
        reply
    }

    async fn respond(&self, request: Request<Incoming>) -> Reply {
        let form = Form::of(request.headers());
        let answer_in = *form.as_ref().unwrap_or(&Form::Json);
        let (parts, mut body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        // A client that waits for a word before it sends will not send what it is told not to.
        let may_skip = !parts.headers.contains_key(EXPECT);
        // Only who may send, and asks, is told who we are.
        let instance = sluice_instance::answer(&parts.headers);
        match self.export(parts, &mut body, form).await {
            Ok((signal, accepted)) => {
                let mut reply = reply::success(answer_in, signal, &accepted);
                reply.headers_mut().extend(instance.map(|instance| (sluice_instance::HEADER, instance)));
                reply
            }
            Err(rejection) => {
                self.site.shared.rejected(&self.peer, &path, &rejection);
                if may_skip && self.progress.is_unread() && read::skip(&mut body).await {
                    self.progress.set_unread(false);
                }
                let mut reply = reply::failure(answer_in, &self.site.encodings, &rejection);
                if rejection.cause == Cause::Unauthenticated {
                    let challenge = self.site.shared.challenge().map(HeaderValue::from_static);
                    reply.headers_mut().extend(challenge.map(|challenge| (WWW_AUTHENTICATE, challenge)));
                }
                reply
            }
        }
    }

    async fn export(
        &self,
        parts: Parts,
        body: &mut Incoming,
        form: Result<Form, Rejection>,
    ) -> Result<(Signal, Accepted), Rejection> {
        let now = Instant::now();
        let shared = &self.site.shared;
        let max = shared.limits.max_message_bytes;
        self.progress.set_unread(!body.is_end_stream());
        shared.admit(&parts.headers).await?;
        // All that can be refused without the body is refused before it is read.
        let signal = self.site.routes.signal_of(parts.uri.path())?;
        if parts.method != Method::POST {
            let message = format!("{} is not served here; OTLP is sent by POST", parts.method);
            return Err(Rejection::new(Cause::MethodNotAllowed, message));
        }
        let wrapping = Wrapping { signal, form: form?, encoding: self.site.encodings.of(&parts.headers)? };
        shared.intake.consumer(signal)?;
        let mut hold = shared.budget.admit()?;
        let body = shared.in_time(now, None, read::body(body, max, &mut hold)).await?;
        self.progress.set_unread(false);
        let body = read::unwrap(body, wrapping, max, &mut hold).await?;
        let (headers, connection) = (Arc::new(parts.headers), self.peer.number);
        let arrival = Arrival { signal, body, headers, connection, deadline: None, hold };
        Ok((signal, shared.intake.take(arrival).await?))
    }
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Reply;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let _busy = service.peer.activity.begin();
            service.progress.head_done();
            let is_http1 = request.version() < Version::HTTP_2;
            let mut reply = service.answer(request).await;
            if is_http1 && service.progress.is_unread() {
                // What is left of the request stands in the way of the next one: hyper ends the connection, and a
                // client that was not told so would lose the request that it sends meanwhile.
                reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(reply)
        })
    }
}
