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
    /// Spans that the backend has taken.
    pub(crate) sent: usize,
}

/// Waits until the samplers have been given `spans` spans, hold none of them any more, and none is on its way.
pub(crate) async fn decisions(
    samplers: &[(String, SocketAddr)],
    spans: usize,
) -> anyhow::Result<Vec<Decisions>> {
    // A page is not written in one moment, so that what moves meanwhile may be on no line of it.
    let mut was_quiet = false;
    ask_until("the samplers to decide", async || {
        let (mut given, mut held, mut all) = (0, 0, Vec::new());
        for (sampler, metrics) in samplers {
            let page = Page::scrape(*metrics).await;
            let sum = |name: &str, labels: &[&str]| page.sum(name, labels) as usize;
            given += sum("otelcol_receiver_accepted_spans_total", &[]);
            held += sum("sluice_sampler_held_spans", &[])
                + sum("sluice_sampler_held_bytes", &[])
                + sum("otelcol_exporter_queue_size", &[]);
            let decided = "otelcol_processor_tail_sampling_global_count_traces_sampled_total";
            all.push(Decisions {
                sampler: sampler.clone(),
                traces: sum(decided, &[]),
                kept: sum(decided, &["sampled=\"true\""]),
                sent: sum("otelcol_exporter_sent_spans_total", &[]),
            });
        }
        let is_quiet = given >= spans && held == 0;
        let stays_quiet = std::mem::replace(&mut was_quiet, is_quiet) && is_quiet;
        Ok(stays_quiet.then_some(all))
    })
    .await
}
