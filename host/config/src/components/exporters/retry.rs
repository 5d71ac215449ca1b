use std::time::Duration;

use crate::decode::{Block, Fields, Key};
use crate::types::duration::format_duration;

/// `retry_on_failure`: how what could not be delivered is sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Whether it is sent again at all.
    pub enabled: bool,
    /// The first wait.
    pub initial_interval: Duration,
    /// How far each wait may be off, up or down, as a share of it: 0 to 1.
    pub randomization_factor: f64,
    /// How much longer each wait is than the one before.
    pub multiplier: f64,
    /// The longest wait.
    pub max_interval: Duration,
    /// After so long it is given up; zero: never.
    pub max_elapsed_time: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            enabled: true,
            initial_interval: Duration::from_secs(5),
            randomization_factor: 0.5,
            multiplier: 1.5,
            max_interval: Duration::from_secs(30),
            max_elapsed_time: Duration::from_secs(300),
        }
    }
}

impl Retry {
    /// Nothing is sent again.
    pub(crate) fn off() -> Self {
        Self { enabled: false, ..Self::default() }
    }

    fn check(&self, fields: &Fields<'_>) {
        if !(0.0..=1.0).contains(&self.randomization_factor) {
            fields.error("randomization_factor", "must be within 0 and 1");
        }
        if self.multiplier < 1.0 {
            fields
                .error("multiplier", "must be 1 or more: each wait is that much longer than the one before");
        }
        if self.initial_interval.is_zero() {
            fields
                .warning("initial_interval", "0, so what fails is sent again without a wait, over and over");
        }
        for (key, wait) in [("initial_interval", self.initial_interval), ("max_interval", self.max_interval)]
        {
            if !self.max_elapsed_time.is_zero() && self.max_elapsed_time < wait {
                let message = format!(
                    "{} is below {key}, {}; make it longer, or 0 for no end",
                    format_duration(self.max_elapsed_time),
                    format_duration(wait)
                );
                fields.error("max_elapsed_time", message);
            }
        }
    }
}

impl Block for Retry {
    const KEYS: &'static [Key] = &[
        Key::new("enabled", "true or false", "true", "whether anything is sent again"),
        Key::new("initial_interval", "duration", "5s", "the first wait"),
        Key::new("randomization_factor", "0 to 1", "0.5", "how far a wait may be off, as a share of it"),
        Key::new("multiplier", "number", "1.5", "how much longer each wait is than the one before"),
        Key::new("max_interval", "duration", "30s", "the longest wait"),
        Key::new("max_elapsed_time", "duration", "300s", "give up after so long; 0: never"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("enabled", &mut self.enabled);
        fields.read("initial_interval", &mut self.initial_interval);
        fields.read("randomization_factor", &mut self.randomization_factor);
        fields.read("multiplier", &mut self.multiplier);
        fields.read("max_interval", &mut self.max_interval);
        fields.read("max_elapsed_time", &mut self.max_elapsed_time);
        if self.enabled {
            self.check(fields);
        }
    }
}

/// `retry_on_failure` at the top of `load_balancing`. The Collector leaves out its own defaults there: off,
/// and every number zero. Sluice is off too, and takes the documented numbers where the file has none.
pub(super) struct OuterRetry<'a>(pub(super) &'a mut Retry);

impl Block for OuterRetry<'_> {
    const KEYS: &'static [Key] = &[
        Key::new("enabled", "true or false", "false", "whether anything is routed and sent again"),
        Retry::KEYS[1],
        Retry::KEYS[2],
        Retry::KEYS[3],
        Retry::KEYS[4],
        Retry::KEYS[5],
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        *self.0 = Retry::off();
        self.0.fill(fields);
        if !self.0.enabled {
            if !fields.has_value("enabled") && fields.given() > 0 {
                fields.warning("enabled", "off without `enabled: true`, here at the top of load_balancing");
            }
            return;
        }
        let missing: Vec<_> = ["initial_interval", "max_interval", "max_elapsed_time"]
            .into_iter()
            .filter(|key| !fields.has_value(key))
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "without {}, the Collector would take zero here; Sluice takes the documented 5s, 30s and 300s",
                missing.join(", ")
            );
            fields.warning("enabled", message);
        }
    }
}
