use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Reply};

/// Takes everything and does nothing with it: the `nop` exporter, for tests of what comes before it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NopExporter;

impl Consumer for NopExporter {
    fn consume(&self, _payload: Payload) -> BoxFuture<'_, Reply> {
        ready(Ok(Accepted::all())).boxed()
    }
}
