//! Converters: what conditions calculate beyond comparing.
//!
//! What each does is said in the Collector's ottlfuncs/README.md.

mod format;
mod lists;
mod network;
mod numbers;
mod table;
mod text;
mod times;
mod types;

pub(crate) use format::Format;
pub(crate) use network::Network;
pub(crate) use table::{ALL, Converter, Function, Gives, Kind, Parameter, REFUSED};

use crate::compile::node::Prepared;
use crate::evaluate::{Arguments, Row};
use crate::fault::{Fault, FaultKind};
use crate::value::Value;

/// What a converter gives.
type Given<'a, R> = Result<Value<'a, <R as Row<'a>>::Nested>, Fault>;

/// The names of the converters that are served.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|converter| converter.name)
}

/// Calls a converter.
pub(crate) fn call<'a, R: Row<'a>>(
    function: Function,
    prepared: &'a Prepared,
    arguments: Arguments<'a, R>,
) -> Given<'a, R> {
    match function {
        Function::IsBool
        | Function::IsDouble
        | Function::IsEmpty
        | Function::IsInt
        | Function::IsList
        | Function::IsMap
        | Function::IsString => types::is(function, &arguments.value(0)?),
        Function::IsRootSpan => match prepared {
            Prepared::Field(parent) => Ok(Value::Boolean(types::is_zero(&arguments.row.get(*parent)))),
            _ => Err(unprepared(arguments.at)),
        },
        Function::IsMatch => match prepared {
            Prepared::Pattern(pattern) => text::is_match(pattern, arguments),
            _ => Err(unprepared(arguments.at)),
        },
        Function::IsInCidr => match prepared {
            Prepared::Networks(networks) => network::is_in(networks, arguments),
            _ => Err(unprepared(arguments.at)),
        },
        Function::Format => match prepared {
            Prepared::Format(format) => format::write(format, arguments),
            _ => Err(unprepared(arguments.at)),
        },
        Function::Time | Function::FormatTime => match prepared {
            Prepared::Layout(layout) => times::by_layout(function, layout, arguments),
            _ => Err(unprepared(arguments.at)),
        },
        Function::Bool | Function::Double | Function::Int | Function::Log | Function::ParseInt => {
            numbers::call(function, arguments)
        }
        Function::Coalesce
        | Function::ContainsValue
        | Function::Index
        | Function::Keys
        | Function::Len
        | Function::Split
        | Function::Values => lists::call(function, arguments),
        Function::Concat
        | Function::Fnv
        | Function::HasPrefix
        | Function::HasSuffix
        | Function::Hex
        | Function::SpanId
        | Function::String
        | Function::Substring
        | Function::ToLowerCase
        | Function::ToUpperCase
        | Function::TraceId
        | Function::Trim
        | Function::TrimPrefix
        | Function::TrimSuffix => text::call(function, arguments),
        _ => times::call(function, arguments),
    }
}

/// Never seen: the compiler prepares what it makes a call of.
fn unprepared(at: usize) -> Fault {
    FaultKind::Invalid("this converter was not made ready").at(at)
}
