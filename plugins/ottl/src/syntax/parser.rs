//! From tokens to a tree: conditions, and what is compared in them.
//!
//! The grammar is the Collector's. `not` binds closest, then `and`, then `or`; `*` and `/` bind closer than `+`
//! and `-`.

use super::lexer::{self, Placed};
use super::token::Token;
use super::tree::{At, Expression, Literal, Operator};
use crate::error::Error;

/// The longest condition, in bytes.
pub const MAX_LENGTH: usize = 16 << 10;

/// How deep parentheses, lists, maps, keys and converters may be nested in each other.
pub const MAX_DEPTH: usize = 64;

/// Reads a condition.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse(condition: &str) -> Result<Expression, Error> {
    if condition.len() > MAX_LENGTH {
        return Err(Error::new(0, format!("a condition has at most {MAX_LENGTH} bytes")));
    }
    let mut parser = Parser { tokens: lexer::tokens(condition)?, position: 0, depth: 0 };
    if *parser.peek() == Token::End {
        return Err(Error::new(0, "a condition is missing"));
    }
    let expression = parser.condition()?;
    match parser.peek() {
        Token::End => Ok(expression),
        Token::Sign('=') => Err(parser.error("values are compared by `==`")),
        other => Err(parser.error(format!("{other} is too much here"))),
    }
}

pub(super) struct Parser {
    tokens: Vec<Placed>,
    position: usize,
    depth: usize,
}

impl Parser {
    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.position).map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn peek_second(&self) -> &Token {
        self.tokens.get(self.position + 1).map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn at(&self) -> At {
        let last = self.tokens.len().saturating_sub(1);
        At(self.tokens.get(self.position.min(last)).map_or(0, |(_, at)| *at))
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        Error::new(self.at().0, message)
    }

    pub(super) fn advance(&mut self) {
        self.position += 1;
    }

    /// Steps over a sign, if it is there.
    pub(super) fn skip(&mut self, sign: char) -> bool {
        let there = *self.peek() == Token::Sign(sign);
        self.position += usize::from(there);
        there
    }

    pub(super) fn expect(&mut self, sign: char) -> Result<(), Error> {
        if self.skip(sign) {
            return Ok(());
        }
        Err(self.error(format!("`{sign}` is missing; there is {}", self.peek())))
    }

    fn skip_word(&mut self, word: &str) -> bool {
        let there = matches!(self.peek(), Token::Name(name) if name == word);
        self.position += usize::from(there);
        there
    }

    /// Reads what is nested in something else.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("a condition is nested at most {MAX_DEPTH} levels deep")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// `a or b or c`; or a value, where it stands in parentheses that turn out to be a calculation's.
    pub(super) fn condition(&mut self) -> Result<Expression, Error> {
        self.chain("or", |parser| parser.chain("and", Self::negation, Expression::And), Expression::Or)
    }

    fn chain(
        &mut self,
        word: &str,
        read: impl Fn(&mut Self) -> Result<Expression, Error>,
        join: impl Fn(Vec<Expression>) -> Expression,
    ) -> Result<Expression, Error> {
        let first = read(self)?;
        if !self.skip_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        loop {
            parts.push(read(self)?);
            if !self.skip_word(word) {
                break;
            }
        }
        if let Some(value) = parts.iter().find(|part| !part.is_condition()) {
            return Err(not_a_condition(value));
        }
        Ok(join(parts))
    }

    fn negation(&mut self) -> Result<Expression, Error> {
        let at = self.at();
        if !self.skip_word("not") {
            return self.comparison();
        }
        let condition = self.comparison()?;
        if !condition.is_condition() {
            return Err(not_a_condition(&condition));
        }
        Ok(Expression::Not(Box::new(condition), at))
    }

    fn comparison(&mut self) -> Result<Expression, Error> {
        let left = self.sum()?;
        let at = self.at();
        let Token::Comparison(comparison) = *self.peek() else { return Ok(left) };
        if !left.is_value() {
            return Err(self.error("a comparison is no value that could be compared"));
        }
        self.advance();
        let right = self.value()?;
        if matches!(self.peek(), Token::Comparison(_)) {
            return Err(self.error("a comparison has two sides; join several by `and`"));
        }
        Ok(Expression::Compare(comparison, Box::new(left), Box::new(right), at))
    }

    /// A value, where a condition will not do.
    pub(super) fn value(&mut self) -> Result<Expression, Error> {
        let start = self.at();
        let value = self.sum()?;
        if value.is_value() { Ok(value) } else { Err(Error::new(start.0, "a value is wanted, no condition")) }
    }

    fn sum(&mut self) -> Result<Expression, Error> {
        self.calculation(&[('+', Operator::Add), ('-', Operator::Subtract)], Self::product)
    }

    fn product(&mut self) -> Result<Expression, Error> {
        self.calculation(&[('*', Operator::Multiply), ('/', Operator::Divide)], Self::signed)
    }

    fn calculation(
        &mut self,
        operators: &[(char, Operator)],
        read: impl Fn(&mut Self) -> Result<Expression, Error>,
    ) -> Result<Expression, Error> {
        let first = read(self)?;
        let mut rest = Vec::new();
        loop {
            let at = self.at();
            let Token::Sign(sign) = *self.peek() else { break };
            let Some((_, operator)) = operators.iter().find(|(operator, _)| *operator == sign) else { break };
            if rest.is_empty() {
                number(&first)?;
            }
            self.advance();
            let value = read(self)?;
            number(&value)?;
            rest.push((*operator, value, at));
        }
        Ok(if rest.is_empty() { first } else { Expression::Arithmetic(Box::new(first), rest) })
    }

    fn signed(&mut self) -> Result<Expression, Error> {
        let at = self.at();
        if self.skip('+') {
            let value = self.primary()?;
            number(&value)?;
            return Ok(value);
        }
        if !self.skip('-') {
            return self.primary();
        }
        // The one number whose digits alone are too large.
        if *self.peek() == Token::Int(1 << 63) {
            self.advance();
            return Ok(Expression::Literal(Literal::Int(i64::MIN), at));
        }
        let value = self.primary()?;
        number(&value)?;
        Ok(match value {
            Expression::Literal(Literal::Int(value), _) => {
                Expression::Literal(Literal::Int(value.wrapping_neg()), at)
            }
            Expression::Literal(Literal::Double(value), _) => {
                Expression::Literal(Literal::Double(-value), at)
            }
            other => Expression::Negative(Box::new(other), at),
        })
    }
}

fn number(value: &Expression) -> Result<(), Error> {
    if value.is_number() { Ok(()) } else { Err(Error::new(value.at().0, "this cannot be calculated with")) }
}

/// The error for a value where a condition is wanted.
pub(crate) fn not_a_condition(value: &Expression) -> Error {
    Error::new(value.at().0, format!("`{value}` is no condition by itself; compare it with something"))
}
