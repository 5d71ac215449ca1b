//! Names without what Prometheus' conventions add to them.

use std::collections::HashMap;
use std::fmt::Write;

/// What is left out of the names of metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// `_total`, at the end of counters.
    pub without_type_suffix: bool,
    /// `_seconds`, `_bytes`.
    pub without_units: bool,
}

impl Names {
    /// Whether nothing is left out.
    #[must_use]
    pub fn are_whole(self) -> bool {
        self == Self::default()
    }

    /// Turns a page of OpenMetrics, which asks for the whole names, into one of Prometheus' text format 0.0.4, which
    /// does not.
    #[must_use]
    pub fn shorten(self, page: &str) -> String {
        let families = families(page);
        let mut family = None;
        let mut shortened = String::with_capacity(page.len());
        for line in page.lines() {
            if let Some(comment) = line.strip_prefix("# ") {
                let mut words = comment.splitn(3, ' ');
                let (Some(word), Some(name)) = (words.next(), words.next()) else { continue };
                let rest = words.next().unwrap_or_default();
                family = families.get(name).map(|known| (name, known));
                let Some((name, known)) = family else { continue };
                let name = self.name_of_family(name, known);
                // A string cannot fail to be written to.
                let _ = match word {
                    "HELP" => writeln!(shortened, "# HELP {name} {rest}"),
                    "TYPE" => writeln!(shortened, "# TYPE {name} {}", known.kind_in_text()),
                    _ => Ok(()),
                };
            } else if let Some((name, known)) = family.filter(|(name, _)| line.starts_with(name)) {
                let (suffix, rest) = suffix_of(&line[name.len()..]);
                let suffix = if self.without_type_suffix && suffix == "_total" { "" } else { suffix };
                let _ = writeln!(shortened, "{}{suffix}{rest}", self.stem(name, known));
            } else {
                let _ = writeln!(shortened, "{line}");
            }
        }
        shortened
    }

    /// The family's name in the text format, where a family is called like its samples.
    fn name_of_family(self, name: &str, family: &Family<'_>) -> String {
        let suffix = match family.kind {
            "counter" if !self.without_type_suffix => "_total",
            "info" => "_info",
            _ => "",
        };
        format!("{}{suffix}", self.stem(name, family))
    }

    fn stem<'a>(self, name: &'a str, family: &Family<'_>) -> &'a str {
        let stem = name.strip_suffix(family.unit).and_then(|stem| stem.strip_suffix('_'));
        stem.filter(|_| self.without_units && !family.unit.is_empty()).unwrap_or(name)
    }
}

/// What a page says of a family before its samples.
#[derive(Default)]
struct Family<'a> {
    kind: &'a str,
    unit: &'a str,
}

impl Family<'_> {
    fn kind_in_text(&self) -> &str {
        match self.kind {
            "info" | "stateset" => "gauge",
            "unknown" | "gaugehistogram" => "untyped",
            kind => kind,
        }
    }
}

fn families(page: &str) -> HashMap<&str, Family<'_>> {
    let mut families = HashMap::<_, Family<'_>>::new();
    for line in page.lines() {
        let mut words = line.splitn(4, ' ');
        if let (Some("#"), Some(word), Some(name), Some(value)) =
            (words.next(), words.next(), words.next(), words.next())
        {
            let family = families.entry(name).or_default();
            match word {
                "TYPE" => family.kind = value,
                "UNIT" => family.unit = value,
                _ => {}
            }
        }
    }
    families
}

/// What stands between the family's name and the labels, and all that follows.
fn suffix_of(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find(['{', ' ']).unwrap_or(rest.len()))
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
