//! From Go's syntax to that of the `regex` crate.

/// Says the same in the syntax of the `regex` crate. A pattern that is wrong stays wrong.
#[must_use]
pub fn translate(pattern: &str) -> String {
    let mut translation = Translation { rest: pattern, out: String::with_capacity(pattern.len() + 16) };
    translation.run();
    translation.out
}

struct Translation<'a> {
    rest: &'a str,
    out: String,
}

impl Translation<'_> {
    fn run(&mut self) {
        while let Some(next) = self.rest.chars().next() {
            match next {
                '\\' => self.escape(false),
                '[' => self.class(),
                '{' if !counts(self.rest) => self.literal(next),
                other => self.copy(other),
            }
        }
    }

    /// Takes a character as it is.
    fn copy(&mut self, character: char) {
        self.out.push(character);
        self.rest = &self.rest[character.len_utf8()..];
    }

    /// Takes a character that would mean something as the character.
    fn literal(&mut self, character: char) {
        self.out.push('\\');
        self.copy(character);
    }

    fn escape(&mut self, in_class: bool) {
        let Some(kind) = self.rest[1..].chars().next() else { return self.copy('\\') };
        let ascii = match kind {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            's' => r"[\t\n\f\r ]",
            'S' => r"[^\t\n\f\r ]",
            'b' if !in_class => r"(?-u:\b)",
            // To the crate these are the edges of words.
            '<' => "<",
            '>' => ">",
            'Q' if !in_class => return self.quotation(),
            _ => "",
        };
        if ascii.is_empty() {
            self.copy('\\');
            self.copy(kind);
        } else {
            self.out.push_str(ascii);
            self.rest = &self.rest[1 + kind.len_utf8()..];
        }
    }

    /// `\Q...\E`; the end of the pattern ends it, too.
    fn quotation(&mut self) {
        let quoted = &self.rest[2..];
        let (text, rest) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
        self.out.push_str(&regex::escape(text));
        self.rest = rest;
    }

    /// A class, in which the crate knows operators and classes.
    fn class(&mut self) {
        self.copy('[');
        if self.rest.starts_with('^') {
            self.copy('^');
        }
        // The first character may be the bracket that else ends it.
        if self.rest.starts_with(']') {
            self.literal(']');
        }
        while let Some(next) = self.rest.chars().next() {
            match next {
                ']' => return self.copy(']'),
                '\\' => self.escape(true),
                '[' => match posix(self.rest) {
                    Some(length) => {
                        self.out.push_str(&self.rest[..length]);
                        self.rest = &self.rest[length..];
                    }
                    None => self.literal('['),
                },
                '&' | '~' => self.literal(next),
                '-' if self.rest.starts_with("--") => self.literal('-'),
                other => self.copy(other),
            }
        }
    }
}

/// The length of a class such as `[:alpha:]` at the start of a text.
fn posix(text: &str) -> Option<usize> {
    let name = text.strip_prefix("[:")?;
    let end = name.find(":]")?;
    let letters = name[..end].strip_prefix('^').unwrap_or(&name[..end]);
    let is_name = !letters.is_empty() && letters.bytes().all(|letter| letter.is_ascii_lowercase());
    is_name.then_some(end + 4)
}

/// Whether the brace at the start of a text counts, as in `{2}`, `{2,}` and `{2,5}`.
fn counts(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}
