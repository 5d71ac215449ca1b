use std::collections::HashSet;

use super::policies::{Reading, read_list, require_name};
use super::policy::{CompositeSub, Overflow, PolicyConfig, PolicyKind};
use crate::decode::{Block, Fields, Key, Node, Read};
use crate::findings::nearest::nearest;

pub(super) const COMPOSITE_KEYS: &[Key] = &[
    Key::new("max_total_spans_per_second", "spans", "(required)", "what all parts together keep"),
    Key::new("policy_order", "list of names", "[]", "changes nothing: the order of the parts counts"),
    Key::new("composite_sub_policy", "list of policies", "(required)", "the parts, in the order of asking"),
    Key::block("rate_allocation", Allocation::KEYS),
    Key::new("overflow", "`refuse` or `next`", "refuse", "when a part has used its share: ask the next part")
        .own(),
];

/// Reads a `composite`, and works out the share of each part.
pub(super) fn read(reading: &Reading<'_>) -> PolicyKind {
    let (mut max_total_spans_per_second, mut overflow, mut subs) = (0, Overflow::Refuse, Vec::new());
    if let Some(fields) = reading.block("composite", COMPOSITE_KEYS) {
        max_total_spans_per_second = total(&fields);
        fields.read("overflow", &mut overflow);
        let policies = parts(&fields, reading.depth);
        check_order(&fields, &policies);
        let allocations = allocations(&fields, &policies);
        let equal = max_total_spans_per_second / (policies.len() as u64).max(1);
        subs = policies
            .into_iter()
            .map(|policy| {
                let percent =
                    allocations.iter().rev().find(|it| it.policy == policy.name).map_or(0, |it| it.percent);
                let of_total = share(max_total_spans_per_second, percent);
                CompositeSub { policy, spans_per_second: if percent > 0 { of_total } else { equal } }
            })
            .collect();
    }
    PolicyKind::Composite { max_total_spans_per_second, overflow, subs }
}

/// So many percent, exactly; what is left below one span is cut off.
fn share(total: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(total) * u128::from(percent) / 100).unwrap_or(u64::MAX)
}

fn total(fields: &Fields<'_>) -> u64 {
    let mut total = None;
    fields.read("max_total_spans_per_second", &mut total);
    match total {
        Some(0) => fields.warning("max_total_spans_per_second", "with 0 nothing is kept"),
        None if !fields.has_value("max_total_spans_per_second") => {
            fields.error("max_total_spans_per_second", "max_total_spans_per_second is missing");
        }
        _ => {}
    }
    total.unwrap_or(0)
}

fn parts(fields: &Fields<'_>, depth: usize) -> Vec<PolicyConfig> {
    let key = "composite_sub_policy";
    let Some(node) = fields.get(key).filter(|node| !node.items().is_empty()) else {
        fields.error(key, "`composite` without a policy in composite_sub_policy keeps nothing");
        return Vec::new();
    };
    let policies = read_list(node, depth + 1);
    let mut known = HashSet::new();
    for (policy, item) in policies.iter().zip(node.items()) {
        require_name(&item);
        if !policy.name.is_empty() && !known.insert(&policy.name) {
            item.error(format!(
                "duplicate policy name `{}`; rate_allocation could not tell them apart",
                policy.name
            ));
        }
    }
    policies
}

/// The Collector decodes the order, and goes by that of the parts.
fn check_order(fields: &Fields<'_>, policies: &[PolicyConfig]) {
    let mut order = Vec::<String>::new();
    fields.read("policy_order", &mut order);
    let is_same = order.iter().eq(policies.iter().map(|policy| &policy.name));
    if !order.is_empty() && !is_same {
        fields.warning(
            "policy_order",
            "changes nothing, as in the Collector: parts are asked in the order of composite_sub_policy, which is \
             another one",
        );
    }
}

/// An item of `rate_allocation`.
#[derive(Default)]
struct Allocation {
    policy: String,
    percent: u64,
}

impl Block for Allocation {
    const KEYS: &'static [Key] = &[
        Key::new("policy", "name", "(required)", "the part"),
        Key::new("percent", "0 to 100", "0", "its share of the total; 0: as if each part had the same"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("policy", &mut self.policy);
        fields.read("percent", &mut self.percent);
        if self.percent > 100 {
            fields.warning(
                "percent",
                format!("{} percent is more than there is; the total counts", self.percent),
            );
        }
    }
}

/// Items of `rate_allocation`, with their places.
struct Allocations<'a>(&'a mut Vec<Allocation>);

impl Read for Allocations<'_> {
    fn read(&mut self, node: &Node<'_>) {
        for item in node.items() {
            let mut allocation = Allocation::default();
            allocation.read(&item);
            self.0.push(allocation);
        }
    }
}

fn allocations(fields: &Fields<'_>, policies: &[PolicyConfig]) -> Vec<Allocation> {
    let mut allocations = Vec::new();
    let key = "rate_allocation";
    fields.read(key, &mut Allocations(&mut allocations));
    let items = fields.get(key).map(Node::items).unwrap_or_default();
    let mut known = HashSet::new();
    for (allocation, item) in allocations.iter().zip(&items) {
        if allocation.policy.is_empty() {
            item.error("name the part in `policy`");
        } else if !policies.iter().any(|policy| policy.name == allocation.policy) {
            let meant = nearest(&allocation.policy, policies.iter().map(|policy| policy.name.as_str()));
            let message = format!("no part is called `{}`", allocation.policy);
            item.error_with(message, meant);
        } else if !known.insert(&allocation.policy) {
            item.warning(format!("`{}` has a share already; this one counts", allocation.policy));
        }
    }
    let sum = allocations.iter().fold(0_u64, |sum, allocation| sum.saturating_add(allocation.percent));
    if sum > 100 && allocations.iter().all(|allocation| allocation.percent <= 100) {
        fields.warning(
            key,
            format!("the shares come to {sum} percent; together they get no more than the total"),
        );
    }
    allocations
}
