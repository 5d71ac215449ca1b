//! Keys that a half does not know.

use serde_json::Value as Json;

use super::Half;
use super::input::kind;
use super::side::section;
use crate::decode::key::Status;
use crate::decode::{Block, Key};
use crate::service::Telemetry;

/// Without these a component would be another: `validate` says what to do about them.
const KEPT: [&str; 2] = ["aws_cloud_map", "routing_attributes"];

/// A key that was taken away, and why.
type Taken = (String, String);

/// Takes from a component what its half does not know: what Sluice refuses or leaves aside, or what only Sluice has.
pub(super) fn component(half: Half, name: &str, id: &str, block: &mut Json) -> Vec<Taken> {
    let served = section(name).served.iter().find(|served| served.kind == kind(id));
    let mut taken = Vec::new();
    if let Some(served) = served {
        trim(half, block, served.keys, &format!("{name}::{id}"), &mut taken);
    }
    taken
}

/// The same for `service::telemetry`.
pub(super) fn telemetry(half: Half, block: &mut Json) -> Vec<Taken> {
    let mut taken = Vec::new();
    trim(half, block, Telemetry::KEYS, "service::telemetry", &mut taken);
    taken
}

fn trim(half: Half, value: &mut Json, keys: &[Key], path: &str, taken: &mut Vec<Taken>) {
    match value {
        Json::Array(items) => {
            let before = taken.len();
            for (number, item) in items.iter_mut().enumerate() {
                trim(half, item, keys, &format!("{path}[{number}]"), taken);
            }
            if taken.len() > before {
                items.retain(|item| !is_empty(item));
            }
        }
        Json::Object(entries) => {
            for key in keys {
                let path = format!("{path}::{}", key.name);
                let Some(entry) = entries.get_mut(key.name) else { continue };
                let before = taken.len();
                match reason(half, key) {
                    Some(reason) => taken.push((path, reason)),
                    None => {
                        if let Status::Block(keys) = key.status {
                            trim(half, entry, keys, &path, taken);
                        }
                        if taken.len() == before || !is_empty(entry) {
                            continue;
                        }
                    }
                }
                entries.shift_remove(key.name);
            }
        }
        _ => {}
    }
}

/// Why a half does not have a key; none when it has.
fn reason(half: Half, key: &Key) -> Option<String> {
    match key.status {
        Status::Refused(advice) if half == Half::Sluice && !KEPT.contains(&key.name) => {
            Some(format!("left out, since Sluice does not serve it: {advice}"))
        }
        Status::Inert(reason) if half == Half::Sluice => {
            Some(format!("left out, since it changes nothing: {reason}"))
        }
        _ if half != Half::Sluice && key.own => Some("left out, since only Sluice has it".to_owned()),
        _ => None,
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Object(entries) => entries.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}
