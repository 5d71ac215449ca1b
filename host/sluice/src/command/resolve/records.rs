//! What name servers and the API server tell of backends, in text and as JSON.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::IpAddr;

use serde::Serializer;
use serde_json::{Value, json};
use sluice_resolver::{Record, Sighting};

use crate::command::validate::counted;

/// A line for people: the record, and the backends that come of it.
pub(super) fn text(Sighting { record, endpoints }: &Sighting) -> String {
    let record = match record {
        Record::Address { name, address } => format!("{name} {} {address}", kind(address)),
        Record::Service { name, target, port, addresses } => {
            format!("{name} SRV {target} port {port} ({})", listed(addresses))
        }
        Record::SliceEndpoint { slice, addresses, is_ready, is_terminating, zone, pod } => {
            let ready = if *is_ready { "ready" } else { "not ready" };
            let terminating = if *is_terminating { ", terminating" } else { "" };
            let zone = zone.as_ref().map(|zone| format!(", zone {zone}")).unwrap_or_default();
            let pod = pod.as_ref().map(|pod| format!(", pod {pod}")).unwrap_or_default();
            format!("{slice}: {} {ready}{terminating}{zone}{pod}", listed(addresses))
        }
    };
    let endpoints = if endpoints.is_empty() { "left out".to_owned() } else { listed(endpoints) };
    // A zone may be anything, and this goes to a terminal.
    format!("{record} -> {endpoints}").replace(char::is_control, "?")
}

/// All of them, for programs.
pub(super) fn serialize<S: Serializer>(seen: &[Sighting], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(seen.iter().map(json))
}

fn json(Sighting { record, endpoints }: &Sighting) -> Value {
    match record {
        Record::Address { name, address } => {
            json!({"type": kind(address), "name": name, "address": address, "endpoints": endpoints})
        }
        Record::Service { name, target, port, addresses } => json!({
            "type": "SRV", "name": name, "target": target, "port": port, "addresses": addresses, "endpoints": endpoints,
        }),
        Record::SliceEndpoint { slice, addresses, is_ready, is_terminating, zone, pod } => json!({
            "type": "EndpointSlice", "slice": slice, "addresses": addresses, "ready": is_ready,
            "terminating": is_terminating, "zone": zone, "pod": pod, "endpoints": endpoints,
        }),
    }
}

/// How many of which kind there are; `None` where there are none.
pub(in crate::command) fn in_short(seen: &[Sighting]) -> Option<String> {
    let (mut ipv4, mut ipv6, mut services, mut in_slices, mut left_out) = (0, 0, 0, 0, 0);
    let (mut ports, mut slices) = (BTreeSet::new(), BTreeSet::new());
    for Sighting { record, endpoints } in seen {
        match record {
            Record::Address { address, .. } if address.is_ipv4() => ipv4 += 1,
            Record::Address { .. } => ipv6 += 1,
            Record::Service { port, .. } => {
                services += 1;
                ports.insert(port);
            }
            Record::SliceEndpoint { slice, .. } => {
                in_slices += 1;
                slices.insert(slice);
            }
        }
        left_out += usize::from(endpoints.is_empty());
    }
    let mut parts = Vec::new();
    if ipv4 + ipv6 > 0 {
        parts.push(format!("{}: {ipv4} A, {ipv6} AAAA", counted(ipv4 + ipv6, "record")));
    }
    if services > 0 {
        let ports: Vec<_> = ports.into_iter().collect();
        let plural = if ports.len() == 1 { "" } else { "s" };
        parts.push(format!("{}, port{plural} {}", counted(services, "SRV record"), listed(&ports)));
    }
    if in_slices > 0 {
        let slices = slices.len();
        parts.push(format!("{} in {}", counted(in_slices, "endpoint"), counted(slices, "slice")));
    }
    if left_out > 0 {
        parts.push(format!("{left_out} left out"));
    }
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

fn kind(address: &IpAddr) -> &'static str {
    if address.is_ipv4() { "A" } else { "AAAA" }
}

fn listed(items: &[impl Display]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
