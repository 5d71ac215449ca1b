use std::time::Duration;

use bytes::Bytes;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::client::{Answer, RawClient};
use crate::messages::TRACES;
use crate::soon;

/// A call, and what has to be answered.
pub(super) struct Case {
    pub(super) name: &'static str,
    path: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    body: Bytes,
    /// Whether the client ends its side after the body.
    half_closed: bool,
    http: u16,
    code: Code,
    /// In the message, or anything where it is empty.
    says: &'static str,
    /// Of `BadRequest`, or none where it is empty.
    place: &'static str,
    /// Of `RetryInfo`.
    retry: Option<Duration>,
    /// Of partial success.
    rejected: u64,
    /// What it is counted as; nothing for what is taken.
    pub(super) reason: &'static str,
}

impl Case {
    pub(super) fn call(name: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            name,
            path: TRACES,
            headers: Vec::new(),
            body: body.into(),
            half_closed: true,
            http: 200,
            code: Code::Ok,
            says: "",
            place: "",
            retry: None,
            rejected: 0,
            reason: "",
        }
    }

    pub(super) fn path(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn left_open(self) -> Self {
        Self { half_closed: false, ..self }
    }

    pub(super) fn is(self, code: Code, reason: &'static str, says: &'static str) -> Self {
        Self { code, reason, says, ..self }
    }

    pub(super) fn at(self, place: &'static str) -> Self {
        Self { place, ..self }
    }

    pub(super) fn retry(self, after: Duration) -> Self {
        Self { retry: Some(after), ..self }
    }

    pub(super) fn partly(self, rejected: u64) -> Self {
        Self { rejected, ..self }
    }

    pub(super) fn no_grpc(self, http: u16, reason: &'static str) -> Self {
        Self { http, reason, ..self }
    }

    pub(super) async fn send(&self, client: &mut RawClient) -> Answer {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if self.half_closed {
            return client.call(self.path, &headers, self.body.clone()).await;
        }
        let (pieces, answer) = client.open(self.path, &headers);
        pieces.send(self.body.clone()).await.expect("sent");
        let answer = soon(answer).await.expect(self.name);
        drop(pieces);
        answer
    }

    pub(super) fn check(&self, answer: &Answer) {
        let (name, status) = (self.name, &answer.status);
        assert_eq!(answer.http.as_u16(), self.http, "{name}: {answer:?}");
        if self.http != 200 {
            assert!(!answer.headers.contains_key("grpc-status"), "{name}: {answer:?}");
            return;
        }
        assert_eq!(answer.headers["content-type"], "application/grpc", "{name}");
        assert_eq!(answer.headers["grpc-accept-encoding"], "gzip,zstd,snappy,identity", "{name}");
        assert_eq!(status.code(), self.code, "{name}: {status}");
        assert!(status.message().contains(self.says), "{name}: {status}");
        assert_eq!(retry_of(status), self.retry, "{name}: {status:?}");
        assert_eq!(place_of(status), self.place, "{name}: {status:?}");
        if self.code == Code::Ok {
            assert_eq!(answer.rejected(), self.rejected, "{name}: {answer:?}");
        } else {
            assert!(answer.message.is_empty(), "{name}: an error has no message");
            assert_ne!(status.message(), "", "{name}");
        }
    }
}

fn retry_of(status: &Status) -> Option<Duration> {
    status.get_details_retry_info().and_then(|info| info.retry_delay)
}

fn place_of(status: &Status) -> String {
    let violations = status.get_details_bad_request().map(|request| request.field_violations);
    violations.and_then(|mut all| all.pop()).map(|violation| violation.field).unwrap_or_default()
}
