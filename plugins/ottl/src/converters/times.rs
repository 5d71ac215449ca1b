//! Converters of times and durations.

use super::{Function, Given};
use crate::evaluate::{Arguments, Row};
use crate::fault::FaultKind;
use crate::time::{Layout, SECOND, Time, parse_duration};
use crate::value::Value;

/// Reads or writes a time in a layout.
pub(super) fn by_layout<'a, R: Row<'a>>(
    function: Function,
    layout: &Layout,
    arguments: Arguments<'a, R>,
) -> Given<'a, R> {
    if function == Function::FormatTime {
        return Ok(Value::made(layout.write(arguments.time(0)?.civil())));
    }
    let text = arguments.text(0)?;
    let time = layout.read(&text).and_then(crate::time::Civil::time);
    time.map(Value::Time).ok_or(FaultKind::Invalid("this text is no time in that layout").at(arguments.at(0)))
}

pub(super) fn call<'a, R: Row<'a>>(function: Function, arguments: Arguments<'a, R>) -> Given<'a, R> {
    Ok(match function {
        Function::Now => Value::Time(Time::utc(arguments.row.now().cast_signed())),
        Function::Duration => {
            let nanos = parse_duration(&arguments.text(0)?);
            let invalid = FaultKind::Invalid("a duration is written as in \"1h30m\", \"1.5s\" or \"300ms\"");
            Value::Duration(nanos.ok_or(invalid.at(arguments.at(0)))?)
        }
        Function::Unix => {
            let nanos = match arguments.value(1)? {
                Value::Nil => 0,
                Value::Int(nanos) => nanos,
                other => return Err(arguments.wrong(1, "a whole number", &other)),
            };
            let time = arguments.int(0)?.checked_mul(SECOND).and_then(|seconds| seconds.checked_add(nanos));
            let far = FaultKind::Invalid("a time lies between the years 1678 and 2262");
            Value::Time(Time::utc(time.ok_or(far.at(arguments.at(0)))?))
        }
        Function::TruncateTime => Value::Time(arguments.time(0)?.truncate(arguments.duration(1)?)),
        Function::UnixNano => Value::Int(arguments.time(0)?.nanos),
        Function::UnixMicro => Value::Int(arguments.time(0)?.nanos.div_euclid(1000)),
        Function::UnixMilli => Value::Int(arguments.time(0)?.nanos.div_euclid(1_000_000)),
        Function::UnixSeconds => Value::Int(arguments.time(0)?.nanos.div_euclid(SECOND)),
        Function::Nanoseconds => Value::Int(arguments.duration(0)?),
        Function::Microseconds => Value::Int(arguments.duration(0)? / 1000),
        Function::Milliseconds => Value::Int(arguments.duration(0)? / 1_000_000),
        Function::Seconds => in_units(arguments.duration(0)?, SECOND),
        Function::Minutes => in_units(arguments.duration(0)?, 60 * SECOND),
        Function::Hours => in_units(arguments.duration(0)?, 3600 * SECOND),
        _ => {
            let civil = arguments.time(0)?.civil();
            Value::Int(match function {
                Function::Year => civil.year,
                Function::Month => civil.month.into(),
                Function::Day => civil.day.into(),
                Function::Hour => civil.hour.into(),
                Function::Minute => civil.minute.into(),
                Function::Second => civil.second.into(),
                Function::Nanosecond => civil.nanosecond.into(),
                _ => civil.weekday(),
            })
        }
    })
}

/// Whole units and the rest apart, which is how Go keeps the precision.
fn in_units<'a, N>(nanos: i64, unit: i64) -> Value<'a, N> {
    Value::Double((nanos / unit) as f64 + (nanos % unit) as f64 / unit as f64)
}
