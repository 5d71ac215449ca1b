//! What the host refuses of a plan, in the words of this harness.

use super::columns::table_of;
use crate::Signal;
use crate::bindings::sluice::plugin::columns::{Field, Intrinsic, Table};
use crate::bindings::{Plan, Stage, policy};

/// Fields that a stage or a policy may ask for.
const MAX_FIELDS: usize = 64;

/// Quotas that a policy may have.
const MAX_QUOTAS: usize = 8;

/// Stages that a plan may have.
const MAX_STAGES: usize = 8;

/// Checks a plan as a whole.
pub(super) fn check(plan: &Plan, signal: Signal) -> Result<(), String> {
    let count = plan.stages.len();
    if count == 0 || count > MAX_STAGES {
        return Err(format!("the plan has {count} stages; it takes one to {MAX_STAGES}"));
    }
    for (number, stage) in plan.stages.iter().enumerate() {
        check_stage(stage, signal).map_err(|error| format!("stage {number}: {error}"))?;
    }
    for (number, pair) in plan.stages.windows(2).enumerate() {
        if !is_below(pair[1].keyed, pair[0].keyed) {
            let (above, below) = (pair[0].keyed, pair[1].keyed);
            return Err(format!("stage {} keys {below}, which do not lie below {above}", number + 1));
        }
    }
    Ok(())
}

/// Checks what a policy asks for.
pub(super) fn check_policy(inputs: &policy::Inputs, signal: Signal) -> Result<(), String> {
    check_fields(&inputs.fields, Table::Traces, signal)?;
    let count = inputs.quotas.len();
    if count > MAX_QUOTAS {
        return Err(format!("{count} quotas are asked for; it takes at most {MAX_QUOTAS}"));
    }
    match inputs.quotas.iter().find(|quota| !quota.rate.is_finite() || quota.rate < 0.0) {
        Some(quota) => Err(format!("the quota {} has a rate of {}", quota.name, quota.rate)),
        None => Ok(()),
    }
}

fn check_stage(stage: &Stage, signal: Signal) -> Result<(), String> {
    check_fields(&stage.fields, stage.keyed, signal)?;
    let below = [Table::Events, Table::Links];
    match stage.fields.iter().map(table_of).find(|table| below.contains(table)) {
        Some(table) => Err(format!("{table} are for policies")),
        None => Ok(()),
    }
}

/// Checks the fields that are asked for, to answer about the rows of `keyed`.
fn check_fields(fields: &[Field], keyed: Table, signal: Signal) -> Result<(), String> {
    let count = fields.len();
    if count > MAX_FIELDS {
        return Err(format!("{count} fields are asked for; it takes at most {MAX_FIELDS}"));
    }
    let tables = fields.iter().map(table_of).chain([keyed]);
    for table in tables {
        if !has_table(signal, table) {
            return Err(format!("{signal} have no {table}"));
        }
    }
    for field in fields {
        if !exists(field, signal) {
            return Err(format!("{signal} have no such field: {field:?}"));
        }
    }
    Ok(())
}

fn has_table(signal: Signal, table: Table) -> bool {
    match table {
        Table::Traces | Table::Groups => signal != Signal::Metrics,
        Table::Points => signal == Signal::Metrics,
        Table::Events | Table::Links => signal == Signal::Traces,
        _ => true,
    }
}

fn exists(field: &Field, signal: Signal) -> bool {
    match field {
        Field::Intrinsic(field) => exists_intrinsic(field.intrinsic, field.table, signal),
        Field::Attribute(_) | Field::Attributes(_) => {
            let table = table_of(field);
            table != Table::Requests && !(table == Table::Items && signal == Signal::Metrics)
        }
        Field::Metadata(_) | Field::Connection => true,
    }
}

/// The table in the documentation of `enum intrinsic`; fields of an item are those of groups and traces, too.
fn exists_intrinsic(intrinsic: Intrinsic, table: Table, signal: Signal) -> bool {
    let item = matches!(table, Table::Items | Table::Groups | Table::Traces);
    let (span, log) = (item && signal == Signal::Traces, item && signal == Signal::Logs);
    let metric = item && signal == Signal::Metrics;
    let point = table == Table::Points;
    let (resource, scope) = (table == Table::Resources, table == Table::Scopes);
    let (event, link) = (table == Table::Events, table == Table::Links);
    match intrinsic {
        Intrinsic::TraceId | Intrinsic::SpanId => span || log || link,
        Intrinsic::ParentSpanId
        | Intrinsic::Kind
        | Intrinsic::StatusCode
        | Intrinsic::StatusMessage
        | Intrinsic::End
        | Intrinsic::DroppedEventsCount
        | Intrinsic::DroppedLinksCount => span,
        Intrinsic::Tracestate => span || link,
        Intrinsic::Name => scope || item || event,
        Intrinsic::Version => scope,
        Intrinsic::SchemaUrl => resource || scope,
        Intrinsic::Start => span || point,
        Intrinsic::Time => log || point || event,
        Intrinsic::ObservedTime | Intrinsic::SeverityNumber | Intrinsic::SeverityText | Intrinsic::Body => {
            log
        }
        Intrinsic::Flags => span || log || point || link,
        Intrinsic::Unit | Intrinsic::Type | Intrinsic::Temporality | Intrinsic::Monotonic => metric,
        Intrinsic::Value => point,
        Intrinsic::DroppedCount => resource || scope || span || log || event || link,
        Intrinsic::ByteSize => point || item && table != Table::Groups,
        Intrinsic::SpanCount | Intrinsic::Received | Intrinsic::Trigger => table == Table::Traces,
    }
}

fn is_below(table: Table, above: Table) -> bool {
    let depth = |table| match table {
        Table::Requests => Some(0),
        Table::Resources => Some(1),
        Table::Scopes => Some(2),
        Table::Groups | Table::Items => Some(3),
        Table::Points => Some(4),
        _ => None,
    };
    matches!((depth(table), depth(above)), (Some(table), Some(above)) if table > above)
}
