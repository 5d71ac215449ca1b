//! A policy that misbehaves as its settings say: `{"behaviour": "trap", "when": "poisoned"}`.
//!
//! A host has to survive every one of them without losing a trace. Never embedded, never shipped.
//!
//! Else it samples every trace. `when` is `always` or, to get past a host's self-check, or to have one trace at
//! fault, `poisoned`: only where a span of the batch has an attribute `poison`.

mod faults;
mod output;

use std::fmt::Write;

use serde::Deserialize;
use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::UNIT;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote, Votes};
use sluice_sdk::table::Items;

/// How to misbehave, and how much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostilePolicy {
    behaviour: Behaviour,
    #[serde(default)]
    when: When,
    /// Bytes for `long-reason` and `huge-output`, lines for `log-flood`, names for `counter-flood`, tokens for
    /// `foreign-quota`.
    #[serde(default = "default_amount")]
    amount: usize,
    /// Tokens of a quota of its own, of which each trace takes one before anything goes wrong; a trace that gets none is
    /// not sampled.
    tokens: Option<u64>,
}

fn default_amount() -> usize {
    1 << 20
}

/// Which calls of `decide` go wrong.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// All of them.
    #[default]
    Always,
    /// Those that have a span with an attribute `poison`.
    Poisoned,
}

/// Every way to misbehave.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Does not misbehave.
    None,
    /// `configure` answers with an error.
    ConfigureError,
    /// `configure` traps.
    ConfigureTrap,
    /// `configure` never ends.
    ConfigureLoop,
    /// Asks for 65 fields.
    TooManyFields,
    /// Asks for nine quotas.
    TooManyQuotas,
    /// Asks for the unit of spans.
    NonsenseField,
    /// Asks for a quota whose rate is no number.
    NonsenseRate,
    /// Asks for a quota with a rate below 0.
    NegativeRate,
    /// `decide` answers with an error.
    Error,
    /// `decide` traps.
    Trap,
    /// `decide` panics, which the SDK logs.
    Panic,
    /// `decide` never ends.
    Loop,
    /// Recurses until the stack ends.
    StackOverflow,
    /// Takes memory until there is none.
    MemoryHog,
    /// One vote less than traces.
    TooFewVotes,
    /// One vote more than traces.
    TooManyVotes,
    /// A vote that is none.
    VoteOutOfRange,
    /// One threshold more than traces.
    TooManyThresholds,
    /// A threshold above 2^56.
    ThresholdOutOfRange,
    /// One reason less than traces.
    TooFewReasons,
    /// The first offset of the reasons is not 0.
    FirstOffset,
    /// The last offset of the reasons lies behind the end of the data.
    OffsetsOutOfRange,
    /// Offsets that go down.
    OffsetsDescending,
    /// One reason of `amount` bytes.
    LongReason,
    /// Reasons of `amount` bytes for each trace.
    HugeOutput,
    /// Reasons that are not UTF-8, and have control characters.
    BinaryReasons,
    /// Votes that every trace is an error.
    ErrorVotes,
    /// Takes `amount` tokens of a quota that was not declared, and fails where it got them.
    ForeignQuota,
    /// `amount` lines to the log.
    LogFlood,
    /// `amount` counters.
    CounterFlood,
}

impl Policy for HostilePolicy {
    const NAME: &'static str = "hostile_policy";

    fn plan(self, _: Options) -> Result<Plan, String> {
        let mut inputs = Inputs::new();
        match self.behaviour {
            Behaviour::ConfigureError => return Err("hostile was told to refuse its settings".to_owned()),
            Behaviour::ConfigureTrap => sluice_faults::trap(),
            Behaviour::ConfigureLoop => sluice_faults::run_forever(),
            Behaviour::TooManyFields => (0..64).for_each(|number| _ = inputs.int(Items, &number.to_string())),
            Behaviour::TooManyQuotas => (0..9).for_each(|_| _ = inputs.quota("many", 1.0, 1)),
            Behaviour::NonsenseField => _ = inputs.intrinsic(Items, UNIT),
            Behaviour::NonsenseRate => _ = inputs.quota("nonsense", f64::NAN, 1),
            Behaviour::NegativeRate => _ = inputs.quota("negative", -1.0, 1),
            _ => {}
        }
        Ok(self.misbehave(inputs))
    }
}

impl HostilePolicy {
    fn misbehave(self, mut inputs: Inputs) -> Plan {
        // Of another policy's: this one's own quotas are declared, and so come before it.
        let foreign = faults::foreign_quota();
        let poison = inputs.text(Items, "poison");
        let own = self.tokens.map(|tokens| inputs.quota("own", 0.0, tokens));
        inputs.votes(move |due| {
            let good = Votes::for_each(due.iter(), |_, reason| {
                _ = reason.write_str("good");
                Vote::sampled_if(own.as_ref().is_none_or(|own| own.take(1)))
            });
            let mut spans = due.iter().flat_map(|trace| trace.spans());
            let poisoned = spans.any(|span| span.get(poison).is_some());
            if self.when == When::Poisoned && !poisoned {
                return Ok(good);
            }
            faults::commit(self.behaviour, self.amount, foreign)?;
            Ok(output::distort(self.behaviour, self.amount, due.count()).map_or(good, Votes::from_raw))
        })
    }
}

export_policy!(HostilePolicy);
