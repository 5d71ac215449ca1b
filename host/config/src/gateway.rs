use std::time::Duration;

use crate::decode::{Block, Fields, Key};
use crate::types::listen::Listen;

/// `sluice`: what concerns the gateway as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Gateway {
    /// What is held when the gateway is told to end may be sent for so long.
    pub shutdown_timeout: Duration,
    /// Threads that carry traffic; 0: one for each CPU.
    pub worker_threads: usize,
    /// Where `sluice explain` asks, if there is a tail sampler.
    pub admin_endpoint: Listen,
    /// Whether `sluice capture` may have traces there.
    pub admin_capture: bool,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            shutdown_timeout: Duration::from_secs(30),
            worker_threads: 0,
            admin_endpoint: Listen::by_default("localhost", 13134),
            admin_capture: false,
        }
    }
}

impl Block for Gateway {
    const KEYS: &'static [Key] = &[
        Key::new("shutdown_timeout", "duration", "30s", "for sending what is held when told to end").own(),
        Key::new("worker_threads", "number", "0", "threads that carry traffic; 0: one for each CPU").own(),
        Key::new(
            "admin_endpoint",
            "address",
            "localhost:13134",
            "for `sluice explain` and `sluice drain`, and for anybody who reads `/resolvers`",
        )
        .own(),
        Key::new("admin_capture", "true or false", "false", "whether `sluice capture` may have traces there")
            .own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("shutdown_timeout", &mut self.shutdown_timeout);
        fields.read("worker_threads", &mut self.worker_threads);
        fields.read("admin_endpoint", &mut self.admin_endpoint);
        fields.read("admin_capture", &mut self.admin_capture);
    }
}
