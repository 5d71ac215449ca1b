//! Converters: which one, and whether it is given what it takes.

use std::str::from_utf8;

use super::constant::Constant;
use super::node::{Call, Node, Operand, Prepared, Test};
use super::{Compiler, fold};
use crate::converters::{self, Converter, Format, Function, Gives, Kind, Network, Parameter};
use crate::error::Error;
use crate::nearest::did_you_mean;
use crate::paths::{Context, Field, Reference};
use crate::syntax::{self, Argument};
use crate::time::Layout;

impl Compiler<'_> {
    /// A converter where a condition is wanted.
    pub(super) fn condition_call(&mut self, call: &syntax::Call) -> Result<Test, Error> {
        let converter = find(call)?;
        if converter.gives == Gives::Value && call.keys.is_empty() {
            let message = format!("`{}` is not true or false; compare it with something", call.name);
            return Err(Error::new(call.at.0, message));
        }
        Ok(match self.call(call)? {
            Node::Constant(Constant::Boolean(value)) => Test::Constant(value),
            Node::Constant(_) => return Err(Error::new(call.at.0, "this is not true or false")),
            node => Test::Call(Operand { node, at: call.at.0 }),
        })
    }

    /// A converter that gives a value.
    pub(super) fn call(&mut self, call: &syntax::Call) -> Result<Node, Error> {
        let converter = find(call)?;
        let at = call.at.0;
        let operands = self.arguments(converter, call)?;
        let prepared = self.prepare(converter, &operands, at)?;
        let node = fold(Node::Call(Box::new(Call { function: converter.function, operands, prepared, at })))?;
        let keys = self.operands(&call.keys)?;
        self.index(node, keys, false)
    }

    /// The arguments in the order of the parameters. Those that are left out are nil.
    fn arguments(&mut self, converter: &Converter, call: &syntax::Call) -> Result<Vec<Operand>, Error> {
        let parameters = converter.parameters;
        let mut operands: Vec<Option<Operand>> = parameters.iter().map(|_| None).collect();
        let mut named = false;
        for (number, argument) in call.arguments.iter().enumerate() {
            let at = argument.at.0;
            if argument.name.is_empty() && named {
                return Err(Error::new(at, "an argument without a name comes before those with one"));
            }
            named = !argument.name.is_empty();
            let position = if named { position(converter, argument)? } else { number };
            let Some((parameter, operand)) = parameters.get(position).zip(operands.get_mut(position)) else {
                let most = parameters.len();
                return Err(Error::new(at, format!("`{}` takes at most {most} arguments", call.name)));
            };
            if operand.is_some() {
                return Err(Error::new(at, format!("`{}` is given twice", parameter.name)));
            }
            let value = self.operand(&argument.value)?;
            accept(converter, parameter, &value)?;
            *operand = Some(value);
        }
        let at = call.at.0;
        let complete = parameters.iter().zip(operands).map(|(parameter, operand)| match operand {
            Some(operand) => Ok(operand),
            None if parameter.optional => Ok(Operand { node: Node::Constant(Constant::Nil), at }),
            None => Err(Error::new(at, format!("`{}` lacks its argument `{}`", call.name, parameter.name))),
        });
        complete.collect()
    }

    fn prepare(&mut self, converter: &Converter, operands: &[Operand], at: usize) -> Result<Prepared, Error> {
        Ok(match converter.function {
            Function::IsMatch => {
                let (pattern, at) = literal(operands, 1, at)?;
                let pattern = from_utf8(pattern).map_err(|_| Error::new(at, "the pattern is not UTF-8"))?;
                let pattern = sluice_go_pattern::compile(pattern);
                Prepared::Pattern(
                    pattern.map_err(|error| Error::new(at, format!("invalid pattern: {error}")))?,
                )
            }
            Function::Time | Function::FormatTime => {
                let (text, at) = literal(operands, 1, at)?;
                let layout = Layout::new(text).map_err(|error| Error::new(at, error))?;
                if converter.function == Function::Time && !layout.has_year() {
                    return Err(Error::new(at, "a layout without a year (`%Y`, `%y`) is not served"));
                }
                places(operands)?;
                Prepared::Layout(layout)
            }
            Function::Format => {
                let (text, at) = literal(operands, 0, at)?;
                Prepared::Format(Format::new(text).map_err(|error| Error::new(at, error))?)
            }
            Function::IsInCidr => Prepared::Networks(networks(operands, at)?),
            Function::IsRootSpan if self.context == Context::SpanEvent => {
                return Err(Error::new(at, "`IsRootSpan` is of spans; put it under `span`"));
            }
            Function::IsRootSpan => {
                Prepared::Field(self.references.position(Reference::Field(Field::ParentSpanId)))
            }
            _ => Prepared::Nothing,
        })
    }
}

fn find(call: &syntax::Call) -> Result<&'static Converter, Error> {
    let found = converters::ALL.iter().find(|converter| converter.name == call.name);
    found.ok_or_else(|| {
        let message = match converters::REFUSED.contains(&call.name.as_str()) {
            true => format!("the converter `{}` is not served", call.name),
            false => {
                let hint = did_you_mean(&call.name, converters::ALL.iter().map(|converter| converter.name));
                format!("there is no converter `{}`{hint}", call.name)
            }
        };
        Error::new(call.at.0, message)
    })
}

fn position(converter: &Converter, argument: &Argument) -> Result<usize, Error> {
    let position = converter.parameters.iter().position(|parameter| parameter.name == argument.name);
    position.ok_or_else(|| {
        let hint = did_you_mean(&argument.name, converter.parameters.iter().map(|parameter| parameter.name));
        Error::new(argument.at.0, format!("`{}` has no argument `{}`{hint}", converter.name, argument.name))
    })
}

/// Refuses a constant that the converter would refuse for every row.
fn accept(converter: &Converter, parameter: &Parameter, operand: &Operand) -> Result<(), Error> {
    let wrong = |found: &str| {
        let (name, wanted) = (converter.name, parameter.kind.name());
        Err(Error::new(operand.at, format!("`{name}` takes {wanted} here, and this is {found}")))
    };
    match &operand.node {
        Node::Constant(Constant::Nil) if parameter.optional => Ok(()),
        Node::Constant(constant) if !parameter.kind.accepts(constant) => {
            wrong(constant.value::<super::constant::NoTelemetry>().type_name())
        }
        Node::List(_) if !matches!(parameter.kind, Kind::Any | Kind::List | Kind::TextLike) => {
            wrong("a list")
        }
        Node::Map(_) if !matches!(parameter.kind, Kind::Any | Kind::Map | Kind::TextLike) => wrong("a map"),
        _ => Ok(()),
    }
}

/// An argument that has to stand in the condition.
fn literal(operands: &[Operand], position: usize, at: usize) -> Result<(&[u8], usize), Error> {
    match operands.get(position) {
        Some(Operand { node: Node::Constant(Constant::Text(text)), at }) => Ok((text, *at)),
        Some(operand) => Err(Error::new(
            operand.at,
            "this has to be a text in double quotes: it is made ready once, and not for each row",
        )),
        None => Err(Error::new(at, "an argument is missing")),
    }
}

/// Time zones by name would need a database of them, and locales one of month names.
fn places(operands: &[Operand]) -> Result<(), Error> {
    for (position, served) in [(2, ["", "UTC"]), (3, ["", "en"])] {
        let Some(operand) = operands.get(position) else { continue };
        let known = match &operand.node {
            Node::Constant(Constant::Nil) => true,
            Node::Constant(Constant::Text(text)) => served.iter().any(|served| served.as_bytes() == &**text),
            _ => false,
        };
        if !known {
            let served = served[1];
            return Err(Error::new(operand.at, format!("only \"{served}\" is served here")));
        }
    }
    Ok(())
}

fn networks(operands: &[Operand], at: usize) -> Result<Vec<Network>, Error> {
    let Some(Operand { node: Node::Constant(Constant::List(list)), at }) = operands.get(1) else {
        return Err(Error::new(at, "the networks have to be a list of texts in double quotes"));
    };
    let network = |network: &Constant| match network {
        Constant::Text(text) => Network::parse(text),
        _ => None,
    };
    let networks = list.iter().map(network).collect::<Option<_>>();
    networks.ok_or_else(|| Error::new(*at, "a network is written as in \"10.0.0.0/8\" or \"2001:db8::/32\""))
}
