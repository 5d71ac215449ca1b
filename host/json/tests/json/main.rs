//! Properties of both directions, with messages of all kinds, and a short run of the fuzz targets.

#![allow(clippy::unwrap_used, reason = "a failed check is a failed test")]

mod checks;
mod oracle;
mod smoke;
