//! The order of measurements, and one of them.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::gateway::{Arm, Gateway};
use super::options::{Compression, Options};
use super::report::{Case, Figures};
use super::sink::Sink;
use super::source::Source;
use super::usage;
use crate::requests::{Shape, Template};

/// Different requests, so that nothing learns one by heart; fewer of the large ones, for memory's sake.
const TEMPLATE_BYTES: usize = 32 << 20;
const TEMPLATES: usize = 64;
/// What is queued must arrive within this time after the last request.
const SETTLE_LIMIT: Duration = Duration::from_secs(30);

/// Measures what the options ask for, and writes a line per measurement and a table at the end.
///
/// # Errors
/// If sluice cannot be started, or loses or duplicates a span that it acknowledged.
pub async fn run(options: &Options, mut output: impl Write) -> Result<()> {
    let mut cases = Vec::new();
    for &shape in &options.shapes {
        let templates = templates(shape)?;
        for &compression in &options.compression {
            cases.push((Case::new(shape, compression), Arc::clone(&templates)));
        }
    }
    for round in 1..=options.rounds {
        for (case, templates) in &mut cases {
            // Who goes first alternates, so that neither arm always meets a warmer machine.
            let arms = if round % 2 == 1 {
                [Arm::PassThrough, Arm::Routing]
            } else {
                [Arm::Routing, Arm::PassThrough]
            };
            for arm in arms {
                let figures = measure(options, arm, case.compression, Arc::clone(templates)).await?;
                writeln!(output, "round {round} {:?} {:?} {arm:?}: {figures}", case.shape, case.compression)?;
                case.add(arm, figures);
            }
        }
    }
    writeln!(output)?;
    super::report::write(&mut output, options, cases.iter().map(|(case, _)| case))
}

fn templates(shape: Shape) -> Result<Arc<[Template]>> {
    let mut random = fastrand::Rng::with_seed(shape as u64);
    let first = Template::build(shape.dimensions(), &mut random)?;
    let count = (TEMPLATE_BYTES / first.bytes().max(1)).clamp(4, TEMPLATES);
    let rest = (1..count).map(|_| Template::build(shape.dimensions(), &mut random));
    let templates: Result<Vec<_>, _> = std::iter::once(Ok(first)).chain(rest).collect();
    Ok(templates?.into())
}

async fn measure(
    options: &Options,
    arm: Arm,
    compression: Compression,
    templates: Arc<[Template]>,
) -> Result<Figures> {
    let sink = Sink::start(options.backends).await?;
    let gateway = Gateway::start(options, arm, compression, sink.addresses()).await?;
    let mut source = Source::start(gateway.receiver(), templates, options)?;

    tokio::time::sleep(options.warm_up).await;
    let _ = source.take_latencies();
    let (begin, spans, cpu) = (Instant::now(), source.answers().spans(), usage::cpu_time(gateway.pid())?);
    tokio::time::sleep(options.window).await;
    let (elapsed, spans) = (begin.elapsed(), source.answers().spans() - spans);
    let cpu = usage::cpu_time(gateway.pid())? - cpu;
    let mut latencies = source.take_latencies();

    source.finish().await;
    settle(&gateway, &sink, &source, compression).await?;
    let figures = Figures {
        spans,
        elapsed,
        cpu,
        peak_memory: usage::peak_memory(gateway.pid())?,
        latencies: super::report::percentiles(&mut latencies),
        refused: source.answers().refused(),
        wire_bytes_per_span: sink.arrivals().bytes() as f64 / source.answers().spans().max(1) as f64,
    };
    gateway.stop().await?;
    Ok(figures)
}

/// Waits until everything that was acknowledged has arrived, and checks that nothing arrived twice.
async fn settle(gateway: &Gateway, sink: &Sink, source: &Source, compression: Compression) -> Result<()> {
    let acknowledged = source.answers().spans();
    let begin = Instant::now();
    while gateway.sent_spans().await < acknowledged && begin.elapsed() < SETTLE_LIMIT {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Parts of requests that were refused in the end may have arrived as well.
    if source.answers().refused() == 0 {
        let sent = gateway.sent_spans().await;
        ensure!(sent == acknowledged, "sluice counts {sent} spans sent, {acknowledged} were acknowledged");
        let arrived = sink.arrivals().spans();
        ensure!(
            compression != Compression::None || arrived == acknowledged,
            "{arrived} spans have arrived, {acknowledged} were acknowledged"
        );
    }
    ensure!(sink.arrivals().requests() > 0, "nothing has arrived");
    Ok(())
}
