use std::fmt;

use serde_json::{Map, Value};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::registry::LookupSpan;

use super::Encoding;
use super::escape::write_escaped;
use super::fields::Fields;

/// Writes an event as one line. Spans are not written: the gateway opens none.
#[derive(Debug)]
pub(super) struct Line {
    encoding: Encoding,
}

impl Line {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { encoding }
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        match self.encoding {
            Encoding::Console => write_console(&mut out, event.metadata(), &fields),
            Encoding::Json => write_json(&mut out, event.metadata(), fields),
        }
    }
}

/// Time, level, message, fields: `TIME info backend 10.0.0.1:4317 added {"resolver":"dns"}`, apart by tabs.
fn write_console(out: &mut Writer<'_>, metadata: &Metadata<'_>, fields: &Fields) -> fmt::Result {
    SystemTime.format_time(out)?;
    write!(out, "\t{}\t", level(metadata))?;
    write_escaped(out, &fields.message)?;
    if !fields.others.is_empty() {
        out.write_char('\t')?;
        write_escaped(out, &to_json(&fields.others)?)?;
    }
    out.write_char('\n')
}

/// `{"level":"info","ts":"2026-01-02T03:04:05.678901Z","caller":"sluice_resolver","msg":"...",...}`
fn write_json(out: &mut Writer<'_>, metadata: &Metadata<'_>, fields: Fields) -> fmt::Result {
    let mut time = String::new();
    SystemTime.format_time(&mut Writer::new(&mut time))?;
    let mut line = Map::new();
    line.insert("level".to_owned(), level(metadata).into());
    line.insert("ts".to_owned(), time.into());
    line.insert("caller".to_owned(), metadata.target().into());
    line.insert("msg".to_owned(), fields.message.into());
    for (name, value) in fields.others {
        // A field of the same name must not replace what the line itself says.
        line.entry(name).or_insert(value);
    }
    // serde_json escapes C0; DEL, C1 and separators it would pass on.
    write_escaped_json(out, &to_json(&line)?)?;
    out.write_char('\n')
}

/// JSON knows no `\u{7f}`: what is left of control characters is written as JSON escapes.
fn write_escaped_json(out: &mut Writer<'_>, json: &str) -> fmt::Result {
    for character in json.chars() {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            write!(out, "\\u{:04x}", u32::from(character))?;
        } else {
            out.write_char(character)?;
        }
    }
    Ok(())
}

fn to_json(fields: &Map<String, Value>) -> Result<String, fmt::Error> {
    serde_json::to_string(fields).map_err(|_| fmt::Error)
}

fn level(metadata: &Metadata<'_>) -> &'static str {
    match *metadata.level() {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        tracing::Level::DEBUG | tracing::Level::TRACE => "debug",
    }
}
