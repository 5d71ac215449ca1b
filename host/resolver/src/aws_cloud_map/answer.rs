use std::collections::BTreeMap;

use super::AwsCloudMapSettings;
use super::instance::{Instance, Lack};
use crate::poller::Finding;

/// The most instances that AWS gives at once, whatever is asked for; there is no way to ask for the rest.
pub(super) const MAX_INSTANCES: usize = 1000;

/// So many instances are named in a line of the log.
const MAX_NAMED: usize = 3;

/// What was told of the answers so far, so that it is told once.
#[derive(Debug, Default)]
pub(super) struct Memory {
    left_out: BTreeMap<String, Lack>,
    was_full: bool,
}

/// What to make of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) finding: Finding,
    /// Instances that no endpoint can be made of.
    pub(super) left_out: usize,
    /// Whether there may be instances that were not told of.
    pub(super) is_full: bool,
    /// What is new, and worth a line in the log.
    pub(super) notes: Vec<String>,
}

impl Memory {
    /// Judges an answer: the instances, or why there are none.
    pub(super) fn judge(
        &mut self,
        answer: Result<Vec<Instance>, String>,
        settings: &AwsCloudMapSettings,
    ) -> Verdict {
        let instances = match answer {
            Ok(instances) => instances,
            Err(trouble) => return self.unanswered(trouble),
        };
        let mut endpoints = Vec::with_capacity(instances.len());
        let mut left_out = BTreeMap::new();
        for instance in &instances {
            match instance.endpoint(settings.port) {
                Ok(endpoint) => endpoints.push(endpoint),
                Err(lack) => {
                    left_out.insert(instance.id.clone(), lack);
                }
            }
        }
        let is_full = instances.len() >= MAX_INSTANCES;
        let notes = self.notes(&left_out, instances.len(), is_full);
        let trouble = endpoints.is_empty().then(|| no_endpoint(&left_out, settings));
        let finding = Finding { endpoints: Some(endpoints).filter(|list| !list.is_empty()), trouble };
        self.left_out = left_out;
        self.was_full = is_full;
        Verdict { finding, left_out: self.left_out.len(), is_full, notes }
    }

    /// What was known of the instances is known still.
    fn unanswered(&self, trouble: String) -> Verdict {
        let finding = Finding { endpoints: None, trouble: Some(trouble) };
        Verdict { finding, left_out: self.left_out.len(), is_full: false, notes: Vec::new() }
    }

    fn notes(&self, left_out: &BTreeMap<String, Lack>, all: usize, is_full: bool) -> Vec<String> {
        let mut notes = Vec::new();
        if *left_out != self.left_out {
            notes.push(match left_out.len() {
                0 => "every instance has an address and a port again".to_owned(),
                few => format!("{few} of {all} instances are left out: {}", named(left_out)),
            });
        }
        if is_full && !self.was_full {
            notes.push(format!(
                "the answer has {all} instances, the most that AWS gives at once: there may be more, which get nothing; \
                 spread them over several services"
            ));
        }
        notes
    }
}

fn no_endpoint(left_out: &BTreeMap<String, Lack>, settings: &AwsCloudMapSettings) -> String {
    let AwsCloudMapSettings { namespace, service_name, health_status, .. } = settings;
    if left_out.is_empty() {
        let wanted = health_status.as_str();
        format!(
            "service `{service_name}` of namespace `{namespace}` has no instance (health status asked for: {wanted})"
        )
    } else {
        format!("no instance can be used: {}", named(left_out))
    }
}

fn named(left_out: &BTreeMap<String, Lack>) -> String {
    let named: Vec<String> =
        left_out.iter().take(MAX_NAMED).map(|(id, lack)| format!("`{id}` ({lack})")).collect();
    let more = if left_out.len() > MAX_NAMED { ", ..." } else { "" };
    format!("{}{more}", named.join(", "))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
