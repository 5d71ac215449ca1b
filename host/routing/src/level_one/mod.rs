//! What is not bound to a backend, while no client waits for it: the queue of payloads that were not routed
//! yet, and what lanes have handed back.

mod queue;
mod returns;

pub(crate) use queue::LevelOneQueue;
pub(crate) use returns::{Returns, hand_back};
