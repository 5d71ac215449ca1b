use std::sync::Arc;

use http::{Response, Uri};
use sluice_auth::ClientAuth;
use sluice_tls::ClientConnector;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower::ServiceExt;

use super::endpoint::{Place, Target, parse};
use super::spread::Spread;
use super::{Balancer, Call, ClientSettings};
use crate::client::connector::{Connector, Way, connect_timeout};
use crate::client::instances::Instances;
use crate::client::status::{describe, no_reply};
use crate::client::{ClientError, ExportError, USER_AGENT};

/// Answers are small, but a window that never closes costs nothing.
const WINDOW: u32 = 8 * 1024 * 1024;

/// Requests of one connection that may wait for the transport; more wait for these.
const WAITING_REQUESTS: usize = 1024;

/// What carries requests.
#[derive(Clone, Debug)]
pub(super) enum Transport {
    /// One connection.
    One(Channel),
    /// One to each address of a name.
    Spread(Arc<Spread>),
}

impl Transport {
    /// It connects when it is used.
    pub(super) fn new(
        address: &str,
        settings: &ClientSettings,
        instances: Option<Arc<Instances>>,
    ) -> Result<Self, ClientError> {
        let (plan, target) = plan(address, settings)?;
        let plan = Plan { instances, ..plan };
        match target.place {
            Place::Name(names) if settings.balancer == Balancer::RoundRobin => {
                let port = target.authority.port_u16().unwrap_or_default();
                Ok(Self::Spread(Spread::start(target.authority.host().to_owned(), port, names, plan)))
            }
            place => {
                let connector = plan.connector(place.way());
                Ok(Self::One(plan.channel(target.authority.as_str(), connector)?))
            }
        }
    }

    pub(super) async fn send(&self, call: Call) -> Result<Response<Body>, ExportError> {
        match self {
            Self::One(channel) => {
                channel.clone().oneshot(call.request()).await.map_err(|error| no_reply(&error))
            }
            Self::Spread(spread) => spread.send(call).await,
        }
    }
}

/// What connects to a backend, and what it is asked for.
pub(in crate::client) fn connector(
    address: &str,
    settings: &ClientSettings,
) -> Result<(Connector, Uri), ClientError> {
    let (plan, target) = plan(address, settings)?;
    let uri = origin(plan.scheme, target.authority.as_str())?;
    Ok((plan.connector(target.place.way()), uri))
}

fn plan(address: &str, settings: &ClientSettings) -> Result<(Plan, Target), ClientError> {
    let target = parse(address)?;
    let tls = settings.tls.connector(target.authority.host(), target.wants_tls)?;
    if tls.is_none() && settings.auth.as_ref().is_some_and(ClientAuth::is_secret) {
        return Err(ClientError::Unprotected { endpoint: address.to_owned() });
    }
    let called = settings.authority.as_deref().or(settings.tls.server_name_override());
    let scheme = if tls.is_some() { "https" } else { "http" };
    let origin = origin(scheme, called.unwrap_or(target.authority.as_str()))?;
    Ok((Plan { scheme, origin, tls, settings: settings.clone(), instances: None }, target))
}

/// How connections to one backend are made.
#[derive(Debug)]
pub(super) struct Plan {
    scheme: &'static str,
    /// What the backend is called in requests.
    origin: Uri,
    tls: Option<ClientConnector>,
    settings: ClientSettings,
    /// Where what answers is to be known.
    instances: Option<Arc<Instances>>,
}

impl Plan {
    pub(super) fn connector(&self, way: Way) -> Connector {
        let timeout = connect_timeout(self.settings.timeout);
        Connector::new(timeout, way, self.tls.clone()).asking(self.instances.clone())
    }

    /// A channel to `dialled`, host and port.
    pub(super) fn channel(&self, dialled: &str, connector: Connector) -> Result<Channel, ClientError> {
        let refuse = |reason: String| ClientError::Endpoint { endpoint: dialled.to_owned(), reason };
        let mut endpoint = Endpoint::from(origin(self.scheme, dialled)?)
            .user_agent(USER_AGENT)
            .map_err(|error| refuse(describe(&error)))?
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .buffer_size(WAITING_REQUESTS)
            .origin(self.origin.clone());
        if let Some(keepalive) = self.settings.keepalive {
            endpoint = endpoint
                .http2_keep_alive_interval(keepalive.time)
                .keep_alive_timeout(keepalive.timeout)
                .keep_alive_while_idle(keepalive.permit_without_stream);
        }
        Ok(endpoint.connect_with_connector_lazy(connector))
    }
}

fn origin(scheme: &str, authority: &str) -> Result<Uri, ClientError> {
    let built = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build();
    built.map_err(|error| ClientError::Endpoint { endpoint: authority.to_owned(), reason: error.to_string() })
}
