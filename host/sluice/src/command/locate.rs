//! `sluice locate`: which tier-2 instance has my trace?

use std::io::Write;

use anyhow::{Context, bail};
use clap::ArgMatches;
use serde::Serialize;
use sluice_config::{Config, ExporterConfig, LoadBalancing, ResolverConfig};
use sluice_resolver::dial_address;
use sluice_ring::{Generation, Ring};

use super::arguments::{LocateOptions, Output};
use crate::gateway::generation;

/// A key on the command line.
struct Key {
    /// As it was given.
    text: String,
    /// As it is hashed.
    bytes: Vec<u8>,
}

/// Where a key belongs.
#[derive(Serialize)]
struct Located<'a> {
    key: &'a str,
    endpoint: String,
    /// Where the key lies on the ring, if it is one with places.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u32>,
}

/// Prints where each key belongs. `matches` are those of this command: they know the order of the keys.
pub(crate) fn locate(options: &LocateOptions, matches: &ArgMatches) -> anyhow::Result<()> {
    let keys = keys(options, matches)?;
    let ring = ring(options)?;
    let mut located = Vec::with_capacity(keys.len());
    for key in &keys {
        let found = ring.locate(&key.bytes).and_then(|backend| ring.endpoints().get(backend));
        let endpoint = found.context("there are no endpoints, so no key belongs anywhere")?;
        located.push(Located {
            key: &key.text,
            endpoint: dial_address(endpoint),
            position: ring.position(&key.bytes),
        });
    }
    print(&located, options.output).context("could not print")
}

fn print(located: &[Located<'_>], output: Output) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match output {
        Output::Text => {
            for Located { key, endpoint, .. } in located {
                writeln!(out, "{key}\t{endpoint}")?;
            }
        }
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, located)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// The keys in the order in which they stand on the command line.
fn keys(options: &LocateOptions, matches: &ArgMatches) -> anyhow::Result<Vec<Key>> {
    let mut keys = Vec::new();
    let given: [(&str, &[String], Reader); 3] = [
        ("trace_id", &options.trace_id, trace_id),
        ("key", &options.key, |text| Ok(text.as_bytes().to_vec())),
        ("key_hex", &options.key_hex, hexadecimal),
    ];
    for (name, texts, read) in given {
        let places = matches.indices_of(name).into_iter().flatten();
        for (place, text) in places.zip(texts) {
            keys.push((place, Key { text: text.clone(), bytes: read(text)? }));
        }
    }
    keys.sort_by_key(|(place, _)| *place);
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

type Reader = fn(&str) -> anyhow::Result<Vec<u8>>;

fn trace_id(text: &str) -> anyhow::Result<Vec<u8>> {
    let bytes = hexadecimal(text)?;
    if bytes.len() != 16 {
        bail!("--trace-id {text}: a trace id has 32 hexadecimal digits, this has {}", text.len());
    }
    Ok(bytes)
}

fn hexadecimal(text: &str) -> anyhow::Result<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        bail!("`{text}` has an odd number of hexadecimal digits");
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) =
                digit(pair[0]).zip(digit(pair[1])).with_context(|| format!("`{text}` is not hexadecimal"))?;
            Ok((high * 16 + low) as u8)
        })
        .collect()
}

fn ring(options: &LocateOptions) -> anyhow::Result<Ring> {
    let (mut endpoints, generation) = if options.sources.config.is_empty() {
        (options.endpoints.clone(), Generation::default())
    } else {
        from_config(options)?
    };
    // As the static resolver does: in generations 1 and 2 the order decides.
    endpoints.sort();
    Ok(Ring::new(options.ring.unwrap_or(generation), &endpoints))
}

fn from_config(options: &LocateOptions) -> anyhow::Result<(Vec<String>, Generation)> {
    let (config, _warnings) = super::run::load(&options.sources)?;
    let (id, exporter) = choose(&config, options.exporter.as_deref())?;
    match &exporter.resolver {
        ResolverConfig::Static { hostnames } => Ok((hostnames.clone(), generation(exporter.ring))),
        ResolverConfig::Dns(_) | ResolverConfig::K8s(_) | ResolverConfig::AwsCloudMap(_) => bail!(
            "exporter {id} has no static resolver, so its endpoints are known at run time only; name them with \
             --endpoints"
        ),
    }
}

fn choose<'a>(config: &'a Config, wanted: Option<&str>) -> anyhow::Result<(&'a str, &'a LoadBalancing)> {
    let mut found = config.exporters.iter().filter_map(|(id, exporter)| match exporter {
        ExporterConfig::LoadBalancing(exporter) => Some((id.as_str(), exporter.as_ref())),
        _ => None,
    });
    if let Some(wanted) = wanted {
        return found
            .find(|(id, _)| *id == wanted)
            .with_context(|| format!("there is no load-balancing exporter `{wanted}`"));
    }
    let first = found.next().context("there is no load-balancing exporter")?;
    match found.next() {
        None => Ok(first),
        Some(second) => bail!(
            "there are several load-balancing exporters; add --exporter {} or --exporter {}",
            first.0,
            second.0
        ),
    }
}
