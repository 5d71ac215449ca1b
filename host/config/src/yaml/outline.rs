//! The first pass over a source: its lines, keys that are there twice, and the bounds.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::layout::{Inside, Spot};
use super::{Flaw, MAX_DEPTH, MAX_FLAWS, MAX_KEY_BYTES, MAX_WEIGHT};

/// Walks the events of `text`, which is source number `source`, and notes where each value stands.
pub(super) fn read(text: &str, source: usize) -> Result<Spot, Vec<Flaw>> {
    let mut outline = Outline { source, ..Outline::default() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| vec![syntax_flaw(text, &error)])?;
        outline.take(event, span).map_err(|flaw| vec![flaw])?;
    }
    if outline.duplicates.is_empty() {
        Ok(outline.root.unwrap_or(Spot { source, line: 1, inside: Inside::Nothing }))
    } else {
        Err(outline.duplicates)
    }
}

fn syntax_flaw(text: &str, error: &ScanError) -> Flaw {
    let (line, column) = (error.marker().line(), error.marker().col() + 1);
    if error.info() == "recursion limit exceeded" {
        return too_deep(line);
    }
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let indent = &written[..written.len() - written.trim_start().len()];
    if indent.contains('\t') {
        return Flaw::at(line, "a tab indents this line; YAML takes only spaces");
    }
    Flaw::at(line, format!("not valid YAML at column {column}: {}", error.info()))
}

/// A value under construction, or finished: where it is, and what it comes to when aliases are written out.
struct Built {
    spot: Spot,
    weight: usize,
    height: usize,
}

/// A block or list whose end is still to come.
struct Open {
    built: Built,
    anchor: usize,
    /// In a block: the key whose value comes next, and its line.
    key: Option<(String, usize)>,
}

#[derive(Default)]
struct Outline {
    source: usize,
    open: Vec<Open>,
    /// Weight and height of what an alias can stand for.
    anchors: HashMap<usize, (usize, usize)>,
    documents: usize,
    root: Option<Spot>,
    duplicates: Vec<Flaw>,
}

impl Outline {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Flaw> {
        let line = span.start.line();
        match event {
            Event::DocumentStart(_) => self.start_document(line),
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.is_some(), line)?;
                self.start(Inside::Map(HashMap::new()), anchor, line)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.is_some(), line)?;
                self.start(Inside::List(Vec::new()), anchor, line)
            }
            Event::MappingEnd | Event::SequenceEnd => self.end(),
            Event::Scalar(text, _, anchor, tag) => {
                refuse_tag(tag.is_some_and(|tag| !tag.is_yaml_core_schema()), line)?;
                if self.expects_key() {
                    return self.take_key(text.into_owned(), line);
                }
                let built = Built { spot: self.leaf(line), weight: 1 + text.len(), height: 0 };
                self.finish(built, anchor)
            }
            Event::Alias(anchor) => self.take_alias(anchor, line),
            Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => Ok(()),
        }
    }

    fn start_document(&mut self, line: usize) -> Result<(), Flaw> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Flaw::at(
                line,
                "a second YAML document starts here; a configuration is one document",
            ));
        }
        Ok(())
    }

    fn start(&mut self, inside: Inside, anchor: usize, line: usize) -> Result<(), Flaw> {
        if self.expects_key() {
            return Err(Flaw::at(line, "a key must be a word"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(line));
        }
        let spot = Spot { source: self.source, line, inside };
        let built = Built { spot, weight: 1, height: 1 };
        self.open.push(Open { built, anchor, key: None });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Flaw> {
        match self.open.pop() {
            Some(open) => self.finish(open.built, open.anchor),
            None => Ok(()),
        }
    }

    /// Whether a scalar here is a key.
    fn expects_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| matches!(open.built.spot.inside, Inside::Map(_)) && open.key.is_none())
    }

    fn take_key(&mut self, key: String, line: usize) -> Result<(), Flaw> {
        if key.len() > MAX_KEY_BYTES {
            return Err(Flaw::at(line, format!("a key is longer than {MAX_KEY_BYTES} bytes")));
        }
        if let Some(first) = self.first_line_of(&key).filter(|_| self.duplicates.len() < MAX_FLAWS) {
            let message = format!("`{key}` is given twice; it is on line {first} already");
            self.duplicates.push(Flaw { line: Some(line), path: self.path_to(&key), message });
        }
        if let Some(open) = self.open.last_mut() {
            open.key = Some((key, line));
        }
        Ok(())
    }

    fn take_alias(&mut self, anchor: usize, line: usize) -> Result<(), Flaw> {
        if self.expects_key() {
            return Err(Flaw::at(line, "a key must be a word, not an alias"));
        }
        let Some(&(weight, height)) = self.anchors.get(&anchor) else {
            return Err(Flaw::at(line, "an alias stands for the block that it is in"));
        };
        self.finish(Built { spot: self.leaf(line), weight, height }, 0)
    }

    /// Puts a finished value where it belongs.
    fn finish(&mut self, mut built: Built, anchor: usize) -> Result<(), Flaw> {
        let line = built.spot.line;
        if self.open.len() + built.height > MAX_DEPTH {
            return Err(too_deep(line));
        }
        if built.weight > MAX_WEIGHT {
            return Err(Flaw::at(line, "too large once its aliases are written out"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (built.weight, built.height));
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(built.spot);
            return Ok(());
        };
        parent.built.weight = parent.built.weight.saturating_add(built.weight);
        parent.built.height = parent.built.height.max(built.height + 1);
        match &mut parent.built.spot.inside {
            Inside::List(items) => items.push(built.spot),
            Inside::Map(entries) => {
                if let Some((key, line)) = parent.key.take() {
                    built.spot.line = line;
                    entries.insert(key, built.spot);
                }
            }
            Inside::Nothing => {}
        }
        Ok(())
    }

    fn leaf(&self, line: usize) -> Spot {
        Spot { source: self.source, line, inside: Inside::Nothing }
    }

    /// Where the innermost block has the key already.
    fn first_line_of(&self, key: &str) -> Option<usize> {
        match &self.open.last()?.built.spot.inside {
            Inside::Map(entries) => entries.get(key).map(|spot| spot.line),
            Inside::List(_) | Inside::Nothing => None,
        }
    }

    /// The path of a key in the innermost block.
    fn path_to(&self, key: &str) -> String {
        let around = self.open.iter().filter_map(|open| match (&open.built.spot.inside, &open.key) {
            (Inside::List(items), _) => Some(format!("[{}]", items.len())),
            (_, Some((key, _))) => Some(format!("::{key}")),
            _ => None,
        });
        let path = around.chain([format!("::{key}")]).collect::<String>();
        path.trim_start_matches("::").to_owned()
    }
}

fn refuse_tag(tagged: bool, line: usize) -> Result<(), Flaw> {
    if tagged { Err(Flaw::at(line, "a configuration has no use for YAML tags (`!...`)")) } else { Ok(()) }
}

fn too_deep(line: usize) -> Flaw {
    Flaw::at(line, format!("nested deeper than {MAX_DEPTH} levels"))
}
