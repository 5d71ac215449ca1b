use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::proxy::Tunnel;

use super::ClientError;
use super::connector::Tcp;

/// An HTTP proxy: servers with TLS are reached by `CONNECT`, others by asking the proxy for the server's URL.
#[derive(Clone)]
pub(super) struct Proxy {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    /// Reads `http://[name:password@]host[:port]`. An error does not repeat it, since it may hold a password.
    pub(super) fn parse(url: &str) -> Result<Self, ClientError> {
        let refuse = |reason: &str| ClientError::Proxy(reason.to_owned());
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(refuse("only http:// is served, as in http://proxy:3128"));
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, address) = match rest.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, rest),
        };
        if address.is_empty() || address.contains(['/', '?', '#']) {
            return Err(refuse("a proxy is http://host:port, with nothing behind it"));
        }
        let uri = format!("http://{address}/").parse::<Uri>();
        let uri = uri.ok().filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        Ok(Self {
            uri: uri.ok_or_else(|| refuse("it names no host"))?,
            authorization: user.map(authorization).transpose()?,
        })
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// `proxy-authorization`, where the URL has a name.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Opens tunnels through the proxy.
    pub(super) fn tunnel(&self, tcp: Tcp) -> Tunnel<Tcp> {
        let tunnel = Tunnel::new(self.uri.clone(), tcp);
        match &self.authorization {
            Some(authorization) => tunnel.with_auth(authorization.clone()),
            None => tunnel,
        }
    }
}

fn authorization(user: &str) -> Result<HeaderValue, ClientError> {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let plain = [percent_decoded(name).as_slice(), b":", &percent_decoded(password)].concat();
    let value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(plain)));
    let mut value = value.map_err(|_| ClientError::Proxy("its name cannot be sent".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn percent_decoded(text: &str) -> Vec<u8> {
    super::status::percent_decoded(text.as_bytes())
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("uri", &self.uri).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
