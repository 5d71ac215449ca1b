use std::collections::{HashMap, HashSet};

use super::policies::{Reading, check_names, read_list};
use super::policy::{CompositeSub, Overflow, PolicyConfig, PolicyKind};
use crate::decode::{Block, Fields, Key, Node, Read};
use crate::findings::nearest::nearest;

/// Of a composite with more parts than anybody has, so many are compared with an unknown one.
const MAX_CANDIDATES: usize = 100;

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
        let percentages = percentages(&fields, &policies);
        let equal = max_total_spans_per_second / (policies.len() as u64).max(1);
        let share_of = |policy: &PolicyConfig| match percentages.get(&policy.name) {
            None | Some(0) => equal,
            Some(percent) => share(max_total_spans_per_second, *percent),
        };
        let of = |policy| CompositeSub { spans_per_second: share_of(&policy), policy };
        subs = policies.into_iter().map(of).collect();
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
    check_names(&policies, node, "rate_allocation could not tell them apart");
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

/// The percentages by the names of the parts; of several for one part the last one counts, as in the Collector.
fn percentages(fields: &Fields<'_>, policies: &[PolicyConfig]) -> HashMap<String, u64> {
    let key = "rate_allocation";
    let mut allocations = Vec::new();
    fields.read(key, &mut Allocations(&mut allocations));
    let items = fields.get(key).map(Node::items).unwrap_or_default();
    let sum = allocations.iter().fold(0_u64, |sum, allocation| sum.saturating_add(allocation.percent));
    if sum > 100 && allocations.iter().all(|allocation| allocation.percent <= 100) {
        let message = format!("the shares come to {sum} percent; together they get no more than the total");
        fields.warning(key, message);
    }
    let names: HashSet<_> = policies.iter().map(|policy| policy.name.as_str()).collect();
    let mut percentages = HashMap::new();
    for (Allocation { policy, percent }, item) in allocations.into_iter().zip(&items) {
        if policy.is_empty() {
            item.error("name the part in `policy`");
        } else if !names.contains(policy.as_str()) {
            let candidates = policies.iter().map(|policy| policy.name.as_str()).take(MAX_CANDIDATES);
            let meant = if item.context.is_full() { None } else { nearest(&policy, candidates) };
            item.error_with(format!("no part is called `{policy}`"), meant);
        } else if let Some(earlier) = percentages.insert(policy, percent) {
            item.warning(format!("the same part has {earlier} percent above; this counts"));
        }
    }
    percentages
}
