//! What a condition is made of.

use std::cmp::Ordering;
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

impl Comparison {
    /// Whether it holds for values in this order. Where they have none (numbers that are none), they are unequal, and
    /// neither is less.
    pub(crate) fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
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
