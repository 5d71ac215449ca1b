//! The language: from text to a tree, and back.

mod lexer;
pub(crate) mod parser;
mod primary;
mod print;
mod text;
mod token;
mod tree;

pub use parser::{MAX_DEPTH, MAX_LENGTH, parse};
pub use token::Comparison;
pub use tree::{Argument, At, Call, Expression, Literal, Operator, Segment};
