use super::settings::Settings;
use crate::decode::Key;

pub(crate) const PROBABILISTIC_KEYS: &[Key] = &[
    Key::new("sampling_percentage", "0 to 100", "(required)", "keep so many percent of the trace ids"),
    Key::new("hash_salt", "text", "default-hash-seed", "another one keeps other traces"),
];

/// The Collector keeps all at more than 100 percent, and none below 0.
pub(super) fn probabilistic(settings: &mut Settings<'_>) {
    let key = "sampling_percentage";
    settings.read::<String>("hash_salt");
    match settings.read::<f64>(key) {
        Some(percentage) if percentage > 100.0 => {
            settings.warning(key, format!("{percentage} percent is more than there is; every trace is kept"));
        }
        Some(percentage) if percentage < 0.0 => {
            settings.warning(key, format!("{percentage} percent is less than nothing; no trace is kept"));
        }
        None if !settings.has_value(key) => settings.error(key, "sampling_percentage is missing"),
        _ => {}
    }
}
