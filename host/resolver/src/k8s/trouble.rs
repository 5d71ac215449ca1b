use std::fmt;
use std::time::Duration;

use kube::runtime::watcher::Error as WatchError;

use super::refusal::Refusal;
use super::set::MOST_ENDPOINTS;
use super::slice::Doubts;
use crate::ResolverError;

/// Why there is no news, or why they are not what they should be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// Nothing says where the API server is, or with which credentials to ask it.
    NoCluster(String),
    /// 401: it does not know us.
    Unauthorized,
    /// 403: it does not let us.
    Forbidden(Refusal),
    /// It answers, with another error.
    Refused { code: u16, message: String },
    /// It cannot be reached, or breaks off.
    Unreachable(String),
    /// What it sends makes no sense, or is too much.
    Garbled(String),
    /// It has said nothing for so long.
    Silent(Duration),
    /// No endpoint of the Service is ready.
    Empty,
    /// More endpoints than a ring has room for.
    TooMany,
    /// Some endpoints could not be taken as they are.
    Doubtful(Doubts),
}

/// What happened to a watch.
#[derive(Debug, PartialEq)]
pub(super) enum Setback {
    /// Too much happened while we did not look: everything is listed again.
    Expired,
    /// Something is wrong; where kube's watcher cannot go on from here, everything is listed again.
    Trouble { trouble: Trouble, list_again: bool },
}

impl Setback {
    /// What an error of kube's watcher means for a Service in `namespace`.
    pub(super) fn of(error: &WatchError, namespace: &str) -> Self {
        match error {
            WatchError::WatchError(status) if status.code == 410 => Self::Expired,
            WatchError::WatchError(status) => {
                Self::list_again(of_status(status.code, &status.message, "watch", namespace))
            }
            WatchError::NoResourceVersion => {
                Self::list_again(Trouble::Garbled("an answer without resourceVersion".to_owned()))
            }
            WatchError::InitialListFailed(error) => Self::list_again(of_client(error, "list", namespace)),
            WatchError::WatchStartFailed(error) | WatchError::WatchFailed(error) => {
                let trouble = of_client(error, "watch", namespace);
                // Where just the connection was lost, nothing else was: the watch goes on where it ended.
                let list_again = !matches!(trouble, Trouble::Unreachable(_));
                Self::Trouble { trouble, list_again }
            }
        }
    }

    fn list_again(trouble: Trouble) -> Self {
        Self::Trouble { trouble, list_again: true }
    }
}

/// What an error of the client means.
pub(super) fn of_client(error: &kube::Error, verb: &'static str, namespace: &str) -> Trouble {
    match error {
        kube::Error::Api(status) => of_status(status.code, &status.message, verb, namespace),
        kube::Error::SerdeError(_)
        | kube::Error::FromUtf8(_)
        | kube::Error::LinesCodecMaxLineLengthExceeded => Trouble::Garbled(in_full(error)),
        kube::Error::Auth(_) => Trouble::NoCluster(in_full(error)),
        other => {
            let text = in_full(other);
            if text.contains(super::wire::TOO_LARGE) {
                Trouble::Garbled(text)
            } else {
                Trouble::Unreachable(text)
            }
        }
    }
}

fn of_status(code: u16, message: &str, verb: &'static str, namespace: &str) -> Trouble {
    match code {
        401 => Trouble::Unauthorized,
        403 => Trouble::Forbidden(Refusal::read(verb, namespace, message)),
        _ => Trouble::Refused { code, message: shortened(message) },
    }
}

/// With what led to it, which kube's errors do not all repeat.
pub(super) fn in_full(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    shortened(&text)
}

/// Somebody else's words, as many as a line of the log should have.
fn shortened(text: &str) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

impl Trouble {
    /// A server that has just started refuses everybody, until it has read its roles: one refusal says nothing yet.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Forbidden(_))
    }

    /// As what a single look has come to.
    pub(super) fn of_look(&self) -> ResolverError {
        ResolverError::ApiServer(self.to_string())
    }

    /// Tells troubles apart by what an operator would do about them; texts that vary from time to time do not count.
    pub(super) fn kind(&self) -> (u8, u16) {
        match self {
            Self::NoCluster(_) => (0, 0),
            Self::Unauthorized => (1, 0),
            Self::Forbidden(refusal) => (2, u16::from(refusal.verb == "watch")),
            Self::Refused { code, .. } => (3, *code),
            Self::Unreachable(_) => (4, 0),
            Self::Garbled(_) => (5, 0),
            Self::Silent(_) => (6, 0),
            Self::Empty => (7, 0),
            Self::TooMany => (8, 0),
            Self::Doubtful(doubts) => {
                let some = [
                    doubts.without_hostname,
                    doubts.without_port,
                    doubts.without_zone,
                    doubts.bad_address,
                    doubts.unclear_port,
                ];
                (9, some.iter().fold(0, |bits, count| bits << 1 | u16::from(*count > 0)))
            }
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCluster(reason) => write!(
                f,
                "no Kubernetes API server to ask: {reason}; in a pod, give it a service account (no \
                 automountServiceAccountToken: false), elsewhere set KUBECONFIG"
            ),
            Self::Unauthorized => f.write_str(
                "the API server does not know us (401 Unauthorized): our token has expired, or is of another cluster",
            ),
            Self::Forbidden(refusal) => write!(
                f,
                "RBAC: {}; this adds it (kubectl apply -f -): {}",
                refusal.missing(),
                refusal.manifest()
            ),
            Self::Refused { code, message } => write!(f, "the API server answers with {code}: {message}"),
            Self::Unreachable(reason) => write!(f, "the API server cannot be reached: {reason}"),
            Self::Garbled(reason) => write!(f, "the API server's answer makes no sense: {reason}"),
            Self::Silent(silence) => {
                write!(f, "the API server has said nothing for {} s", silence.as_secs())
            }
            Self::Empty => f.write_str(
                "the Service has no endpoint that is ready; do its name, its namespace and its selector fit, and `zone` where it is set?",
            ),
            Self::TooMany => write!(f, "the Service has more than {MOST_ENDPOINTS} endpoints"),
            Self::Doubtful(doubts) => write_doubts(f, doubts),
        }
    }
}

fn write_doubts(f: &mut fmt::Formatter<'_>, doubts: &Doubts) -> fmt::Result {
    let all = [
        (
            doubts.without_hostname,
            "endpoints have no hostname, which return_hostnames needs, and are left out",
        ),
        (doubts.without_port, "endpoints are in slices without a port of a name in `ports`"),
        (
            doubts.without_zone,
            "endpoints are in no zone that anybody knows, which `zone` needs, and are left out",
        ),
        (doubts.bad_address, "endpoints have an address that is none, and are left out"),
        (
            doubts.unclear_port,
            "endpoints are dialled on 4317, which is none of their several ports; say which in `ports`",
        ),
    ];
    let mut separator = "";
    for (count, what) in all.iter().filter(|(count, _)| *count > 0) {
        write!(f, "{separator}{count} {what}")?;
        separator = "; ";
    }
    Ok(())
}

#[cfg(test)]
#[path = "trouble_tests.rs"]
mod tests;
