//! The components that a configuration can have, one file for each.

pub(crate) mod auth;
pub(crate) mod connectors;
pub(crate) mod exporters;
pub(crate) mod extensions;
pub(crate) mod headers;
pub(crate) mod processors;
pub(crate) mod receivers;
pub(crate) mod section;
pub(crate) mod tls;
