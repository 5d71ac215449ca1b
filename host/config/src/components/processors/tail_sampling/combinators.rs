use super::policies::{Reading, read_list, read_one};
use super::policy::{PolicyConfig, PolicyKind};
use crate::decode::Key;

pub(super) const AND_KEYS: &[Key] =
    &[Key::new("and_sub_policy", "list of policies", "(required)", "keep a trace that each of these keeps")];

pub(super) const NOT_KEYS: &[Key] =
    &[Key::new("not_sub_policy", "policy", "(required)", "keep a trace that this does not keep")];

pub(super) const DROP_KEYS: &[Key] = &[Key::new(
    "drop_sub_policy",
    "list of policies",
    "(required)",
    "drop a trace that each of these keeps, whatever other policies say",
)];

/// The parts of an `and` or a `drop`.
pub(super) fn parts(reading: &Reading<'_>, kind: &str, key: &str) -> Vec<PolicyConfig> {
    let keys = if kind == "and" { AND_KEYS } else { DROP_KEYS };
    let Some(fields) = reading.block(kind, keys) else { return Vec::new() };
    if fields.get(key).is_none_or(|node| node.items().is_empty()) {
        fields.error(key, format!("`{kind}` without a policy in {key} would match every trace"));
    }
    let parts = fields.get(key).map(|node| read_list(node, reading.depth + 1)).unwrap_or_default();
    parts.into_iter().map(PolicyConfig::named).collect()
}

pub(super) fn not(reading: &Reading<'_>) -> PolicyKind {
    let nothing = PolicyKind::And(Vec::new());
    let Some(fields) = reading.block("not", NOT_KEYS) else { return nothing };
    match fields.get("not_sub_policy").filter(|node| !node.is_null()) {
        Some(node) => PolicyKind::Not(Box::new(read_one(node, reading.depth + 1).named())),
        None => {
            fields.error("not_sub_policy", "`not` needs a policy in not_sub_policy");
            nothing
        }
    }
}
