//! Whole configurations through `Config::load`.

mod arbitrary;
mod broken;
mod defaults;
mod environment;
mod guide;
mod secrets;
mod support;
