//! The values of a condition: literals, paths, converters, lists and maps.

use super::parser::Parser;
use super::token::Token;
use super::tree::{Argument, At, Call, Expression, Literal, Segment};
use crate::error::Error;

/// The converters that take a lambda expression.
const LAMBDAS: [&str; 8] = ["All", "Any", "Filter", "Find", "MapEach", "MapKeys", "Reduce", "When"];

impl Parser {
    pub(super) fn primary(&mut self) -> Result<Expression, Error> {
        let at = self.at();
        let literal = match self.peek().clone() {
            Token::Sign('(') => return self.parentheses(),
            Token::Sign('[') => return self.list(),
            Token::Sign('{') => return self.map(),
            Token::Name(name) => match name.as_str() {
                "nil" => Literal::Nil,
                "true" => Literal::Boolean(true),
                "false" => Literal::Boolean(false),
                "and" | "or" | "not" => return Err(self.error(format!("a value is missing before `{name}`"))),
                _ => return self.named(name),
            },
            Token::Int(number) => {
                let int = i64::try_from(number);
                Literal::Int(int.map_err(|_| self.error("a whole number has at most 64 bits"))?)
            }
            Token::Double(number) => Literal::Double(number),
            Token::Text(text) => Literal::Text(text),
            Token::Bytes(bytes) => Literal::Bytes(bytes),
            Token::Sign('=') => return Err(self.error("values are compared by `==`")),
            other => return Err(self.error(format!("a value is missing; there is {other}"))),
        };
        self.advance();
        Ok(Expression::Literal(literal, at))
    }

    fn parentheses(&mut self) -> Result<Expression, Error> {
        self.advance();
        let inner = self.nested(Self::condition)?;
        self.expect(')')?;
        Ok(inner)
    }

    fn list(&mut self) -> Result<Expression, Error> {
        let at = self.at();
        self.advance();
        let mut items = Vec::new();
        while !self.skip(']') {
            if !items.is_empty() {
                self.expect(',')?;
            }
            items.push(self.nested(Self::value)?);
        }
        Ok(Expression::List(items, at))
    }

    fn map(&mut self) -> Result<Expression, Error> {
        let at = self.at();
        self.advance();
        let mut entries = Vec::new();
        while !self.skip('}') {
            if !entries.is_empty() {
                self.expect(',')?;
            }
            let Token::Text(key) = self.peek().clone() else {
                return Err(self.error("the keys of a map are texts"));
            };
            self.advance();
            self.expect(':')?;
            entries.push((key, self.nested(Self::value)?));
        }
        Ok(Expression::Map(entries, at))
    }

    /// A converter, an enum or a path: capitals and the parenthesis tell them apart.
    fn named(&mut self, name: String) -> Result<Expression, Error> {
        let at = self.at();
        if name.starts_with('_') {
            return Err(self.error("a name begins with a letter"));
        }
        if *self.peek_second() == Token::Sign('(') {
            if name.starts_with(|first: char| first.is_ascii_lowercase()) {
                return Err(
                    self.error(format!("`{name}` changes data; conditions have converters, in capitals"))
                );
            }
            self.advance();
            return self.call(name, at);
        }
        if name.bytes().all(|byte| !byte.is_ascii_lowercase()) {
            self.advance();
            return Ok(Expression::Enum(name, at));
        }
        let mut segments = vec![self.segment()?];
        while self.skip('.') {
            segments.push(self.segment()?);
        }
        Ok(Expression::Path(segments))
    }

    fn segment(&mut self) -> Result<Segment, Error> {
        let at = self.at();
        let Token::Name(name) = self.peek().clone() else {
            return Err(self.error(format!("a name is missing; there is {}", self.peek())));
        };
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(self.error(format!("paths are in lower case; `{name}` is neither a path nor a call")));
        }
        self.advance();
        Ok(Segment { name, keys: self.keys()?, at })
    }

    fn call(&mut self, name: String, at: At) -> Result<Expression, Error> {
        self.expect('(')?;
        let mut arguments = Vec::new();
        while !self.skip(')') {
            if !arguments.is_empty() {
                self.expect(',')?;
            }
            let argument = self.nested(Self::argument);
            arguments.push(argument.map_err(|error| match LAMBDAS.contains(&name.as_str()) {
                true => Error::new(at.0, format!("lambda expressions, which `{name}` takes, are not served")),
                false => error,
            })?);
        }
        Ok(Expression::Call(Call { name, arguments, keys: self.keys()?, at }))
    }

    fn argument(&mut self) -> Result<Argument, Error> {
        let at = self.at();
        let mut name = String::new();
        if let Token::Name(given) = self.peek().clone()
            && *self.peek_second() == Token::Sign('=')
        {
            self.advance();
            self.advance();
            name = given;
        }
        Ok(Argument { name, value: self.value()?, at })
    }

    fn keys(&mut self) -> Result<Vec<Expression>, Error> {
        let mut keys = Vec::new();
        while self.skip('[') {
            keys.push(self.nested(Self::value)?);
            self.expect(']')?;
        }
        Ok(keys)
    }
}
