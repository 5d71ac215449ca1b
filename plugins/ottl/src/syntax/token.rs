//! What a condition is made of.

use std::fmt;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

/// One word or sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Bytes(Vec<u8>),
    Double(f64),
    /// The digits; the sign is a token of its own.
    Int(u64),
    Text(String),
    Name(String),
    Comparison(Comparison),
    /// One of `+ - * / = ( ) { } [ ] , . :`.
    Sign(char),
    End,
}

/// For error messages: what stands there.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(_) => f.write_str("bytes"),
            Self::Double(number) => write!(f, "{number:?}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(_) => f.write_str("a text"),
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Comparison(comparison) => write!(f, "`{comparison}`"),
            Self::Sign(sign) => write!(f, "`{sign}`"),
            Self::End => f.write_str("the end"),
        }
    }
}
