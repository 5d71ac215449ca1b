//! Trying whether a backend can be spoken to, without sending anything.

use std::time::Duration;

use sluice_config::{OtlpExporter, OtlpHttpExporter, Secret};
use sluice_exporter::{ClientSettings, HttpClientSettings, SignalUrl, Trial};
use sluice_tls::Alpn;

use super::{exporters, tls};

/// How long a request may take, of which a connection with its handshake gets 3 s.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Connects to a backend as the exporter `id` does, or one of its own by these settings.
pub(crate) async fn try_grpc(id: &str, otlp: &OtlpExporter, endpoint: &str) -> anyhow::Result<()> {
    let tls = tls::client(&format!("exporters::{id}"), &otlp.tls, &[Alpn::H2])?;
    let settings = ClientSettings { timeout: TIMEOUT, ..ClientSettings::new(tls) };
    Ok(Trial::grpc(endpoint, &settings)?.connect().await?)
}

/// Connects to the server of a URL as the exporter `id` does.
pub(crate) async fn try_http(id: &str, otlp: &OtlpHttpExporter, url: &SignalUrl) -> anyhow::Result<()> {
    let tls = tls::client(&format!("exporters::{id}"), &otlp.tls, exporters::http_versions(otlp))?;
    let settings = HttpClientSettings {
        timeout: TIMEOUT,
        proxy_url: otlp.proxy_url.as_ref().map(|url| Secret::expose(url).to_owned()),
        ..HttpClientSettings::new(tls)
    };
    Ok(Trial::http(url, &settings)?.connect().await?)
}
