//! A short run of the fuzz targets, with bytes that are the same each time.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sluice_json::encode;

use crate::checks::{decode_bytes, round_trip_bytes, valid};

/// No text makes the decoder panic, or give what the scanner refuses.
#[test]
fn the_json_target_holds() {
    smoke(3000, vec(any::<u8>(), 0..200), decode_bytes);
}

/// No message changes on its way through JSON.
#[test]
fn the_round_trip_target_holds() {
    smoke(2000, vec(any::<u8>(), 0..800), round_trip_bytes);
}

/// Words of OTLP/JSON in any order lead deep into the decoder, and do no harm there.
#[test]
fn words_in_any_order_do_no_harm() {
    const WORDS: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "true",
        "1",
        "-1",
        "1e999",
        "0.5",
        "\"\"",
        "\"1\"",
        "\"NaN\"",
        "\"resourceSpans\":",
        "\"resource_logs\":",
        "\"resourceMetrics\":",
        "\"scopeSpans\":",
        "\"scopeLogs\":",
        "\"spans\":",
        "\"logRecords\":",
        "\"metrics\":",
        "\"traceId\":",
        "\"kind\":",
        "\"body\":",
        "\"arrayValue\":",
        "\"values\":",
        "\"gauge\":",
        "\"dataPoints\":",
        "\"asInt\":",
        "\"bucketCounts\":",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[{",
        "}]",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{",
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{",
    ];
    let words = vec(select(WORDS), 0..40).prop_map(|words| [&[0][..], words.concat().as_bytes()].concat());
    smoke(
        3000,
        (words, any::<u8>()).prop_map(|(mut text, signal)| {
            text[0] = signal;
            text
        }),
        decode_bytes,
    );
}

/// A good text with one byte changed or left out is decoded or refused, and never harms.
#[test]
fn slightly_broken_text_does_no_harm() {
    let broken = (vec(any::<u8>(), 0..300), any::<prop::sample::Index>(), any::<Option<u8>>());
    let text = broken.prop_map(|(data, at, byte)| {
        let (signal, body) = valid(&data);
        let mut text = encode(signal, &body).unwrap();
        let at = at.index(text.len());
        match byte {
            Some(byte) => text[at] = byte,
            None => drop(text.remove(at)),
        }
        text.insert(0, data.first().copied().unwrap_or(0));
        text
    });
    smoke(2000, text, decode_bytes);
}

fn smoke<S>(cases: u32, data: S, target: fn(&[u8]))
where
    S: Strategy<Value = Vec<u8>>,
    S::Tree: ValueTree<Value = Vec<u8>>,
{
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&data, |data| {
            target(&data);
            Ok(())
        })
        .unwrap();
}
