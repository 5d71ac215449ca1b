//! A condition that is ready to be evaluated.

use sluice_go_pattern::Regex;

use super::constant::Constant;
use crate::converters::{Format, Function, Network};
use crate::paths::View;
use crate::syntax::{Comparison, Operator};
use crate::time::Layout;

/// What gives a value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A literal, or what was calculated in advance.
    Constant(Constant),
    /// A field of the row: the position of the reference.
    Field(usize, View),
    /// One entry of a trace state.
    TraceState(usize, Box<Operand>),
    /// What is looked up in a value.
    Index(Box<Index>),
    /// A converter.
    Call(Box<Call>),
    /// Values that are added or multiplied.
    Arithmetic(Box<Node>, Vec<(Operator, Node, usize)>),
    /// The opposite number; where the minus stands.
    Negative(Box<Node>, usize),
    /// Values in a row.
    List(Vec<Operand>),
    /// Values by key.
    Map(Vec<Entry>),
}

/// A key and what gives its value.
pub(crate) type Entry = (Box<[u8]>, Node);

/// A value, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    pub(crate) node: Node,
    pub(crate) at: usize,
}

/// What is looked up in a value.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) base: Node,
    pub(crate) keys: Vec<Operand>,
    /// Whether what has no such key gives nil, as in paths, and not an error.
    pub(crate) lenient: bool,
}

/// A converter with what it is given.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) function: Function,
    pub(crate) operands: Vec<Operand>,
    pub(crate) prepared: Prepared,
    pub(crate) at: usize,
}

/// What was made of the literal arguments of a converter.
#[derive(Clone, Debug)]
pub(crate) enum Prepared {
    Nothing,
    Pattern(Regex),
    Layout(Layout),
    Networks(Vec<Network>),
    Format(Format),
    /// The position of the parent span's id.
    Field(usize),
}

/// What is true or false.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Constant(bool),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Compare(Comparison, Node, Node),
    /// The same, where the right side is known.
    CompareConstant(Comparison, Node, Constant),
    /// A converter that has to give true or false.
    Call(Operand),
}
