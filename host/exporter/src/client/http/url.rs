use http::Uri;

use crate::client::ClientError;

/// Where one signal is posted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalUrl(Uri);

impl SignalUrl {
    /// Reads `http://host[:port][/path][?query]`, or the same with `https`.
    ///
    /// # Errors
    /// When it is no such URL.
    pub fn parse(url: &str) -> Result<Self, ClientError> {
        let refuse =
            |reason: &str| ClientError::Endpoint { endpoint: url.to_owned(), reason: reason.to_owned() };
        let uri: Uri = url.parse().map_err(|error| refuse(&format!("it is no URL: {error}")))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(refuse("it has to start with http:// or https://"));
        }
        let authority = uri.authority().map_or("", http::uri::Authority::as_str);
        if authority.contains('@') {
            let hidden = url.replace(authority, authority.rsplit('@').next().unwrap_or_default());
            let reason = "it has a name before the host; name an extension in auth instead".to_owned();
            return Err(ClientError::Endpoint { endpoint: hidden, reason });
        }
        let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
        let port = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
        if uri.host().is_none_or(str::is_empty) || port.is_some_and(|(_, port)| !is_port(port)) {
            return Err(refuse("it has no host, or its port is none"));
        }
        Ok(Self(uri))
    }

    /// The server: scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = self.0.scheme_str().unwrap_or_default();
        format!("{scheme}://{}", self.0.authority().map_or("", http::uri::Authority::as_str))
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.authority().map_or("", http::uri::Authority::as_str)
    }

    pub(in crate::client) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(super) fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    pub(super) fn has_tls(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
