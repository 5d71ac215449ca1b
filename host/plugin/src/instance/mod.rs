//! Instances of a plugin: made, called within bounds, kept for the next call, thrown away after a fault.

mod failure;
mod limiter;
mod pool;
mod state;
mod voice;

pub use failure::{Failure, FailureReason};
pub(crate) use limiter::Limiter;
pub(crate) use pool::Pool;
pub(crate) use state::State;
pub(crate) use voice::Voice;

use std::sync::Arc;

use sluice_otlp::{Signal, columns};
use wasmtime::Store;

use crate::bindings::policy::{self, Options, PolicyPre};
use crate::bindings::{self, Description, Plan, RoutingKeyPre};
use crate::engine::Runtime;
use crate::policy::{Draw, MAX_REASON_BYTES};
use crate::{Limits, convert, text};

/// Bytes that a guest may hand over beside keys: names, messages, plans.
const WORDS: usize = 1 << 20;

/// What instances are made of, and the bounds within which they are called.
pub(crate) struct Maker {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) limits: Limits,
    pub(crate) pre: Pre,
    pub(crate) voice: Arc<Voice>,
}

/// A component that is linked, by what it is.
pub(crate) enum Pre {
    RoutingKey(RoutingKeyPre<State>),
    Policy(PolicyPre<State>),
}

/// A guest, by what it is.
enum Guest {
    RoutingKey(bindings::RoutingKey),
    Policy(policy::Policy),
}

/// One guest with its memory. After a failure it must not be called again: it may have stopped anywhere.
pub(crate) struct Instance {
    store: Store<State>,
    guest: Guest,
}

impl Maker {
    /// A fresh instance, which is to be configured before it is asked for keys.
    pub(crate) fn make(&self) -> Result<Instance, Failure> {
        let state = State::new(self.limits.max_memory_bytes, Arc::clone(&self.voice));
        let mut store = Store::new(&self.runtime.engine, state);
        store.limiter(|state| &mut state.limiter);
        self.bound(&mut store, WORDS);
        let guest = match &self.pre {
            Pre::RoutingKey(pre) => pre.instantiate(&mut store).map(Guest::RoutingKey),
            Pre::Policy(pre) => pre.instantiate(&mut store).map(Guest::Policy),
        };
        match guest {
            Ok(guest) => Ok(Instance { store, guest }),
            // A trap in a start function is the guest's, all else is for want of room.
            Err(error) if error.is::<wasmtime::Trap>() => Err(failure(&store, &error)),
            Err(error) => Err(Failure::new(FailureReason::Instance, text::for_people(&format!("{error:#}")))),
        }
    }

    /// Asks the plugin who it is.
    pub(crate) fn describe(&self, instance: &mut Instance) -> Result<Description, Failure> {
        self.bound(&mut instance.store, WORDS);
        let answer = match &instance.guest {
            Guest::RoutingKey(guest) => guest.call_describe(&mut instance.store),
            Guest::Policy(guest) => guest.call_describe(&mut instance.store),
        };
        answer.map_err(|error| failure(&instance.store, &error))
    }

    /// Hands over the settings; the plugin answers with its plan, or refuses in its own words.
    pub(crate) fn configure(
        &self,
        instance: &mut Instance,
        settings: &str,
        signal: Signal,
    ) -> Result<Result<Plan, String>, Failure> {
        let Guest::RoutingKey(guest) = &instance.guest else { return Err(other_kind()) };
        self.bound(&mut instance.store, WORDS);
        let answer = guest.call_configure(&mut instance.store, settings, convert::signal(signal));
        match answer.map_err(|error| failure(&instance.store, &error))? {
            Ok(plan) => Ok(Ok(plan)),
            Err(refusal) => Ok(Err(text::in_lines(&refusal))),
        }
    }

    /// Asks for the keys of a batch. The answer is not checked yet.
    pub(crate) fn keys(
        &self,
        instance: &mut Instance,
        stage: u32,
        batch: columns::Batch,
    ) -> Result<columns::Column, Failure> {
        let Guest::RoutingKey(guest) = &instance.guest else { return Err(other_kind()) };
        // Offsets and bitmap take less than eight bytes a row.
        let answer_bytes = self.limits.max_bytes + 8 * (self.limits.max_rows as usize + 1);
        self.bound(&mut instance.store, WORDS + answer_bytes);
        let batch = convert::batch(batch);
        let answer = guest.call_keys(&mut instance.store, stage, &batch);
        match answer.map_err(|error| failure(&instance.store, &error))? {
            Ok(column) => Ok(convert::column(column)),
            Err(message) => Err(Failure::from_guest(&message)),
        }
    }

    /// Hands a policy its settings; as [`configure`](Self::configure).
    pub(crate) fn configure_policy(
        &self,
        instance: &mut Instance,
        settings: &str,
        tracestate: bool,
    ) -> Result<Result<policy::Inputs, String>, Failure> {
        let Guest::Policy(guest) = &instance.guest else { return Err(other_kind()) };
        self.bound(&mut instance.store, WORDS);
        let options = Options { signal: convert::signal(Signal::Traces), tracestate };
        let answer = guest.call_configure(&mut instance.store, settings, options);
        match answer.map_err(|error| failure(&instance.store, &error))? {
            Ok(plan) => Ok(Ok(plan)),
            Err(refusal) => Ok(Err(text::in_lines(&refusal))),
        }
    }

    /// Asks for votes on the traces of a batch, `traces` of them. The answer is not checked yet; with it comes back what
    /// the call was given to draw on.
    pub(crate) fn decide(
        &self,
        instance: &mut Instance,
        batch: columns::Batch,
        traces: usize,
        draw: Draw,
    ) -> (Result<policy::Verdicts, Failure>, Option<Draw>) {
        let Guest::Policy(guest) = &instance.guest else { return (Err(other_kind()), Some(draw)) };
        // A vote, a threshold, an offset and a reason for each.
        self.bound(&mut instance.store, WORDS + (1 + 8 + 8 + MAX_REASON_BYTES) * (traces + 1));
        instance.store.data_mut().draw = Some(draw);
        let answer = guest.call_decide(&mut instance.store, &convert::batch(batch));
        let draw = instance.store.data_mut().draw.take();
        let answer = match answer {
            Ok(answer) => answer.map_err(|message| Failure::from_guest(&message)),
            Err(error) => Err(failure(&instance.store, &error)),
        };
        (answer, draw)
    }

    /// Sets the deadline of the call that follows, and how many bytes it may hand to the host at a time.
    fn bound(&self, store: &mut Store<State>, bytes: usize) {
        store.set_epoch_deadline(self.runtime.ticks(self.limits.deadline));
        store.set_hostcall_fuel(bytes);
    }
}

impl Instance {
    /// Whether it can serve another call.
    pub(crate) fn is_fit(&self) -> bool {
        !self.store.data().limiter.is_nearly_full()
    }
}

/// Nobody asks a plugin of the other kind: the host has looked.
fn other_kind() -> Failure {
    Failure::new(FailureReason::Contract, "it is a plugin of another kind")
}

fn failure(store: &Store<State>, error: &wasmtime::Error) -> Failure {
    Failure::from_engine(error, store.data().limiter.was_refused())
}
