use super::settings::Settings;
use crate::decode::Key;

const CODES: [&str; 3] = ["OK", "ERROR", "UNSET"];

pub(crate) const STATUS_CODE_KEYS: &[Key] = &[Key::new(
    "status_codes",
    "`OK`, `ERROR`, `UNSET`",
    "(required)",
    "keep a trace of which a span has one",
)];

pub(super) fn status_code(settings: &mut Settings<'_>) {
    let key = "status_codes";
    if settings.words(key, &CODES) == 0 {
        settings.error(key, "expected at least one status code to filter on: OK, ERROR or UNSET");
    }
}
