//! Trying whether a backend can be spoken to, without sending anything.

use std::time::Duration;

use anyhow::{Context, anyhow};
use sluice_config::LoadBalancing;
use sluice_tls::Alpn;
use tokio::net::TcpStream;

use super::tls;

/// How long a backend may take, handshake included.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Connects to a backend (`host:port`) as the exporter `id` does, with its TLS and the name that its certificate must be for.
pub(crate) async fn try_backend(id: &str, balancing: &LoadBalancing, address: &str) -> anyhow::Result<()> {
    let tls = tls::client(&format!("exporters::{id}"), &balancing.otlp.tls, &[Alpn::H2])?;
    let host = address.rsplit_once(':').map_or(address, |(host, _port)| host);
    let connector = tls.connector(host.trim_matches(['[', ']']), false)?;
    let tried = async {
        let stream = TcpStream::connect(address).await?;
        if let Some(connector) = connector {
            connector.connect(stream).await.context("the TLS handshake fails")?;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(TIMEOUT, tried)
        .await
        .map_err(|_| anyhow!("no answer within {} s", TIMEOUT.as_secs()))?
}
