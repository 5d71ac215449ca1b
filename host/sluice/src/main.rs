//! The gateway's binary: the command line, and the wiring of what the other crates offer.
//!
//! `command/` has one file for each thing that the command line can do; `gateway/` builds a running
//! gateway out of a configuration. Nothing here touches telemetry data.

mod command;
mod gateway;

use std::process::ExitCode;

/// Wire bytes come and go in buffers of very different sizes on several threads, which the system's
/// allocator answers with a growing, fragmented heap.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    command::execute()
}
