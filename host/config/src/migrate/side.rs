use serde_json::Value as Json;

use super::input::{Input, find_key, kind};
use crate::components::section::boundary::{
    Boundary, CONNECTORS, EXPORTERS, EXTENSIONS, PROCESSORS, RECEIVERS, Section,
};

/// The sections that hold components, in the order in which they are written.
pub(super) const SECTIONS: [&str; 5] = ["receivers", "processors", "exporters", "connectors", "extensions"];

/// What the table of the boundary has not as served yet, and this release is about to.
const ARRIVING: &[(&str, &str)] = &[
    ("exporters", "otlp_http"),
    ("exporters", "otlphttp"),
    ("extensions", "oauth2client"),
    ("extensions", "file_storage"),
];

/// What is known of a section.
pub(super) fn section(name: &str) -> &'static Section {
    match name {
        "receivers" => &RECEIVERS,
        "processors" => &PROCESSORS,
        "exporters" => &EXPORTERS,
        "connectors" => &CONNECTORS,
        _ => &EXTENSIONS,
    }
}

/// Where the table of the boundary places a component.
pub(super) fn place_of(name: &str, id: &str) -> Option<Boundary> {
    match section(name).place_of(kind(id)) {
        Some(Boundary::Later) if ARRIVING.contains(&(name, kind(id))) => Some(Boundary::Served),
        place => place,
    }
}

/// Whether Sluice can run a component, with the extensions that it names.
pub(super) fn is_served(input: &Input, name: &str, id: &str) -> bool {
    let is_kind_served = place_of(name, id) == Some(Boundary::Served) || is_replaced(name, id);
    let block = input.component(name, id).unwrap_or(&Json::Null);
    let authenticator = find_key(block, "authenticator").and_then(Json::as_str);
    let is_admitted = authenticator
        .is_none_or(|id| id.contains("${") || place_of("extensions", id) == Some(Boundary::Served));
    // Nothing but load_balancing can do its work, so what it lacks is for `validate` to say.
    is_kind_served && (is_admitted || is_load_balancing(id))
}

/// The exporter that spreads by key, under its present or its older name.
pub(super) fn is_load_balancing(id: &str) -> bool {
    matches!(kind(id), "load_balancing" | "loadbalancing")
}

/// `logging` is what `debug` was called.
pub(super) fn is_replaced(name: &str, id: &str) -> bool {
    name == "exporters" && kind(id) == "logging"
}
