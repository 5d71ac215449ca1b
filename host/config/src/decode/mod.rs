//! From a tree of values to typed settings.
//!
//! A component is a [`Block`](block::Block): a struct with its defaults, a table of the keys that it may
//! have, and a `fill` that reads them. Everything else is here: unknown keys and what was meant by them,
//! keys that are refused by name, types, and where in the file it all is.

pub(crate) mod block;
mod context;
pub(crate) mod key;
mod node;
mod scalars;

pub(crate) use block::{Block, Fields};
pub(crate) use context::Context;
pub(crate) use key::Key;
pub(crate) use node::{Node, Read};
pub(crate) use scalars::{choice, words};
