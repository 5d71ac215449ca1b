//! What the fuzz targets call: the checks of the property tests of `sluice-otlp`, `sluice-json`,
//! `sluice-recording`, `sluice-config`, `sluice-exporter` and `sluice-ottl`, for any bytes.
//!
//! The same checks run with random bytes in those crates' tests (`host/otlp/tests/wire/smoke.rs`,
//! `host/json/tests/json/smoke.rs`, `host/recording/tests/recording/smoke.rs`, `host/config/tests/loading/arbitrary.rs`,
//! `host/exporter/src/client/http/retry_after_tests.rs`, `plugins/ottl/tests/properties.rs`), on every change and without
//! a nightly compiler. A target adds what only a fuzzer can: hours, and bytes chosen by the branches that they reach.
//! From the root of the repository:
//!
//! ```text
//! cargo install cargo-fuzz
//! cargo +nightly fuzz run scan
//! ```

#[allow(dead_code, unused_imports, reason = "the property tests use more of it")]
#[path = "../../host/otlp/tests/wire/checks/mod.rs"]
mod checks;
#[allow(dead_code, reason = "the property tests use more of it")]
#[path = "../../host/json/tests/json/checks/mod.rs"]
mod json_checks;

#[path = "../../host/recording/tests/recording/checks/mod.rs"]
mod recordings;

#[path = "../../host/config/tests/loading/checks.rs"]
mod configuration;

#[allow(dead_code, reason = "the property tests use more of it")]
#[path = "../../plugins/ottl/tests/support/mod.rs"]
mod conditions;

/// A scan accepts what a decoder accepts, and finds the same.
pub fn scan(data: &[u8]) {
    checks::scan_bytes(data);
}

/// The parts of a request are the request.
pub fn split(data: &[u8]) {
    checks::split_bytes(data);
}

/// The pieces and the halves of a request are the request.
pub fn cut(data: &[u8]) {
    checks::cut_bytes(data);
}

/// The tables of any plan fit together.
pub fn columns(data: &[u8]) {
    checks::columns_bytes(data);
}

/// A text that is decoded is a request that the scanner takes, within the limit.
pub fn json(data: &[u8]) {
    json_checks::decode_bytes(data);
}

/// Any file of recorded traces is read or refused, and what is read can be redacted.
pub fn recording(data: &[u8]) {
    recordings::read_bytes(data);
    recordings::redact_bytes(data);
}

/// A request is the same after JSON.
pub fn round_trip(data: &[u8]) {
    json_checks::round_trip_bytes(data);
}

/// Any `Retry-After` of a server is answered; the first eight bytes are the clock, in seconds.
pub fn retry_after(data: &[u8]) {
    let Some((clock, value)) = data.split_first_chunk::<8>() else { return };
    let clock = std::time::Duration::from_secs(u64::from_le_bytes(*clock) % 1_000_000_000_000);
    let _ = sluice_exporter::retry_after(value, std::time::UNIX_EPOCH + clock);
}

/// Any headers of a request are read or refused: lines `name: value`.
pub fn headers(data: &[u8]) {
    let mut headers = http::HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(16) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
        let name = http::HeaderName::from_bytes(name.trim_ascii());
        if let (Ok(name), Ok(value)) = (name, http::HeaderValue::from_bytes(value.trim_ascii())) {
            headers.append(name, value);
        }
    }
    sluice_receiver::read_headers(&headers);
}

/// Any file of passwords is read, with at most a name a line, or refused in words.
pub fn htpasswd(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match sluice_auth::read_passwords(text) {
        Ok(names) => assert!(names <= text.lines().count()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Any texts as the sources of a configuration are answered; a line `+++` parts them. What would read a file of
/// this machine is left out.
pub fn configuration(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if !text.contains("file:") {
        let sources: Vec<&str> = text.split("\n+++\n").take(4).collect();
        configuration::answer(&sources);
    }
}

/// A member that is found in a tracestate is one that is there, and a section is one of its members.
pub fn tracestate(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let member = sluice_sdk::tracestate::member(text, "ot");
    assert!(member.is_none_or(|value| text.contains(&format!("ot={value}"))));
    assert!(member.is_some() || sluice_sdk::tracestate::OpenTelemetry::find(text).is_none());
}

/// Any text as a condition is answered or refused.
pub fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    conditions::check(text);
}
