//! What the samplers say that they decided.

use std::net::SocketAddr;

use sluice_tests::metrics::Page;

use crate::ask_until;

/// What one sampler decided.
#[derive(Clone, Debug)]
pub(crate) struct Decisions {
    pub(crate) sampler: String,
    pub(crate) traces: usize,
    pub(crate) kept: usize,
}

/// Waits until the samplers have been given `spans` spans and hold none of them any more.
pub(crate) async fn decisions(
    samplers: &[(String, SocketAddr)],
    spans: usize,
) -> anyhow::Result<Vec<Decisions>> {
    ask_until("the samplers to decide", async || {
        let (mut given, mut held, mut all) = (0, 0, Vec::new());
        for (sampler, metrics) in samplers {
            let page = Page::scrape(*metrics).await;
            let sum = |name: &str, labels: &[&str]| page.sum(name, labels) as usize;
            given += sum("otelcol_receiver_accepted_spans_total", &[]);
            held += sum("sluice_sampler_held_spans", &[]);
            let decided = "otelcol_processor_tail_sampling_global_count_traces_sampled_total";
            let (traces, kept) = (sum(decided, &[]), sum(decided, &["sampled=\"true\""]));
            all.push(Decisions { sampler: sampler.clone(), traces, kept });
        }
        Ok((given >= spans && held == 0).then_some(all))
    })
    .await
}
