use http::HeaderName;

use super::builder::Presence;
use super::derived::{Derived, trace_id};
use super::layout::DataKind;
use super::lineage::Lineage;
use super::table_plan::Known;
use super::traces::TraceRow;
use super::{BytesColumn, Column, Table, Values};
use crate::{Payload, RequestMetadata, Signal};

/// The columns of a table that are known without a look at its rows' messages.
pub(super) struct KnownColumns<'a> {
    pub(super) payload: &'a Payload,
    pub(super) lineage: &'a Lineage,
    pub(super) derived: &'a Derived,
    pub(super) table: Table,
    /// What is kept of gathered traces; empty for others.
    pub(super) gathered: &'a [TraceRow],
}

impl KnownColumns<'_> {
    pub(super) fn column(&self, known: &Known) -> Column {
        match known {
            Known::TraceId => self.trace_ids(),
            Known::ByteSize => all_present(Values::U32s(self.byte_sizes())),
            Known::SpanCount => {
                all_present(Values::U32s(self.derived.traces.iter().map(|trace| trace.items).collect()))
            }
            Known::MetricType => all_present(Values::U8s(self.metric_types())),
            Known::Header(name) => self.header(name),
            Known::Received => {
                all_present(Values::U64s(self.gathered.iter().map(|trace| trace.received).collect()))
            }
            Known::Trigger => {
                all_present(Values::U8s(self.gathered.iter().map(|trace| trace.trigger).collect()))
            }
            Known::Connection => all_present(Values::U64s(
                self.requests().map(|row| row.map_or(0, |row| row.connection)).collect(),
            )),
        }
    }

    fn trace_ids(&self) -> Column {
        let index = self.payload.request.index();
        let body = self.payload.request.body();
        let traces = &self.derived.traces;
        match self.table {
            Table::Traces => ids(traces.iter().map(|trace| trace.id)),
            Table::Groups => ids(self.derived.groups.iter().map(|group| traces[group.trace as usize].id)),
            _ => {
                let rows = self.lineage.leaves.source.iter();
                ids(rows.map(|row| trace_id(body, &index.leaves[*row as usize])))
            }
        }
    }

    fn byte_sizes(&self) -> Vec<u32> {
        let index = self.payload.request.index();
        let rows = &self.lineage.level(index.signal, self.table).source;
        match (self.table, index.signal) {
            (Table::Traces, _) => self.derived.traces.iter().map(|trace| trace.bytes).collect(),
            (Table::Items, Signal::Metrics) => rows
                .iter()
                .map(|row| &index.metrics[*row as usize])
                .map(|node| node.end - node.start)
                .collect(),
            _ => rows
                .iter()
                .map(|row| &index.leaves[*row as usize])
                .map(|leaf| leaf.end - leaf.start)
                .collect(),
        }
    }

    fn metric_types(&self) -> Vec<u8> {
        let index = self.payload.request.index();
        let kinds = self.lineage.metrics.source.iter().map(|row| index.data[*row as usize].field);
        kinds.map(|field| DataKind::of_field(field).map_or(0, DataKind::number)).collect()
    }

    fn requests(&self) -> impl ExactSizeIterator<Item = Option<&RequestMetadata>> {
        self.lineage.requests.source.iter().map(|row| self.payload.metadata.get(*row as usize))
    }

    fn header(&self, name: &HeaderName) -> Column {
        let rows = self.requests();
        let mut column = BytesColumn::with_capacity(rows.len(), 0);
        let mut presence = Presence::default();
        for request in rows {
            let values = request.into_iter().flat_map(|request| request.headers.get_all(name));
            let mut present = false;
            for value in values {
                if present {
                    column.data.push(b',');
                }
                column.data.extend_from_slice(value.as_bytes());
                present = true;
            }
            column.end_row();
            presence.push(present);
        }
        Column { values: Values::Bytes(column), present: presence.finish() }
    }
}

fn all_present(values: Values) -> Column {
    Column { values, present: Vec::new() }
}

/// A column of trace ids. One that is all zeros stands for none.
fn ids(rows: impl ExactSizeIterator<Item = [u8; 16]> + Clone) -> Column {
    let mut column = vec![0; rows.len() * 16];
    let mut all_present = true;
    for (id, slot) in rows.clone().zip(column.as_chunks_mut().0) {
        *slot = id;
        all_present &= id != [0; 16];
    }
    let mut presence = Presence::default();
    if !all_present {
        rows.for_each(|id| presence.push(id != [0; 16]));
    }
    Column { values: Values::Fixed(column), present: presence.finish() }
}
