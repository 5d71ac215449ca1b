//! Small requests with what matters: a resource with and one without attributes, items with and
//! without ids.

use sluice_otlp::wire::put_varint;
use sluice_otlp::{Payload, Request, Signal};

/// A time in 2024, in ns since the Unix epoch.
pub(crate) const NOW: u64 = 1_700_000_000_000_000_000;

/// A request of the signal. It is well formed; were the scanner to refuse it, there is nothing to check with.
pub(crate) fn payload(signal: Signal) -> Option<Payload> {
    let mut body = Vec::new();
    message(&mut body, 1, |of_resource| {
        message(of_resource, 1, |resource| attribute(resource, 1, "service.name", "self-check"));
        message(of_resource, 2, |of_scope| {
            message(of_scope, 1, |scope| bytes(scope, 1, b"sluice"));
            message(of_scope, 2, |item| full_item(item, signal));
            message(of_scope, 2, |item| bare_item(item, signal));
        });
    });
    message(&mut body, 1, |of_resource| {
        message(of_resource, 2, |of_scope| message(of_scope, 2, |item| bare_item(item, signal)));
    });
    Request::scan(signal, body.into()).ok().map(Payload::bare)
}

/// A span, log record or metric with most of its fields.
fn full_item(out: &mut Vec<u8>, signal: Signal) {
    match signal {
        Signal::Traces => {
            bytes(out, 1, &[7; 16]);
            bytes(out, 2, &[8; 8]);
            bytes(out, 5, b"GET /");
            fixed64(out, 7, NOW);
            fixed64(out, 8, NOW + 1_000_000);
            attribute(out, 9, "http.request.method", "GET");
        }
        Signal::Logs => {
            fixed64(out, 1, NOW);
            message(out, 5, |body| bytes(body, 1, b"started"));
            attribute(out, 6, "thread.name", "main");
            bytes(out, 9, &[7; 16]);
            bytes(out, 10, &[8; 8]);
        }
        Signal::Metrics => {
            bytes(out, 1, b"requests");
            message(out, 5, |gauge| {
                message(gauge, 1, |point| {
                    fixed64(point, 3, NOW);
                    fixed64(point, 4, 1_f64.to_bits());
                    attribute(point, 7, "http.request.method", "GET");
                });
            });
        }
    }
}

/// A span, log record or metric without any field; a metric has one point, for it would not count else.
fn bare_item(out: &mut Vec<u8>, signal: Signal) {
    if signal == Signal::Metrics {
        message(out, 5, |gauge| message(gauge, 1, |_| {}));
    }
}

fn message(out: &mut Vec<u8>, field: u32, content: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    content(&mut inner);
    bytes(out, field, &inner);
}

fn attribute(out: &mut Vec<u8>, field: u32, key: &str, value: &str) {
    message(out, field, |pair| {
        bytes(pair, 1, key.as_bytes());
        message(pair, 2, |any| bytes(any, 1, value.as_bytes()));
    });
}

fn bytes(out: &mut Vec<u8>, field: u32, content: &[u8]) {
    put_varint(out, u64::from(field << 3 | 2));
    put_varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn fixed64(out: &mut Vec<u8>, field: u32, value: u64) {
    put_varint(out, u64::from(field << 3 | 1));
    out.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
#[path = "sample_tests.rs"]
mod tests;
