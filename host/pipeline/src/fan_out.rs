use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use sluice_otlp::Payload;

use crate::{Accepted, Consumer, Reply, SharedConsumer};

/// Gives every payload to several consumers at the same time, as a pipeline with several exporters does.
///
/// It is accepted when all of them accept it. When one refuses, the client is told so and sends it again, to all:
/// those that had accepted it then have it twice. Bodies are shared, not copied.
pub struct FanOut {
    consumers: Vec<SharedConsumer>,
}

impl FanOut {
    /// The consumers as one; a single one stays as it is.
    #[must_use]
    pub fn over(mut consumers: Vec<SharedConsumer>) -> SharedConsumer {
        match consumers.pop() {
            Some(only) if consumers.is_empty() => only,
            last => {
                consumers.extend(last);
                std::sync::Arc::new(Self { consumers })
            }
        }
    }
}

impl Consumer for FanOut {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        let replies = join_all(self.consumers.iter().map(|consumer| consumer.consume(payload.clone())));
        replies.map(|replies| replies.into_iter().try_fold(Accepted::all(), combine)).boxed()
    }
}

/// An item that several consumers reject is one item: the largest count stands.
fn combine(told: Accepted, reply: Reply) -> Reply {
    let accepted = reply?;
    let rejected = told.rejected.max(accepted.rejected);
    Ok(Accepted { rejected, ..told.and(accepted) })
}

#[cfg(test)]
#[path = "fan_out_tests.rs"]
mod tests;
