//! What tables and signals are called, for messages.

use std::fmt::{Display, Formatter, Result};

use crate::Signal;
use crate::bindings::sluice::plugin::columns::Table;

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Requests => "requests",
            Self::Resources => "resources",
            Self::Scopes => "scopes",
            Self::Traces => "traces",
            Self::Groups => "groups",
            Self::Items => "items",
            Self::Points => "points",
            Self::Events => "events",
            Self::Links => "links",
            Self::Exemplars => "exemplars",
        })
    }
}

impl Display for Signal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Traces => "traces",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        })
    }
}
