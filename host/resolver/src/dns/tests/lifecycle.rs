use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use super::server::{NameServer, Reply};
use super::{Watched, settings, until_true};
use crate::dns::DnsSettings;
use crate::{Resolver, ResolverError, ResolverMetrics};

/// Dropping the resolver ends the look-ups and those who watch, and takes its backends out of the gauge.
#[tokio::test]
async fn dropping_the_resolver_ends_it() {
    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    let mut watched = Watched::start(settings(server.address));
    watched.until(&["127.0.0.1:4317", "127.0.0.2:4317"]).await;
    let Watched { resolver, mut endpoints, registry } = watched;
    drop(resolver);
    assert!(tokio::time::timeout(super::PATIENCE, endpoints.changed()).await.unwrap().is_err());
    let watched = Watched { resolver: fixed(), endpoints, registry };
    until_true(|| watched.metric(r#"otelcol_loadbalancer_num_backends{resolver="dns"}"#) == 0).await;
}

fn fixed() -> Resolver {
    let metrics = ResolverMetrics::register(&mut prometheus_client::registry::Registry::default());
    Resolver::fixed(vec!["a".to_owned()], &metrics).unwrap()
}

/// Settings that could never work are refused at once, in the Collector's words where it has them.
#[tokio::test]
async fn names_that_cannot_be_are_refused() {
    let refused = |hostname: &str| {
        let metrics = ResolverMetrics::register(&mut prometheus_client::registry::Registry::default());
        let settings = DnsSettings { hostname: hostname.to_owned(), ..settings(([127, 0, 0, 1], 9).into()) };
        Resolver::dns(settings, &metrics).unwrap_err()
    };
    assert_eq!(refused("").to_string(), "no hostname specified to resolve the backends");
    for hostname in ["a..b", &"a".repeat(64)] {
        assert!(matches!(refused(hostname), ResolverError::Hostname { .. }), "{hostname}");
    }
}

/// A writer of log lines that a test can read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn count(&self, phrase: &str) -> usize {
        self.text().matches(phrase).count()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The log has a line for each backend that comes or goes, by the address that is dialled, one warning for
/// a series of failures, and a line when it ends.
#[tokio::test]
async fn the_log_tells_of_changes_and_of_failures_once() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = NameServer::start().await;
    server.set("tier2.test", &["127.0.0.1", "127.0.0.2"]);
    let mut watched = Watched::start(DnsSettings { port: None, ..settings(server.address) });
    watched.until(&["127.0.0.1", "127.0.0.2"]).await;
    assert_eq!(lines.count("backend 127.0.0.1:4317 added"), 1);

    server.reply_all("tier2.test", &Reply::Addresses(Vec::new()));
    watched.until_failed(4).await;
    assert_eq!(lines.count("failed to resolve; 2 endpoints are kept"), 1, "{}", lines.text());

    server.set("tier2.test", &["127.0.0.2"]);
    watched.until(&["127.0.0.2"]).await;
    until_true(|| lines.count("resolved again") == 1).await;
    assert_eq!(lines.count("backend 127.0.0.1:4317 removed"), 1);
    assert_eq!(lines.count("added"), 2);
}
