//! What a policy decides on.

use std::ops::{Deref, DerefMut};

use super::due::Due;
use super::plan::Plan;
use super::quota::Quota;
use super::reason::Reason;
use super::trace::{Trace, WholeTrace};
use super::votes::{Verdict, Votes};
use crate::bindings::policy::Bucket;
use crate::fields::Fields;

/// What a policy wants: [fields](Fields), which it is used as, and quotas.
#[derive(Debug)]
pub struct Inputs {
    fields: Fields<WholeTrace>,
    quotas: Vec<Bucket>,
}

impl Inputs {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { fields: Fields::new(), quotas: Vec::new() }
    }

    /// A token bucket, which the host keeps: `rate` tokens a second, and never more than `burst`, which it
    /// starts with. It is one for all instances of the policy, and outlives a swap of the plugin. The name is
    /// for metrics and explanations. A policy has at most 8.
    pub fn quota(&mut self, name: &str, rate: f64, burst: u64) -> Quota {
        let quota = Quota::new(self.quotas.len() as u32);
        self.quotas.push(Bucket { name: name.to_owned(), rate, burst });
        quota
    }

    /// Ends the plan: `vote` is called for each trace, and gives a [`Vote`](super::Vote), or a [`Verdict`]. It
    /// may write a reason.
    #[must_use]
    pub fn vote<V: Into<Verdict>>(self, vote: impl Fn(Trace<'_>, &mut Reason) -> V + 'static) -> Plan {
        self.votes(move |due| Ok(Votes::for_each(due.iter(), &vote)))
    }

    /// Ends the plan: `votes` is called with all traces that are due together, and gives as many votes.
    ///
    /// For policies that look at several traces at once, such as to share out a quota. An error is one for the
    /// whole batch; the host then asks again for halves of it, to find the traces at fault.
    #[must_use]
    pub fn votes(self, votes: impl Fn(&Due) -> Result<Votes, String> + 'static) -> Plan {
        let (fields, wanted) = self.fields.into_parts();
        Plan::new(fields, wanted, self.quotas, Box::new(votes))
    }
}

impl Default for Inputs {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Inputs {
    type Target = Fields<WholeTrace>;

    fn deref(&self) -> &Self::Target {
        &self.fields
    }
}

impl DerefMut for Inputs {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.fields
    }
}
