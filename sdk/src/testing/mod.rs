//! Tests a routing key or a policy natively, without WebAssembly and without a gateway.
//!
//! Requests are made with builders and routed the way the host does it: the plan is checked, columns
//! are extracted, and rows that one stage leaves without a key are asked of the next.
//!
//! ```
//! use sluice_sdk::testing::{Harness, Request, Resource, Scope, Span};
//! use sluice_sdk::{Missing, Plan, RoutingKey, Signal, table::Resources};
//!
//! #[derive(serde::Deserialize)]
//! struct Host {}
//!
//! impl RoutingKey for Host {
//!     const NAME: &str = "host";
//!
//!     fn plan(self, _: Signal) -> Result<Plan, String> {
//!         let mut plan = Plan::new(Missing::Spread);
//!         let mut stage = plan.stage(Resources);
//!         let host = stage.text(Resources, "host.name");
//!         stage.key(move |row, key| key.write(row.get(host).unwrap_or("unknown")));
//!         Ok(plan)
//!     }
//! }
//!
//! let spans = Scope::new("http").span(Span::new([1; 16])).span(Span::new([2; 16]));
//! let request = Request::new().resource(Resource::new().attribute("host.name", "a").scope(spans));
//! let harness = Harness::new::<Host>(Signal::Traces, "{}").unwrap();
//! assert_eq!(harness.keys(&[request]).unwrap(), ["a", "a"]);
//! ```
//!
//! [`Sampler`] does the same for a policy: it gathers whole traces from requests and has the policy vote on
//! them, with token buckets and a clock that the test moves.

pub(crate) mod buckets;
mod columns;
mod key;
mod parts;
mod record;
pub(crate) mod recorder;
mod request;
mod rules;
mod sampler;
mod tables;
mod traces;
mod value;

use crate::bindings::sluice::plugin::columns::{self as wit, Values};
use crate::plan::{Plan, RoutingKey};
use crate::value::is_present;
use crate::{Missing, Signal, bindings, settings};

pub use key::Key;
pub use parts::{Event, Link, LogRecord, Metric, Point, Resource, Scope, Span};
pub use recorder::{counted, logged};
pub use request::Request;
pub use sampler::{Decision, Sampler};
pub use value::Value;

use tables::Leaf;

/// What `now` is in tests: ns since the Unix epoch.
pub const NOW: u64 = 1_700_000_000_000_000_000;

/// A configured routing key, and the part of the host that asks it.
#[derive(Debug)]
pub struct Harness {
    signal: Signal,
    plan: Plan,
    contract: bindings::Plan,
}

impl Harness {
    /// Configures a key with settings in JSON, as the host does when a configuration is loaded.
    ///
    /// # Errors
    /// What the key says of its settings, or what the host would say of its plan.
    pub fn new<K: RoutingKey>(signal: Signal, settings: &str) -> Result<Self, String> {
        let plan = settings::parse::<K>(settings)?.plan(signal)?;
        let contract = plan.to_raw();
        rules::check(&contract, signal)?;
        Ok(Self { signal, plan, contract })
    }

    /// The keys of all spans, log records or data points of some requests, in their order.
    ///
    /// # Errors
    /// What the key answers with, or that it gave more or fewer keys than there were rows.
    pub fn keys(&self, requests: &[Request]) -> Result<Vec<Key>, String> {
        let leaves = tables::leaves(requests, self.signal)?;
        let mut keys: Vec<Option<Key>> = vec![None; leaves.len()];
        for (number, stage) in (0u32..).zip(&self.contract.stages) {
            let open: Vec<_> = (0..leaves.len()).filter(|leaf| keys[*leaf].is_none()).collect();
            if open.is_empty() {
                break;
            }
            let asked: Vec<&Leaf<'_>> = open.iter().map(|leaf| &leaves[*leaf]).collect();
            let (batch, row_of_leaf) = columns::extract(self.signal, stage, &asked);
            let given = self.ask(number, batch)?;
            for (leaf, row) in open.into_iter().zip(row_of_leaf) {
                keys[leaf] = given.get(row).ok_or("row out of range")?.clone();
            }
        }
        Ok(keys.into_iter().map(|key| key.unwrap_or_else(|| self.missing())).collect())
    }

    /// One stage; a row without a key is `None`.
    fn ask(&self, stage: u32, batch: wit::Batch) -> Result<Vec<Option<Key>>, String> {
        let keyed = self.contract.stages[stage as usize].keyed;
        let rows = batch.tables.iter().find(|rows| rows.table == keyed).map_or(0, |rows| rows.count as usize);
        let column = self.plan.keys(stage, batch)?.into_raw();
        let Values::Bytes(keys) = &column.values else {
            return Err(format!("the keys are not bytes, but {:?}", column.values));
        };
        if keys.offsets.len() != rows + 1 {
            return Err(format!("{} keys for {rows} rows", keys.offsets.len().saturating_sub(1)));
        }
        let ends = keys.offsets.windows(2).enumerate();
        let key = |(row, ends): (usize, &[u32])| {
            let bytes = &keys.data[ends[0] as usize..ends[1] as usize];
            is_present(&column, row).then(|| Key::Bytes(bytes.to_vec()))
        };
        Ok(ends.map(key).collect())
    }

    fn missing(&self) -> Key {
        match self.contract.missing {
            Missing::Empty => Key::Bytes(Vec::new()),
            Missing::Spread => Key::Spread,
            Missing::Reject => Key::Rejected,
        }
    }
}
