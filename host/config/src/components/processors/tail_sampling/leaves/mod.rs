//! The blocks of the policies that the Collector has and that plugins of ours decide. They are checked here, with the
//! file at hand; the plugin gets what is read, so a value from the environment has the type that its key should have.

mod attributes;
mod limits;
mod ottl;
mod probabilistic;
mod settings;
mod status;
mod whole;

pub(super) use attributes::{BOOLEAN_KEYS, NUMERIC_KEYS, STRING_KEYS, TRACE_STATE_KEYS};
pub(super) use limits::{BYTES_LIMITING_KEYS, RATE_LIMITING_KEYS};
pub(super) use ottl::OTTL_CONDITION_KEYS;
pub(super) use probabilistic::PROBABILISTIC_KEYS;
use serde_json::Value as Json;
use settings::Settings;
pub(super) use status::STATUS_CODE_KEYS;
pub(super) use whole::{LATENCY_KEYS, SPAN_COUNT_KEYS};

use super::policies::Reading;
use crate::decode::{Fields, Key};

/// Reads the keys of a block, and says what is wrong with them.
type Check = fn(&mut Settings<'_>);

/// What a type's block has; none for a plugin of a user's.
fn of(plugin: &str) -> Option<(&'static [Key], Check)> {
    Some(match plugin {
        "latency" => (LATENCY_KEYS, whole::latency),
        "span_count" => (SPAN_COUNT_KEYS, whole::span_count),
        "numeric_attribute" => (NUMERIC_KEYS, attributes::numeric),
        "boolean_attribute" => (BOOLEAN_KEYS, attributes::boolean),
        "string_attribute" => (STRING_KEYS, attributes::string),
        "trace_state" => (TRACE_STATE_KEYS, attributes::trace_state),
        "status_code" => (STATUS_CODE_KEYS, status::status_code),
        "probabilistic" => (PROBABILISTIC_KEYS, probabilistic::probabilistic),
        "rate_limiting" => (RATE_LIMITING_KEYS, limits::rate_limiting),
        "bytes_limiting" => (BYTES_LIMITING_KEYS, limits::bytes_limiting),
        "ottl_condition" => (OTTL_CONDITION_KEYS, ottl::ottl_condition),
        _ => return None,
    })
}

/// What the plugin is given: the block named like it, or null.
pub(super) fn settings(reading: &Reading<'_>, plugin: &str) -> Json {
    if let Some((keys, check)) = of(plugin) {
        return reading.block(plugin, keys).map_or(Json::Null, |fields| checked(&fields, check));
    }
    let Some(node) = reading.own_block(plugin) else { return Json::Null };
    if matches!(plugin, "always_sample" | "trace_flags") {
        return Fields::open(node, &[], None).map_or(Json::Null, |fields| checked(&fields, |_| {}));
    }
    node.value.to_json()
}

fn checked(fields: &Fields<'_>, check: Check) -> Json {
    let mut settings = Settings::of(fields);
    check(&mut settings);
    settings.into_json()
}
