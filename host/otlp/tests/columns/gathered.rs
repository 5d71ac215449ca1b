//! Whole traces, cut out of requests and put together again: what policies are shown of them.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message as _;
use sluice_otlp::columns::{Batch, Field, Intrinsic, Plan, Selection, Table, TraceRow, Values};
use sluice_otlp::{
    Assembler, Extent, Header, Index, Node, Payload, Request, RequestMetadata, ScopePart, Signal,
};

use crate::generate::traces;
use crate::properties::possible_fields;

/// A span that was cut out, and what stood around it.
#[derive(Clone, Debug)]
struct Piece {
    /// The number of the request that it came in.
    request: u32,
    resource: Vec<u8>,
    scope: Vec<u8>,
    span: Vec<u8>,
}

/// The pieces of each trace.
fn gather(request: &Request) -> Vec<([u8; 16], Vec<Piece>)> {
    let (body, index) = (request.body(), request.index());
    let mut traces: Vec<([u8; 16], Vec<Piece>)> = Vec::new();
    for leaf in &index.leaves {
        let scope = &index.scopes[leaf.parent as usize];
        let resource = &index.resources[scope.parent as usize];
        let id = body.get(leaf.trace_id as usize..).and_then(<[u8]>::first_chunk).copied();
        let piece = Piece {
            // As if every other resource came in another request.
            request: scope.parent % 2,
            resource: header(body, index, resource.header),
            scope: header(body, index, scope.header),
            span: body[leaf.start as usize..leaf.end as usize].to_vec(),
        };
        let id = id.unwrap_or_default();
        match traces.iter_mut().find(|(other, _)| *other == id) {
            Some((_, pieces)) => pieces.push(piece),
            None => traces.push((id, vec![piece])),
        }
    }
    traces
}

fn header(body: &[u8], index: &Index, header: Header) -> Vec<u8> {
    let extents = index.header(header).iter();
    extents.flat_map(|extent| &body[extent.start as usize..extent.end as usize]).copied().collect()
}

/// Puts traces together, neighbours of a request, a resource and a scope into one.
fn assemble(traces: &[([u8; 16], Vec<Piece>)]) -> (Payload, Vec<TraceRow>) {
    let mut assembler = Assembler::with_capacity(0, 0);
    let (mut rows, mut requests) = (Vec::new(), Vec::new());
    for (number, (id, pieces)) in traces.iter().enumerate() {
        let first = assembler.spans();
        let is_same =
            |one: &Piece, next: &Piece| (one.request, &one.resource) == (next.request, &next.resource);
        for of_resource in pieces.chunk_by(is_same) {
            requests.push(of_resource[0].request);
            let runs: Vec<Vec<&[u8]>> = of_resource
                .chunk_by(|one, next| one.scope == next.scope)
                .map(|run| run.iter().map(|piece| &piece.span[..]).collect())
                .collect();
            let scopes = of_resource.chunk_by(|one, next| one.scope == next.scope);
            let parts: Vec<_> =
                scopes.zip(&runs).map(|(run, spans)| ScopePart { header: &run[0].scope, spans }).collect();
            let (before, header) = (assembler.len(), &of_resource[0].resource);
            assembler.resource(header, &parts);
            assert_eq!(assembler.len() - before, Assembler::size_of_resource(header, &parts));
        }
        rows.push(TraceRow {
            id: *id,
            leaves: first..assembler.spans(),
            spans: pieces.len() as u32,
            bytes: pieces.iter().map(|piece| piece.span.len() as u32).sum(),
            received: 1000 + number as u64,
            trigger: number as u8 % 5,
        });
    }
    let metadata = requests.chunk_by(|one, next| one == next).map(metadata).collect();
    (Payload { metadata, ..Payload::bare(assembler.finish()) }, rows)
}

/// Of the request that some resources came in: number 0 has no header.
fn metadata(resources: &[u32]) -> RequestMetadata {
    let number = resources[0];
    let headers =
        (number > 0).then(|| (http::HeaderName::from_static("x-tenant"), HeaderValue::from(number)));
    let headers: HeaderMap = headers.into_iter().collect();
    let resources = resources.len() as u32;
    RequestMetadata { headers: Arc::new(headers), connection: number.into(), resources }
}

/// For each resource, what is known of its request.
fn requests_of_resources(batch: &Batch) -> Vec<String> {
    let table = |table| batch.tables.iter().find(|rows| rows.table == table);
    let (Some(resources), Some(requests)) = (table(Table::Resources), table(Table::Requests)) else {
        return Vec::new();
    };
    let columns = &requests.columns;
    let read = |row: u32| {
        let values = columns.iter().map(|column| {
            let row = row as usize;
            let present = column.present.get(row / 8).is_none_or(|byte| byte >> (row % 8) & 1 == 1);
            let value = match &column.values {
                Values::Bytes(bytes) => {
                    let ends = bytes.offsets[row] as usize..bytes.offsets[row + 1] as usize;
                    format!("{:?}", &bytes.data[ends])
                }
                Values::U64s(numbers) => numbers[row].to_string(),
                other => panic!("no column of requests is {other:?}"),
            };
            format!("{present} {value}")
        });
        values.collect::<Vec<_>>().join(", ")
    };
    resources.parent.iter().map(|parent| read(*parent)).collect()
}

/// Rows with what their headers are, wherever these are noted.
fn nodes(index: &Index, nodes: &[Node]) -> Vec<(Node, Vec<Extent>)> {
    let bare = |node: &Node| Node { header: Header::default(), ..*node };
    nodes.iter().map(|node| (bare(node), index.header(node.header).to_vec())).collect()
}

fn request(resource_spans: Vec<opentelemetry_proto::tonic::trace::v1::ResourceSpans>) -> Request {
    let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    Request::scan(Signal::Traces, body.into()).unwrap()
}

/// Fields that a policy can ask for.
fn fields() -> impl Strategy<Value = Vec<Field>> {
    let of_traces =
        [Intrinsic::Received, Intrinsic::Trigger].map(|field| Field::Intrinsic(Table::Traces, field));
    let possible = possible_fields(Signal::Traces).into_iter().chain(of_traces);
    prop::sample::subsequence(possible.collect::<Vec<_>>(), 0..8)
}

proptest! {
    /// Guarantees: what is put together is described as a scan would.
    #[test]
    fn the_index_is_that_of_a_scan(entries in traces()) {
        let (payload, _) = assemble(&gather(&request(entries)));
        let scanned = Index::scan(Signal::Traces, payload.request.body()).unwrap();
        let index = payload.request.index();
        prop_assert_eq!(nodes(index, &index.resources), nodes(&scanned, &scanned.resources));
        prop_assert_eq!(nodes(index, &index.scopes), nodes(&scanned, &scanned.scopes));
        prop_assert_eq!(&index.leaves, &scanned.leaves);
    }

    /// Guarantees: a policy sees of some traces, out of what was read for several policies, exactly what it would
    /// see if these were all and it were alone.
    #[test]
    fn a_view_is_what_would_have_been_read(
        entries in traces(),
        wanted in fields(),
        others in fields(),
        chosen in prop::collection::vec(any::<bool>(), 0..40),
    ) {
        let gathered = gather(&request(entries));
        let mut all = others;
        all.extend(wanted.iter().filter(|field| !all.contains(field)).cloned().collect::<Vec<_>>());
        let plan = Plan::for_policies(all.clone()).unwrap();
        let selection = Selection::new(&plan, &all, &wanted).unwrap();
        let (payload, rows) = assemble(&gathered);
        let tables = plan.extract_traces(&payload, &rows, 7);
        prop_assert_eq!(tables.len(), gathered.len());

        let some: Vec<u32> = (0..gathered.len() as u32)
            .filter(|trace| chosen.get(*trace as usize).copied().unwrap_or(true))
            .collect();
        let view = tables.view(&selection, &some);

        let left: Vec<_> = some.iter().map(|trace| gathered[*trace as usize].clone()).collect();
        let (alone, mut alone_rows) = assemble(&left);
        for (row, trace) in alone_rows.iter_mut().zip(&some) {
            (row.received, row.trigger) = (1000 + u64::from(*trace), *trace as u8 % 5);
        }
        let own = Plan::for_policies(wanted.clone()).unwrap();
        let every: Vec<u32> = (0..some.len() as u32).collect();
        let own_selection = Selection::new(&own, &wanted, &wanted).unwrap();
        let expected = own.extract_traces(&alone, &alone_rows, 7).view(&own_selection, &every);
        if some.is_empty() {
            prop_assert!(view.tables.iter().all(|rows| rows.count == 0));
        } else {
            prop_assert_eq!(view, expected);
        }
    }

    /// Guarantees: what is read of gathered traces is what is read of any request with the same bytes; only the
    /// trace of each row comes in addition, and rows of requests are those of one trace.
    #[test]
    fn columns_are_those_of_a_request(entries in traces(), wanted in fields()) {
        let known = |field: &Field| !matches!(
            field, Field::Intrinsic(Table::Traces, Intrinsic::Received | Intrinsic::Trigger)
        );
        let wanted: Vec<Field> = wanted.into_iter().filter(known).collect();
        let (payload, rows) = assemble(&gather(&request(entries)));
        let plan = Plan::for_policies(wanted.clone()).unwrap();
        let every: Vec<u32> = (0..rows.len() as u32).collect();
        let selection = Selection::new(&plan, &wanted, &wanted).unwrap();
        let view = plan.extract_traces(&payload, &rows, 7).view(&selection, &every);
        let plan = Plan::new(Signal::Traces, Table::Traces, wanted).unwrap();
        let all = 0..payload.items() as u32;
        let expected = plan.extract(&payload, std::slice::from_ref(&all), 7).batch;
        prop_assert_eq!(requests_of_resources(&view), requests_of_resources(&expected));
        for (rows, expected) in view.tables.iter().zip(&expected.tables) {
            if rows.table != Table::Requests {
                prop_assert_eq!(&rows.columns, &expected.columns);
            }
            if rows.table != Table::Resources {
                prop_assert_eq!(&rows.parent, &expected.parent);
            }
            if rows.table != Table::Traces {
                prop_assert_eq!(rows.trace.len(), rows.count as usize);
                prop_assert!(rows.trace.is_sorted());
            }
        }
    }
}
