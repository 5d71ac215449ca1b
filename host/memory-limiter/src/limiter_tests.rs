use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use prost::Message;
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reason, Reply, SharedConsumer};

use super::MemoryLimiter;
use crate::memory::MemoryError;
use crate::metrics::MemoryLimiterMetrics;
use crate::settings::{Limit, MemoryLimiterSettings};

const MIB: u64 = 1 << 20;
/// What a measurement that fails is told by.
const BROKEN: u64 = u64::MAX;

/// A next stage that counts.
#[derive(Default)]
struct Next(AtomicUsize);

impl Consumer for Next {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.0.fetch_add(payload.items(), Ordering::Relaxed);
        std::future::ready(Ok(Accepted::all())).boxed()
    }
}

/// What a limiter measures, made up by the test, and how often it was asked.
#[derive(Default)]
struct Memory {
    used: AtomicU64,
    looks: AtomicUsize,
}

/// A limiter of 80 MiB.
struct Setting {
    memory: Arc<Memory>,
    next: Arc<Next>,
    limiter: MemoryLimiter,
    guarded: SharedConsumer,
    registry: Registry,
}

impl Setting {
    fn new() -> Self {
        let settings = MemoryLimiterSettings {
            id: "memory_limiter/a".to_owned(),
            check_interval: Duration::from_millis(5),
            limit: Limit::Mib { limit: 100, spike: 20 },
        };
        let mut registry = Registry::default();
        let metrics = MemoryLimiterMetrics::register(&mut registry);
        let memory = Arc::new(Memory::default());
        let limiter = MemoryLimiter::start(&settings, 0, meter(&memory), &metrics).expect("measurable");
        let next = Arc::new(Next::default());
        let guarded = limiter.before(next.clone());
        Self { memory, next, limiter, guarded, registry }
    }

    /// Lets the limiter see that so much is in use: the second look from now on is at it.
    async fn see(&self, bytes: u64) {
        self.memory.used.store(bytes, Ordering::Relaxed);
        let looks = self.memory.looks.load(Ordering::Relaxed);
        for _ in 0..6_000 {
            if self.memory.looks.load(Ordering::Relaxed) > looks + 2 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the limiter no longer looks");
    }

    fn page(&self) -> String {
        let mut page = String::new();
        encode(&mut page, &self.registry).expect("a page");
        page
    }
}

fn meter(memory: &Arc<Memory>) -> impl FnMut() -> Result<u64, MemoryError> + Send + 'static {
    let memory = Arc::clone(memory);
    move || {
        memory.looks.fetch_add(1, Ordering::Relaxed);
        match memory.used.load(Ordering::Relaxed) {
            BROKEN => Err(MemoryError::Unreadable {
                path: PathBuf::from("/proc"),
                source: io::Error::other("gone"),
            }),
            used => Ok(used),
        }
    }
}

fn using(used: u64) -> Arc<Memory> {
    Arc::new(Memory { used: AtomicU64::new(used), looks: AtomicUsize::new(0) })
}

fn spans(count: usize) -> Payload {
    let spans = (0..count).map(|n| Span { name: format!("span-{n}"), ..Span::default() }).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let message = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    };
    let body = Bytes::from(message.encode_to_vec());
    Payload::bare(Request::scan(Signal::Traces, body).expect("a valid request"))
}

/// Above the soft limit everything is refused so that senders come back; below it everything goes on again.
#[tokio::test]
async fn data_is_refused_while_memory_is_short() {
    let setting = Setting::new();
    assert_eq!(setting.guarded.consume(spans(3)).await, Ok(Accepted::all()));
    setting.see(81 * MIB).await;
    let refusal = setting.guarded.consume(spans(4)).await.expect_err("memory is short");
    assert_eq!((refusal.reason, refusal.retry_after), (Reason::Overloaded, Some(Duration::from_millis(5))));
    assert!(refusal.reason.is_retryable() && refusal.message.contains("high memory usage"), "{refusal}");
    assert_eq!(setting.next.0.load(Ordering::Relaxed), 3, "the next stage saw nothing of it");
    setting.see(80 * MIB).await;
    assert_eq!(setting.guarded.consume(spans(5)).await, Ok(Accepted::all()));
    let page = setting.page();
    assert!(
        page.contains("otelcol_processor_accepted_spans_total{processor=\"memory_limiter/a\"} 8\n"),
        "{page}"
    );
    assert!(
        page.contains("otelcol_processor_refused_spans_total{processor=\"memory_limiter/a\"} 4\n"),
        "{page}"
    );
}

/// One limiter guards several stages.
#[tokio::test]
async fn one_limiter_guards_all_that_is_behind_it() {
    let setting = Setting::new();
    let second = setting.limiter.before(setting.next.clone());
    setting.see(500 * MIB).await;
    assert!(setting.guarded.consume(spans(1)).await.is_err() && second.consume(spans(1)).await.is_err());
}

/// A measurement that fails changes nothing; one that fails at the start is an error.
#[tokio::test]
async fn what_cannot_be_measured_stays_as_it_was() {
    let setting = Setting::new();
    setting.see(500 * MIB).await;
    setting.see(BROKEN).await;
    assert!(setting.guarded.consume(spans(1)).await.is_err());
    setting.see(0).await;
    assert!(setting.guarded.consume(spans(1)).await.is_ok());

    let settings = MemoryLimiterSettings {
        id: "memory_limiter".to_owned(),
        check_interval: Duration::from_secs(1),
        limit: Limit::Mib { limit: 100, spike: 0 },
    };
    let metrics = MemoryLimiterMetrics::register(&mut Registry::default());
    let error =
        MemoryLimiter::start(&settings, 0, meter(&using(BROKEN)), &metrics).expect_err("no measurement");
    assert!(error.to_string().contains("/proc"), "{error}");
}

/// Memory that is short at the start is short from the first request on.
#[tokio::test]
async fn the_first_look_is_before_the_first_request() {
    let settings = MemoryLimiterSettings {
        id: "memory_limiter".to_owned(),
        check_interval: Duration::from_secs(60),
        limit: Limit::Percentage { limit: 50, spike: 10 },
    };
    let metrics = MemoryLimiterMetrics::register(&mut Registry::default());
    let limiter =
        MemoryLimiter::start(&settings, 100 * MIB, meter(&using(41 * MIB)), &metrics).expect("measurable");
    assert!(limiter.before(Arc::new(Next::default())).consume(spans(1)).await.is_err());
}
