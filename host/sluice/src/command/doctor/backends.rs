//! Tier 2, as one load-balancing exporter sees it.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use sluice_config::{LoadBalancing, ResolverConfig};
use sluice_resolver::ResolverMetrics;

use super::check::{Check, Outcome};
use super::permission;
use crate::command::resolve::{Backend, backends, in_short, look};
use crate::command::validate::counted;
use crate::gateway;

/// Backends that are tried at a time.
const AT_A_TIME: usize = 16;
/// How many times the keys of another a backend may have; the guide looks into twice the traffic.
const MOST_SKEW: f64 = 2.0;

/// Everything about the backends of an exporter.
pub(super) async fn check(
    id: &str,
    exporter: &LoadBalancing,
    metrics: &ResolverMetrics,
    timeout: Duration,
) -> anyhow::Result<Vec<Check>> {
    let mut checks = vec![resiliency(id, exporter)];
    if let ResolverConfig::K8s(k8s) = &exporter.resolver {
        let permission = permission::check(id, k8s, timeout).await;
        let can_work = permission.outcome != Outcome::Bad;
        checks.push(permission);
        if !can_work {
            return Ok(checks);
        }
    }
    let what = format!("{id} resolver");
    let seen = backends(exporter, metrics, timeout).await?;
    // What trouble there is the resolver has told of.
    let records = look(exporter, timeout).await.ok().and_then(|records| in_short(&records));
    let Some(seen) = seen else {
        let told = records.map(|records| format!(" ({records})")).unwrap_or_default();
        let said = format!("no backends within {} s{told}; the log above says why", timeout.as_secs());
        checks.push(Check::new(Outcome::Bad, &what, &said));
        return Ok(checks);
    };
    checks.push(number(&what, exporter, seen.len(), records.as_deref()));
    checks.push(ring(id, &seen));
    checks.extend(reach(id, exporter, &seen).await);
    Ok(checks)
}

/// The queue and retry of both levels: what is not on is said by the configuration's own advice.
fn resiliency(id: &str, exporter: &LoadBalancing) -> Check {
    let level_1 = exporter.sending_queue.enabled && exporter.retry_on_failure.enabled;
    let level_2 = exporter.otlp.sending_queue.enabled && exporter.otlp.retry_on_failure.enabled;
    let what = format!("{id} queue and retry");
    match (level_1, level_2) {
        (true, true) => Check::good(&what, "on at both levels"),
        (false, true) => Check::new(
            Outcome::Doubtful,
            &what,
            "off at level 1 (sending_queue, retry_on_failure): what a backend leaves behind is refused or lost, not \
             routed again",
        ),
        (_, false) => Check::new(
            Outcome::Doubtful,
            &what,
            "off at level 2 (protocol::otlp::sending_queue, retry_on_failure): a backend that restarts fails requests",
        ),
    }
}

/// The guide's first mistake: a Service with an address of its own has one record, whatever is behind it.
fn number(what: &str, exporter: &LoadBalancing, backends: usize, records: Option<&str>) -> Check {
    let told = records.map(|records| format!(" ({records})")).unwrap_or_default();
    match &exporter.resolver {
        ResolverConfig::Dns(dns) if backends == 1 => {
            let said = format!(
                "`{}` has one address{told}; if tier 2 has several instances, its Service is not headless: it needs \
                 `clusterIP: None`",
                dns.hostname
            );
            Check::new(Outcome::Doubtful, what, &said)
        }
        _ => Check::good(what, &format!("{}{told}", counted(backends, "backend"))),
    }
}

/// How evenly the ring gives keys to backends.
fn ring(id: &str, seen: &[Backend]) -> Check {
    let shares = || seen.iter().map(|backend| backend.share);
    let (least, most) = (shares().fold(f64::INFINITY, f64::min), shares().fold(0.0, f64::max));
    let said = format!("a backend has {:.1} % to {:.1} % of the keys", least * 100.0, most * 100.0);
    let is_even = most <= MOST_SKEW * least;
    Check::new(if is_even { Outcome::Good } else { Outcome::Doubtful }, &format!("{id} ring"), &said)
}

/// Whether each backend takes connections, and shows a certificate for its name where there is TLS.
async fn reach(id: &str, exporter: &LoadBalancing, seen: &[Backend]) -> Vec<Check> {
    let trials = seen.iter().map(|Backend { address, .. }| async move {
        let what = format!("{id} backend {address}");
        Check::of_trial(&what, gateway::try_grpc(id, &exporter.otlp, address).await)
    });
    stream::iter(trials).buffered(AT_A_TIME).collect().await
}
