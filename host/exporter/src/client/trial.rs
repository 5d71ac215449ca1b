use std::io;

use http::Uri;
use tower::Service;

use super::ClientError;
use super::connector::Connector;
use super::grpc::{self, ClientSettings};
use super::http::{self as otlp_http, HttpClientSettings, SignalUrl};

/// Tries whether a server can be spoken to, without sending anything: a connection as a [`Client`](super::Client) makes
/// it, through its proxy, with its TLS and the name that the certificate must be for.
#[derive(Debug)]
pub struct Trial {
    connector: Connector,
    uri: Uri,
}

impl Trial {
    /// Of the server of an OTLP/gRPC client; of a name with several addresses, one that takes the connection is enough.
    ///
    /// # Errors
    /// When the settings cannot be meant; see [`ClientError`].
    pub fn grpc(endpoint: &str, settings: &ClientSettings) -> Result<Self, ClientError> {
        let (connector, uri) = grpc::connector(endpoint, settings)?;
        Ok(Self { connector, uri })
    }

    /// Of the server that an OTLP/HTTP client posts to.
    ///
    /// # Errors
    /// When the settings cannot be meant; see [`ClientError`].
    pub fn http(url: &SignalUrl, settings: &HttpClientSettings) -> Result<Self, ClientError> {
        Ok(Self { connector: otlp_http::connector(url, settings)?, uri: url.uri().clone() })
    }

    /// Connects, shakes hands, and hangs up. It takes as long as the client's first attempt may.
    ///
    /// # Errors
    /// Says what is wrong, and which key may help.
    pub async fn connect(mut self) -> io::Result<()> {
        std::future::poll_fn(|context| self.connector.poll_ready(context)).await?;
        self.connector.call(self.uri).await.map(drop)
    }
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
