//! The processor around the policies: how traces are put together, when they are decided, and what becomes of them.

mod assembly;
mod configuration;
mod counting;
mod hostile;
mod late;
mod marks;
mod pieces;
mod shards;
mod swaps;
mod wire;
