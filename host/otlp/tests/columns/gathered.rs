//! Whole traces, cut out of requests and put together again: what policies are shown of them.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message as _;
use sluice_otlp::columns::{Field, Intrinsic, Plan, PlanError, Selection, Table, TraceRow};
use sluice_otlp::{Assembler, Extent, Header, Index, Node, Payload, Request, ScopePart, Signal};

use crate::generate::traces;
use crate::properties::possible_fields;

/// A span that was cut out, and what stood around it.
#[derive(Clone, Debug)]
struct Piece {
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

/// Puts traces together, neighbours of a resource and a scope into one.
fn assemble(traces: &[([u8; 16], Vec<Piece>)]) -> (Payload, Vec<TraceRow>) {
    let mut assembler = Assembler::with_capacity(0, 0);
    let mut rows = Vec::new();
    for (number, (id, pieces)) in traces.iter().enumerate() {
        let first = assembler.spans();
        for of_resource in pieces.chunk_by(|one, next| one.resource == next.resource) {
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
    (Payload::bare(assembler.finish()), rows)
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
    let possible: Vec<_> = possible.filter(|field| field.table() != Table::Requests).collect();
    prop::sample::subsequence(possible, 0..8)
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
            prop_assert!(view.tables.iter().all(|rows| rows.table == Table::Requests || rows.count == 0));
        } else {
            prop_assert_eq!(view, expected);
        }
    }

    /// Guarantees: what is read of gathered traces is what is read of any request with the same bytes; only the
    /// trace of each row comes in addition.
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
        for (rows, expected) in view.tables.iter().zip(&expected.tables) {
            prop_assert_eq!(&rows.columns, &expected.columns);
            prop_assert_eq!(&rows.parent, &expected.parent);
            if !matches!(rows.table, Table::Requests | Table::Traces) {
                prop_assert_eq!(rows.trace.len(), rows.count as usize);
                prop_assert!(rows.trace.is_sorted());
            }
        }
    }
}

/// A policy that asks for what the sampler does not keep is told so.
#[test]
fn headers_are_for_keys_only() {
    let error = Plan::for_policies(vec![Field::Metadata("x-tenant".to_owned())]).unwrap_err();
    assert!(matches!(error, PlanError::OnlyForKeys(_)));
    assert_eq!(
        error.to_string(),
        "the header `x-tenant` is not kept until a trace is decided; only routing keys can ask for it"
    );
}
