//! A routing key that misbehaves as its settings say: `{"behaviour": "trap", "when": "poisoned"}`.
//!
//! A host has to survive every one of them without losing an item. Never embedded, never shipped.
//!
//! Keys spans and log records by their trace ids. `when` is `always` or, to get past a host's
//! self-check, or to have one item at fault, `poisoned`: only where a row has an attribute `poison`.

mod faults;
mod output;

use serde::Deserialize;
use sluice_sdk::bindings::sluice::plugin::columns::{BytesColumn, Column, Values};
use sluice_sdk::intrinsic::{START, TRACE_ID, UNIT};
use sluice_sdk::table::{Items, Resources, Scopes};
use sluice_sdk::{Keys, Missing, Plan, RoutingKey, Rows, Signal, export_routing_key};

/// How to misbehave, and how much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hostile {
    behaviour: Behaviour,
    #[serde(default)]
    when: When,
    /// Bytes for `huge-output`, lines for `log-flood`, names for `counter-flood`.
    #[serde(default = "default_amount")]
    amount: usize,
}

fn default_amount() -> usize {
    1 << 20
}

/// Which calls of `keys` go wrong.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// All of them.
    #[default]
    Always,
    /// Those that have a row with an attribute `poison`.
    Poisoned,
}

/// Every way to misbehave.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Does not misbehave: the trace ids.
    None,
    /// `configure` answers with an error.
    ConfigureError,
    /// `configure` traps.
    ConfigureTrap,
    /// `configure` never ends.
    ConfigureLoop,
    /// A plan without stages.
    NoStages,
    /// A plan of nine stages.
    TooManyStages,
    /// A plan whose second stage keys a table above that of the first.
    StagesUpwards,
    /// A plan that asks for the unit of spans.
    NonsenseField,
    /// `keys` answers with an error.
    Error,
    /// `keys` traps.
    Trap,
    /// `keys` panics, which the SDK logs.
    Panic,
    /// `keys` never ends.
    Loop,
    /// Recurses until the stack ends.
    StackOverflow,
    /// Takes memory until there is none.
    MemoryHog,
    /// One key less than rows.
    TooFewKeys,
    /// One key more than rows.
    TooManyKeys,
    /// No offsets at all, not even the first.
    NoOffsets,
    /// The first offset is not 0.
    FirstOffset,
    /// The last offset lies behind the end of the data.
    OffsetsOutOfRange,
    /// The last offset lies before the end of the data.
    LastOffset,
    /// Offsets that go down.
    OffsetsDescending,
    /// A bitmap too short for the rows.
    PresentTooShort,
    /// Numbers in place of bytes.
    WrongShape,
    /// Keys of `amount` bytes in all.
    HugeOutput,
    /// `amount` lines to the log.
    LogFlood,
    /// `amount` counters.
    CounterFlood,
}

impl RoutingKey for Hostile {
    const NAME: &'static str = "hostile";

    fn plan(self, signal: Signal) -> Result<Plan, String> {
        if signal == Signal::Metrics {
            return Err("hostile is a key for traces and logs".to_owned());
        }
        match self.behaviour {
            Behaviour::ConfigureError => Err("hostile was told to refuse its settings".to_owned()),
            Behaviour::ConfigureTrap => sluice_faults::trap(),
            Behaviour::ConfigureLoop => sluice_faults::run_forever(),
            Behaviour::NoStages => Ok(Plan::new(Missing::Empty)),
            Behaviour::TooManyStages => Ok(empty_stages(9)),
            Behaviour::StagesUpwards => Ok(stages_upwards()),
            Behaviour::NonsenseField => Ok(nonsense_field()),
            _ => Ok(self.items()),
        }
    }
}

impl Hostile {
    fn items(self) -> Plan {
        let mut plan = Plan::new(Missing::Empty);
        let mut stage = plan.stage(Items);
        let trace_id = stage.intrinsic(Items, TRACE_ID);
        let poison = stage.text(Items, "poison");
        stage.keys(move |mut rows: Rows<Items>| {
            let count = rows.count();
            let poisoned = rows.iter().any(|row| row.get(poison).is_some());
            let good = Keys::from(rows.take(trace_id)).all_present();
            if self.when == When::Poisoned && !poisoned {
                return Ok(good);
            }
            faults::commit(self.behaviour, self.amount)?;
            Ok(output::distort(self.behaviour, self.amount, count).map_or(good, Keys::from_raw))
        });
        plan
    }
}

fn empty_stages(count: usize) -> Plan {
    let mut plan = Plan::new(Missing::Empty);
    for _ in 0..count {
        plan.stage(Items).key(|_, _| {});
    }
    plan
}

fn stages_upwards() -> Plan {
    let mut plan = Plan::new(Missing::Empty);
    plan.stage(Scopes).key(|_, _| {});
    plan.stage(Resources).key(|_, _| {});
    plan
}

fn nonsense_field() -> Plan {
    let mut plan = Plan::new(Missing::Empty);
    let mut stage = plan.stage(Items);
    let _ = stage.intrinsic(Items, UNIT);
    let _ = stage.intrinsic(Resources, START);
    stage.key(|_, _| {});
    plan
}

/// A column of bytes whose parts need not fit together.
fn bytes_column(offsets: Vec<u32>, data: Vec<u8>, present: Vec<u8>) -> Column {
    Column { values: Values::Bytes(BytesColumn { offsets, data }), present }
}

export_routing_key!(Hostile);
