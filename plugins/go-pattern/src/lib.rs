//! Regular expressions that mean what they mean to Go's `regexp` package (RE2), in which the Collector's users
//! write theirs.
//!
//! The `regex` crate is of the same family, but differs in what people do write: `\d`, `\w`, `\s` and `\b` are
//! ASCII in Go; a brace that counts nothing is a brace; `[` in a class is a bracket, and `&&` two ampersands;
//! `\Q...\E` quotes. [`translate`] says the same in the crate's words; what Go refuses and the crate does not is
//! accepted.
//!
//! Matching takes time linear in the text, and a pattern that would compile to much is refused.

mod translate;

use regex::RegexBuilder;

pub use regex::Regex;
pub use translate::translate;

/// The most memory that a compiled pattern takes up, in bytes; and that its cache does.
const SIZE_LIMIT: usize = 1 << 20;

/// Compiles a pattern. It is found anywhere in a text, unless it is anchored.
///
/// # Errors
/// What is wrong with the pattern, in one line.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(&translate(pattern));
    builder.size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => {
            format!("the pattern compiles to more than {} KiB", limit / 1024)
        }
        other => {
            // The crate draws the place in a pattern that the author did not write.
            let text = other.to_string();
            let reason = text.lines().rev().find_map(|line| line.strip_prefix("error: "));
            reason.unwrap_or(&text).to_owned()
        }
    })
}

#[cfg(test)]
#[path = "lib_tests.rs"]
mod tests;
