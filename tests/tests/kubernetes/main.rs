//! The k8s resolver, the guide's manifests and those of deploy/ against a real API server: `cargo xtask kubernetes` builds
//! it, and `cargo test --workspace --test kubernetes [PART OF A NAME]` runs this.
//!
//! Kubernetes takes no loopback address for an endpoint. So all of it, backends included, runs in a network namespace
//! with other addresses, and a mount namespace with a service account where pods have theirs. One API server serves
//! all scenarios, one after the other, most in a Kubernetes namespace of their own; the one that takes five minutes runs
//! beside them.

#![allow(clippy::expect_used, reason = "a test that cannot go on ends, and says what it expected")]
#![allow(clippy::print_stdout, reason = "a test runner tells what it runs")]

mod commands;
mod examples;
mod guide;
mod manifests;
mod namespace;
mod outages;
mod permissions;
mod pod;
mod probes;
mod rollout;
mod slices;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sluice_tests::gateway::binary;
use sluice_tests::kubernetes::Cluster;
use tokio::time::timeout;

/// For one scenario; the slowest takes 20 s on a busy machine.
const LIMIT: Duration = Duration::from_secs(240);

type Scenario = for<'a> fn(&'a mut Cluster) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Names a scenario after its function.
macro_rules! scenarios {
    ($($module:ident::$name:ident),+ $(,)?) => {
        &[$((stringify!($name), |cluster| Box::pin($module::$name(cluster)))),+]
    };
}

const SCENARIOS: &[(&str, Scenario)] = scenarios![
    guide::traffic_flows_while_example_2_goes_from_3_to_6_to_2,
    permissions::a_missing_role_is_named_and_its_manifest_cures_it,
    permissions::a_pod_gets_its_service_account_later,
    permissions::a_kubeconfig_is_taken_where_it_is_set,
    commands::doctor_asks_what_is_permitted,
    commands::doctor_says_why_nobody_tells_it_what_is_permitted,
    commands::resolve_prints_slices_and_owners,
    slices::churn_leaves_the_live_endpoints,
    slices::a_thousand_endpoints_are_one_change,
    slices::a_change_is_on_the_ring_soon,
    outages::a_restarted_api_server_is_followed_again,
    outages::a_frozen_api_server_is_noticed,
    rollout::a_rollout_splits_traces_only_as_the_ring_moves,
    examples::the_guides_manifests_pass_a_dry_run,
    examples::the_guides_cluster_role_is_what_example_2_needs,
    examples::example_1_follows_the_headless_service,
    examples::example_3_follows_the_headless_service_by_tls,
    manifests::everything_in_deploy_passes_a_dry_run,
    manifests::broken_manifests_do_not_pass_a_dry_run,
    probes::a_gateway_that_hangs_would_be_restarted,
];

fn main() -> ExitCode {
    let binaries = binary().ancestors().nth(2).expect("the target folder").join("kubernetes");
    if !binaries.join("versions").exists() {
        println!(
            "leaving out the tests against a Kubernetes API server: `cargo xtask kubernetes` was not run"
        );
        return ExitCode::SUCCESS;
    }
    if !namespace::is_ours() {
        return namespace::enter();
    }
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let chosen: Vec<_> = SCENARIOS.iter().filter(|(name, _)| name.contains(&wanted)).collect();
    let is_long = probes::NAME.contains(&wanted);
    let total = chosen.len() + usize::from(is_long);
    println!("\nrunning {total} tests");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut cluster = runtime.block_on(Cluster::start(&binaries));
    let (start, mut failed) = (Instant::now(), 0);
    let long = is_long.then(|| attempt(|| runtime.block_on(probes::Outage::begin(&cluster))));
    let mut ended = |name: &str, is_ok: bool| {
        println!("test {name} ... {}", if is_ok { "ok" } else { "FAILED" });
        failed += usize::from(!is_ok);
    };
    for (name, scenario) in &chosen {
        let run = || {
            let ended = runtime.block_on(async { timeout(LIMIT, scenario(&mut cluster)).await });
            ended.unwrap_or_else(|_| panic!("{name} takes longer than {} s", LIMIT.as_secs()));
        };
        ended(name, attempt(run).is_some());
    }
    if let Some(outage) = long {
        let outage = outage.and_then(|outage| attempt(|| runtime.block_on(outage.end(&cluster))));
        ended(probes::NAME, outage.is_some());
    }
    println!(
        "\ntest result: {}. {} passed; {failed} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        if failed == 0 { "ok" } else { "FAILED" },
        total - failed,
        SCENARIOS.len() + 1 - total,
        start.elapsed().as_secs_f64()
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Nothing where a scenario did not find what it expected, which has been printed by then.
fn attempt<T>(scenario: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(scenario)).ok()
}
