use std::time::Duration;

use super::server::NameServer;
use crate::dns::{DnsSettings, DnsSource};
use crate::poller::Source;
use crate::{GuardSettings, ResolverMetrics};

fn source(server: &NameServer, interval: Option<Duration>) -> DnsSource {
    let metrics = ResolverMetrics::register(&mut prometheus_client::registry::Registry::default());
    let settings = DnsSettings { interval, ..super::settings(server.address) };
    assert_eq!(settings.guard, GuardSettings::default());
    DnsSource::new(settings, metrics.dns_series("dns")).unwrap()
}

/// Without an interval, the next look-up is when the records are no longer to be believed, between 1 and 30 s, and in 5 s
/// when there were none; with one, it is as written, whatever the records say.
#[tokio::test]
async fn the_time_to_live_is_heeded_where_no_interval_is_set() {
    let server = NameServer::start().await;
    let seconds = Duration::from_secs;
    let mut by_ttl = source(&server, None);
    let mut by_zero = source(&server, Some(Duration::ZERO));
    let mut as_written = source(&server, Some(seconds(7)));
    by_ttl.look_up().await;
    assert_eq!(by_ttl.interval(), seconds(5), "the name does not exist");
    server.set("tier2.test", &["127.0.0.1"]);
    for (ttl, expected) in [(1, 1), (5, 5), (30, 30), (300, 30)] {
        server.set_ttl(ttl);
        for source in [&mut by_ttl, &mut by_zero, &mut as_written] {
            assert!(source.look_up().await.endpoints.is_some());
        }
        assert_eq!((by_ttl.interval(), by_zero.interval()), (seconds(expected), seconds(expected)));
        assert_eq!(as_written.interval(), seconds(7));
    }
}
