use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::reply::Reply;
use crate::settings::CorsSettings;

/// Headers that a browser may send where `allowed_headers` names none, as in the Collector.
const DEFAULT_HEADERS: [&str; 4] = ["accept", "content-type", "origin", "x-requested-with"];

/// What scripts of other sites may do: the part of the Fetch standard that a server has, as the Collector's
/// library (rs/cors) does it.
#[derive(Debug)]
pub(super) struct Cors {
    origins: Vec<Pattern>,
    /// In lower case; none is all of them.
    headers: Option<Vec<String>>,
    exposed: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

/// An origin, with at most one `*` for any number of characters.
#[derive(Debug)]
enum Pattern {
    Any,
    Exact(String),
    Between(String, String),
}

impl Cors {
    /// None where no origin is allowed: a browser then keeps scripts of other sites out by itself.
    pub(super) fn new(settings: &CorsSettings) -> Option<Self> {
        if settings.allowed_origins.is_empty() {
            return None;
        }
        let headers = match settings.allowed_headers.as_slice() {
            [] => Some(DEFAULT_HEADERS.map(str::to_owned).to_vec()),
            named if named.iter().any(|name| name == "*") => None,
            named => Some(named.iter().map(|name| name.to_ascii_lowercase()).collect()),
        };
        let exposed = settings.exposed_headers.join(", ");
        Some(Self {
            origins: settings.allowed_origins.iter().map(|origin| Pattern::new(origin)).collect(),
            headers,
            exposed: HeaderValue::from_str(&exposed).ok().filter(|header| !header.is_empty()),
            max_age: (settings.max_age > 0).then(|| settings.max_age.into()),
        })
    }

    /// The answer to a browser that asks before it sends; what is not allowed is left out of it.
    pub(super) fn preflight(&self, method: &Method, headers: &HeaderMap) -> Option<Reply> {
        let wanted = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        if method != Method::OPTIONS {
            return None;
        }
        let mut reply = Reply::default();
        *reply.status_mut() = StatusCode::NO_CONTENT;
        let told = reply.headers_mut();
        told.insert(
            VARY,
            HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers"),
        );
        let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
        let Some(origin) = self.allowed(headers) else { return Some(reply) };
        if wanted != "POST" || !asked.is_none_or(|asked| self.may_send(asked)) {
            return Some(reply);
        }
        told.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        told.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        told.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        told.extend(asked.map(|asked| (ACCESS_CONTROL_ALLOW_HEADERS, asked.clone())));
        told.extend(self.max_age.clone().map(|age| (ACCESS_CONTROL_MAX_AGE, age)));
        Some(reply)
    }

    /// What an answer needs so that the browser shows it to the script; none of it for other origins.
    pub(super) fn answer(&self, request: &HeaderMap) -> HeaderMap {
        let mut told = HeaderMap::with_capacity(4);
        told.insert(VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.allowed(request) {
            told.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            told.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            told.extend(self.exposed.clone().map(|exposed| (ACCESS_CONTROL_EXPOSE_HEADERS, exposed)));
        }
        told
    }

    /// What `access-control-allow-origin` says to a request from an origin that is allowed.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        if self.origins.iter().any(|pattern| matches!(pattern, Pattern::Any)) {
            return Some(HeaderValue::from_static("*"));
        }
        let text = origin.to_str().ok()?.to_ascii_lowercase();
        self.origins.iter().any(|pattern| pattern.matches(&text)).then(|| origin.clone())
    }

    fn may_send(&self, asked: &HeaderValue) -> bool {
        let Some(allowed) = &self.headers else { return true };
        let Ok(asked) = asked.to_str() else { return false };
        let mut names = asked.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.all(|name| allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)))
    }
}

impl Pattern {
    fn new(origin: &str) -> Self {
        let origin = origin.to_ascii_lowercase();
        match origin.split_once('*') {
            Some(("", "")) => Self::Any,
            Some((start, end)) => Self::Between(start.to_owned(), end.to_owned()),
            None => Self::Exact(origin),
        }
    }

    fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => exact == origin,
            Self::Between(start, end) => {
                origin.len() >= start.len() + end.len()
                    && origin.starts_with(&**start)
                    && origin.ends_with(&**end)
            }
        }
    }
}

#[cfg(test)]
#[path = "cors_tests.rs"]
mod tests;
