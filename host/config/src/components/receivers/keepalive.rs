use std::time::Duration;

use crate::decode::{Block, Fields, Key};

/// How a server keeps and ends its connections.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerKeepalive {
    /// A connection without requests for so long is closed.
    pub max_connection_idle: Option<Duration>,
    /// A connection that is so old is closed, so that clients spread again over all gateways.
    pub max_connection_age: Option<Duration>,
    /// What requests in flight get beyond that age.
    pub max_connection_age_grace: Option<Duration>,
    /// A connection that is silent for so long is asked whether it is still there.
    pub time: Duration,
    /// How long the answer may take.
    pub timeout: Duration,
}

impl Default for ServerKeepalive {
    fn default() -> Self {
        Self {
            max_connection_idle: None,
            max_connection_age: None,
            max_connection_age_grace: None,
            time: Duration::from_secs(60),
            timeout: Duration::from_secs(20),
        }
    }
}

/// The two blocks in which the Collector keeps these keys.
pub(super) struct KeepaliveBlock<'a>(pub(super) &'a mut ServerKeepalive);

impl Block for KeepaliveBlock<'_> {
    const KEYS: &'static [Key] = &[
        Key::block("server_parameters", ServerKeepalive::KEYS),
        Key::inert("enforcement_policy", "clients may ask as often as they like whether we are there"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("server_parameters", self.0);
    }
}

impl Block for ServerKeepalive {
    const KEYS: &'static [Key] = &[
        Key::new("max_connection_idle", "duration", "0", "close a connection without requests; 0: never"),
        Key::new("max_connection_age", "duration", "0", "close an old connection; 0: never"),
        Key::new("max_connection_age_grace", "duration", "0", "time for requests in flight then; 0: any"),
        Key::new("time", "duration", "60s", "ask a silent client whether it is still there"),
        Key::new("timeout", "duration", "20s", "time for its answer"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("max_connection_idle", &mut self.max_connection_idle);
        fields.read("max_connection_age", &mut self.max_connection_age);
        fields.read("max_connection_age_grace", &mut self.max_connection_age_grace);
        fields.read("time", &mut self.time);
        fields.read("timeout", &mut self.timeout);
        for limit in
            [&mut self.max_connection_idle, &mut self.max_connection_age, &mut self.max_connection_age_grace]
        {
            *limit = limit.filter(|duration| !duration.is_zero());
        }
    }
}
