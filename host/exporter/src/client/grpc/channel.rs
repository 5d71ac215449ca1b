use http::Uri;
use sluice_auth::ClientAuth;
use tonic::transport::{Channel, Endpoint};

use super::{ClientSettings, endpoint};
use crate::client::connector::{Connector, Way, connect_timeout};
use crate::client::status::describe;
use crate::client::{ClientError, USER_AGENT};

/// Answers are small, but a window that never closes costs nothing.
const WINDOW: u32 = 8 * 1024 * 1024;

/// Requests of one client that may wait for the transport; more wait for these.
const WAITING_REQUESTS: usize = 1024;

/// A channel that connects when it is used.
pub(super) fn channel(address: &str, settings: &ClientSettings) -> Result<Channel, ClientError> {
    let refuse = |reason: String| ClientError::Endpoint { endpoint: address.to_owned(), reason };
    let target = endpoint::parse(address)?;
    let tls = settings.tls.connector(target.authority.host(), target.wants_tls)?;
    if tls.is_none() && settings.auth.as_ref().is_some_and(ClientAuth::is_secret) {
        return Err(ClientError::Unprotected { endpoint: address.to_owned() });
    }
    let scheme = if tls.is_some() { "https" } else { "http" };

    let timeout = connect_timeout(settings.timeout);
    let mut endpoint = Endpoint::from(origin(scheme, target.authority.as_str())?)
        .user_agent(USER_AGENT)
        .map_err(|error| refuse(describe(&error)))?
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .buffer_size(WAITING_REQUESTS);
    if let Some(authority) = settings.authority.as_deref().or(settings.tls.server_name_override()) {
        endpoint = endpoint.origin(origin(scheme, authority)?);
    }
    if let Some(keepalive) = settings.keepalive {
        endpoint = endpoint
            .http2_keep_alive_interval(keepalive.time)
            .keep_alive_timeout(keepalive.timeout)
            .keep_alive_while_idle(keepalive.permit_without_stream);
    }
    Ok(endpoint.connect_with_connector_lazy(Connector::new(timeout, Way::Direct, tls)))
}

fn origin(scheme: &str, authority: &str) -> Result<Uri, ClientError> {
    let built = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build();
    built.map_err(|error| ClientError::Endpoint { endpoint: authority.to_owned(), reason: error.to_string() })
}
