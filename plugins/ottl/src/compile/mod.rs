//! Checks a tree and makes it ready: paths become positions, constants are calculated, patterns compiled.

mod call;
pub(crate) mod constant;
pub(crate) mod node;

use constant::{Constant, NoRow, NoTelemetry};
use node::{Entry, Index, Node, Operand, Test};

use crate::error::Error;
use crate::evaluate;
use crate::nearest::did_you_mean;
use crate::paths::{Context, References, View, resolve};
use crate::syntax::parser::not_a_condition;
use crate::syntax::{Expression, Literal, Segment};
use crate::value::compare;

/// The enums of spans and their events.
pub(crate) const ENUMS: [(&str, i64); 9] = [
    ("SPAN_KIND_UNSPECIFIED", 0),
    ("SPAN_KIND_INTERNAL", 1),
    ("SPAN_KIND_SERVER", 2),
    ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4),
    ("SPAN_KIND_CONSUMER", 5),
    ("STATUS_CODE_UNSET", 0),
    ("STATUS_CODE_OK", 1),
    ("STATUS_CODE_ERROR", 2),
];

/// Where conditions are compiled for, and what they read.
#[derive(Debug)]
pub(crate) struct Compiler<'r> {
    pub(crate) context: Context,
    pub(crate) references: &'r mut References,
}

impl Compiler<'_> {
    /// What is true or false.
    pub(crate) fn test(&mut self, expression: &Expression) -> Result<Test, Error> {
        Ok(match expression {
            Expression::Literal(Literal::Boolean(value), _) => Test::Constant(*value),
            Expression::Not(condition, _) => Test::Not(Box::new(self.test(condition)?)),
            Expression::And(conditions) => Test::And(self.tests(conditions)?),
            Expression::Or(conditions) => Test::Or(self.tests(conditions)?),
            Expression::Compare(comparison, left, right, _) => {
                match (self.value(left)?, self.value(right)?) {
                    (Node::Constant(left), Node::Constant(right)) => {
                        Test::Constant(compare(*comparison, &left.value::<NoTelemetry>(), &right.value()))
                    }
                    (left, Node::Constant(right)) => Test::CompareConstant(*comparison, left, right),
                    (left, right) => Test::Compare(*comparison, left, right),
                }
            }
            Expression::Call(call) => self.condition_call(call)?,
            other => return Err(not_a_condition(other)),
        })
    }

    fn tests(&mut self, conditions: &[Expression]) -> Result<Vec<Test>, Error> {
        conditions.iter().map(|condition| self.test(condition)).collect()
    }

    /// What gives a value.
    pub(crate) fn value(&mut self, expression: &Expression) -> Result<Node, Error> {
        let at = expression.at().0;
        let node = match expression {
            Expression::Literal(literal, _) => return Ok(Node::Constant(literal.into())),
            Expression::Enum(name, _) => return enumeration(name, at),
            Expression::Path(path) => return self.path(path),
            Expression::Call(call) => return self.call(call),
            Expression::List(items, _) => Node::List(self.operands(items)?),
            Expression::Map(entries, _) => Node::Map(self.entries(entries, at)?),
            Expression::Negative(value, at) => Node::Negative(Box::new(self.value(value)?), at.0),
            Expression::Arithmetic(first, rest) => {
                let first = Box::new(self.value(first)?);
                let rest = rest.iter().map(|(operator, value, at)| Ok((*operator, self.value(value)?, at.0)));
                Node::Arithmetic(first, rest.collect::<Result<_, _>>()?)
            }
            Expression::Compare(..) | Expression::Not(..) | Expression::And(_) | Expression::Or(_) => {
                return Err(Error::new(at, "a value is wanted, no condition"));
            }
        };
        fold(node)
    }

    pub(crate) fn operands(&mut self, expressions: &[Expression]) -> Result<Vec<Operand>, Error> {
        expressions.iter().map(|expression| self.operand(expression)).collect()
    }

    pub(crate) fn operand(&mut self, expression: &Expression) -> Result<Operand, Error> {
        Ok(Operand { node: self.value(expression)?, at: expression.at().0 })
    }

    fn entries(&mut self, entries: &[(String, Expression)], at: usize) -> Result<Vec<Entry>, Error> {
        for (number, (key, _)) in entries.iter().enumerate() {
            if entries[..number].iter().any(|(other, _)| other == key) {
                return Err(Error::new(at, format!("the key {key:?} comes twice in this map")));
            }
        }
        entries.iter().map(|(key, value)| Ok((key.as_bytes().into(), self.value(value)?))).collect()
    }

    fn path(&mut self, path: &[Segment]) -> Result<Node, Error> {
        let resolved = resolve(path, self.context)?;
        let position = self.references.position(resolved.reference);
        let mut keys = self.operands(resolved.keys)?;
        if resolved.view == View::TraceState {
            let Some(key) = keys.pop() else { return Ok(Node::Field(position, View::Plain)) };
            if let Node::Constant(constant) = &key.node
                && !matches!(constant, Constant::Text(_))
            {
                return Err(Error::new(key.at, "the key of a trace state is text"));
            }
            return Ok(Node::TraceState(position, Box::new(key)));
        }
        let base = Node::Field(position, resolved.view);
        self.index(base, keys, true)
    }

    fn index(&mut self, base: Node, keys: Vec<Operand>, lenient: bool) -> Result<Node, Error> {
        for key in &keys {
            if let Node::Constant(constant) = &key.node
                && !matches!(constant, Constant::Text(_) | Constant::Int(_))
            {
                return Err(Error::new(key.at, "a key is text or a whole number"));
            }
        }
        if keys.is_empty() { Ok(base) } else { fold(Node::Index(Box::new(Index { base, keys, lenient }))) }
    }
}

fn enumeration(name: &str, at: usize) -> Result<Node, Error> {
    let known = ENUMS.iter().find(|(known, _)| *known == name);
    known.map(|(_, value)| Node::Constant(Constant::Int(*value))).ok_or_else(|| {
        let hint = did_you_mean(name, ENUMS.iter().map(|(known, _)| *known));
        Error::new(at, format!("there is no enum `{name}`{hint}"))
    })
}

/// Calculates in advance what depends on no row. What fails for every row is refused here.
pub(crate) fn fold(node: Node) -> Result<Node, Error> {
    if !is_constant(&node) {
        return Ok(node);
    }
    let value = evaluate::value(&node, NoRow).map_err(|fault| Error::new(fault.at, fault.to_string()))?;
    Ok(Constant::keep(&value).map_or_else(|| node.clone(), Node::Constant))
}

/// Whether all that goes into a node is constant. What lies below was folded already.
fn is_constant(node: &Node) -> bool {
    let operands = |operands: &[Operand]| operands.iter().all(|operand| is_settled(&operand.node));
    match node {
        Node::Constant(_) => true,
        Node::Field(..) | Node::TraceState(..) => false,
        Node::Index(index) => is_settled(&index.base) && operands(&index.keys),
        Node::Call(call) => call.function.is_pure() && operands(&call.operands),
        Node::Arithmetic(first, rest) => {
            is_settled(first) && rest.iter().all(|(_, node, _)| is_settled(node))
        }
        Node::Negative(node, _) => is_settled(node),
        Node::List(items) => operands(items),
        Node::Map(entries) => entries.iter().all(|(_, node)| is_settled(node)),
    }
}

fn is_settled(node: &Node) -> bool {
    matches!(node, Node::Constant(_))
}
