//! From text to tokens, as in the Collector's lexer.

use super::text;
use super::token::{Comparison, Token};
use crate::error::Error;

/// A token, and the byte at which it begins.
pub(crate) type Placed = (Token, usize);

/// Takes a condition apart. The last token is the end.
pub(crate) fn tokens(condition: &str) -> Result<Vec<Placed>, Error> {
    let mut lexer = Lexer { condition, position: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space();
        let at = lexer.position;
        let token = lexer.next()?;
        let ended = token == Token::End;
        tokens.push((token, at));
        if ended {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    condition: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.condition.get(self.position..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start().len();
    }

    fn next(&mut self) -> Result<Token, Error> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        match first {
            '"' => self.text(),
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            'A'..='Z' | 'a'..='z' | '_' => Ok(self.name()),
            '=' | '!' | '<' | '>' => self.comparison(),
            '+' | '-' | '*' | '/' | '(' | ')' | '{' | '}' | '[' | ']' | ',' | '.' | ':' => {
                self.position += 1;
                Ok(Token::Sign(first))
            }
            '\'' => Err(self.error("texts stand in double quotes")),
            '&' | '|' => Err(self.error("conditions are joined by `and` and `or`")),
            other => Err(self.error(format!("{other:?} means nothing here"))),
        }
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::new(self.position, message)
    }

    fn text(&mut self) -> Result<Token, Error> {
        let (value, length) =
            text::unquote(self.rest()).map_err(|(at, message)| Error::new(self.position + at, message))?;
        self.position += length;
        Ok(Token::Text(value))
    }

    fn name(&mut self) -> Token {
        let rest = self.rest();
        let length = rest.find(|next: char| !(next.is_ascii_alphanumeric() || next == '_'));
        let name = &rest[..length.unwrap_or(rest.len())];
        self.position += name.len();
        Token::Name(name.to_owned())
    }

    fn comparison(&mut self) -> Result<Token, Error> {
        let rest = self.rest();
        let signs = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        if let Some((sign, comparison)) = signs.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.position += sign.len();
            return Ok(Token::Comparison(comparison));
        }
        if rest.starts_with('!') {
            return Err(self.error("a condition is negated by `not`"));
        }
        self.position += 1;
        Ok(Token::Sign('='))
    }

    fn number(&mut self) -> Result<Token, Error> {
        let rest = self.rest();
        if let Some(digits) = rest.strip_prefix("0x") {
            return self.bytes(digits);
        }
        let whole = digits(rest);
        let mut length = whole;
        if rest[whole..].starts_with('.') {
            length += 1 + digits(&rest[whole + 1..]);
            length += exponent(&rest[length..]);
        } else if exponent(&rest[whole..]) > 0 {
            return Err(self.error(format!(
                "a number with an exponent has a decimal point: {}.0{}",
                &rest[..whole],
                &rest[whole..whole + exponent(&rest[whole..])]
            )));
        }
        let number = &rest[..length];
        let token = if length == whole {
            Token::Int(number.parse().map_err(|_| self.error("a whole number has at most 64 bits"))?)
        } else {
            let double: f64 = number.parse().map_err(|_| self.error("not a number"))?;
            if !double.is_finite() {
                return Err(self.error("a number of this size cannot be represented"));
            }
            Token::Double(double)
        };
        self.position += length;
        Ok(token)
    }

    fn bytes(&mut self, after_prefix: &str) -> Result<Token, Error> {
        let length = after_prefix.bytes().take_while(u8::is_ascii_hexdigit).count();
        let bytes = crate::value::hex::decode(&after_prefix.as_bytes()[..length]);
        let bytes = bytes.filter(|bytes| !bytes.is_empty());
        let bytes = bytes.ok_or_else(|| self.error("bytes are `0x` and pairs of hexadecimal digits"))?;
        self.position += 2 + length;
        Ok(Token::Bytes(bytes))
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of an exponent at the start of a text; 0 where there is none.
fn exponent(text: &str) -> usize {
    let Some(after) = text.strip_prefix(['e', 'E']) else { return 0 };
    let unsigned = after.strip_prefix(['+', '-']).unwrap_or(after);
    match digits(unsigned) {
        0 => 0,
        digits => 1 + (after.len() - unsigned.len()) + digits,
    }
}
