use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_otlp::{Payload, Request, Signal};

use super::FanOut;
use crate::{Accepted, Consumer, Reason, Refusal, Reply, SharedConsumer};

struct Answers {
    reply: Reply,
    asked: AtomicUsize,
}

impl Consumer for Answers {
    fn consume(&self, _: Payload) -> BoxFuture<'_, Reply> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        std::future::ready(self.reply.clone()).boxed()
    }
}

fn answers(reply: Reply) -> Arc<Answers> {
    Arc::new(Answers { reply, asked: AtomicUsize::new(0) })
}

fn payload() -> Payload {
    Payload::bare(Request::scan(Signal::Traces, bytes::Bytes::new()).expect("an empty request"))
}

/// A refusal by one consumer is the client's answer, and the others were asked all the same.
#[tokio::test]
async fn one_refusal_refuses_the_request() {
    let refusal = Refusal::new(Reason::Overloaded, "sending_queue is full");
    let (full, fine) = (answers(Err(refusal.clone())), answers(Ok(Accepted::all())));
    let both: Vec<SharedConsumer> = vec![full, fine.clone()];
    assert_eq!(FanOut::over(both).consume(payload()).await, Err(refusal));
    assert_eq!(fine.asked.load(Ordering::Relaxed), 1);
}

/// Items that two consumers reject are counted once, under both messages.
#[tokio::test]
async fn rejected_items_are_not_added_up() {
    let one = answers(Ok(Accepted::partly(3, "too large")));
    let other = answers(Ok(Accepted::partly(2, "no key")));
    let both: Vec<SharedConsumer> = vec![one, other];
    assert_eq!(FanOut::over(both).consume(payload()).await, Ok(Accepted::partly(3, "too large; no key")));
}
