//! A condition as it was written.

use super::token::Comparison;

/// Where something begins in its condition, in bytes. Two trees are the same wherever their parts stood.
#[derive(Clone, Copy, Debug, Default)]
pub struct At(pub usize);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A value that stands in the condition itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `nil`
    Nil,
    /// `true` and `false`
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number with a decimal point.
    Double(f64),
    /// A text in double quotes.
    Text(String),
    /// `0x` and hexadecimal digits.
    Bytes(Vec<u8>),
}

/// What is calculated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// One part of a path, such as `status` in `span.status.code`, with the keys behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Lower case.
    pub name: String,
    /// What stands in brackets behind it.
    pub keys: Vec<Expression>,
    /// Where it stands.
    pub at: At,
}

/// What a converter is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Empty where it was not named.
    pub name: String,
    /// What it is.
    pub value: Expression,
    /// Where it stands.
    pub at: At,
}

/// A converter with what it is given, and the keys behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Begins with a capital.
    pub name: String,
    /// In their order.
    pub arguments: Vec<Argument>,
    /// What stands in brackets behind it.
    pub keys: Vec<Expression>,
    /// Where it stands.
    pub at: At,
}

/// A condition, or a part of it.
///
/// A chain of operators of one precedence is one node, so that a tree is as deep as its condition is nested.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A value that stands in the condition.
    Literal(Literal, At),
    /// A name in capitals.
    Enum(String, At),
    /// A field of the telemetry. At least one segment.
    Path(Vec<Segment>),
    /// A converter.
    Call(Call),
    /// Values in brackets.
    List(Vec<Expression>, At),
    /// Keys and values in braces.
    Map(Vec<(String, Expression)>, At),
    /// Values that are added or multiplied from the left to the right; all operators have one precedence.
    Arithmetic(Box<Expression>, Vec<(Operator, Expression, At)>),
    /// A value with a minus before it.
    Negative(Box<Expression>, At),
    /// Two values that are compared.
    Compare(Comparison, Box<Expression>, Box<Expression>, At),
    /// The opposite of a condition.
    Not(Box<Expression>, At),
    /// Two or more conditions that all have to hold.
    And(Vec<Expression>),
    /// Two or more conditions, one of which has to hold.
    Or(Vec<Expression>),
}

impl Expression {
    /// Where it begins.
    #[must_use]
    pub fn at(&self) -> At {
        match self {
            Self::Literal(_, at)
            | Self::Enum(_, at)
            | Self::List(_, at)
            | Self::Map(_, at)
            | Self::Negative(_, at)
            | Self::Not(_, at) => *at,
            Self::Path(segments) => segments.first().map_or(At(0), |segment| segment.at),
            Self::Call(call) => call.at,
            Self::Arithmetic(first, _) | Self::Compare(_, first, _, _) => first.at(),
            Self::And(conditions) | Self::Or(conditions) => conditions.first().map_or(At(0), Self::at),
        }
    }

    /// Whether it is a value, and not only a condition.
    pub(crate) fn is_value(&self) -> bool {
        !matches!(self, Self::Compare(..) | Self::Not(..) | Self::And(_) | Self::Or(_))
    }

    /// Whether it can be calculated with.
    pub(crate) fn is_number(&self) -> bool {
        match self {
            Self::Literal(literal, _) => matches!(literal, Literal::Int(_) | Literal::Double(_)),
            Self::Enum(..) | Self::Path(_) | Self::Call(_) | Self::Arithmetic(..) | Self::Negative(..) => {
                true
            }
            _ => false,
        }
    }

    /// Whether it can be true or false by itself.
    pub(crate) fn is_condition(&self) -> bool {
        match self {
            Self::Literal(literal, _) => matches!(literal, Literal::Boolean(_)),
            Self::Call(_) => true,
            other => !other.is_value(),
        }
    }
}
