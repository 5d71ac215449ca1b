use super::*;
use crate::bindings::Stage;
use crate::bindings::sluice::plugin::columns::{Field, Intrinsic, IntrinsicOf, Table};

fn stage(keyed: Table, fields: Vec<Field>) -> Stage {
    Stage { keyed, fields }
}

fn fault(stages: Vec<Stage>) -> String {
    check(Signal::Traces, Plan { stages, missing: Missing::Empty }).expect_err("breaks the contract")
}

/// Guarantees: a plan that goes down the tables is taken as it is.
#[test]
fn stages_go_down() {
    let stages =
        vec![stage(Table::Resources, vec![]), stage(Table::Groups, vec![]), stage(Table::Items, vec![])];
    let checked = check(Signal::Traces, Plan { stages, missing: Missing::Spread }).unwrap();
    assert_eq!(checked.stages.len(), 3);
    assert_eq!(checked.missing, Missing::Spread);
}

/// Guarantees: it is known of a plan whether it asks for headers or the connection.
#[test]
fn plans_that_read_requests_are_known() {
    let reads = |field| {
        let stages = vec![stage(Table::Requests, vec![field]), stage(Table::Items, vec![])];
        check(Signal::Traces, Plan { stages, missing: Missing::Empty }).unwrap().reads_requests
    };
    assert!(reads(Field::Metadata("x-tenant".to_owned())));
    assert!(reads(Field::Connection));
    assert!(!reads(Field::Attributes(Table::Resources)));
}

/// Guarantees: a plan has stages, and not too many.
#[test]
fn the_number_of_stages_is_bounded() {
    assert!(fault(Vec::new()).contains("0 stages"));
    assert!(fault((0..9).map(|_| stage(Table::Items, vec![])).collect()).contains("9 stages"));
}

/// Guarantees: no stage keys what the one before had, or what is above it.
#[test]
fn stages_that_do_not_go_down_are_refused() {
    let same = fault(vec![stage(Table::Items, vec![]), stage(Table::Items, vec![])]);
    assert!(same.contains("stage 1 keys `items`, which is not below the `items`"), "{same}");
    let up = fault(vec![stage(Table::Scopes, vec![]), stage(Table::Resources, vec![])]);
    assert!(up.contains("stage 1 keys `resources`"), "{up}");
}

/// Guarantees: a field that the table does not have is named, with its stage.
#[test]
fn fields_that_do_not_exist_are_refused() {
    let unit = Field::Intrinsic(IntrinsicOf { table: Table::Items, intrinsic: Intrinsic::Unit });
    let words = fault(vec![stage(Table::Resources, vec![]), stage(Table::Items, vec![unit])]);
    assert!(words.starts_with("stage 1: ") && words.contains("unit"), "{words}");
    let header = fault(vec![stage(Table::Items, vec![Field::Metadata("X-Tenant".to_owned())])]);
    assert!(header.contains("X-Tenant"), "{header}");
}

/// Guarantees: too many fields are refused before anything is made of them.
#[test]
fn the_number_of_fields_is_bounded() {
    let fields = (0..65).map(|number| Field::Metadata(format!("x-{number}"))).collect();
    assert!(fault(vec![stage(Table::Items, fields)]).contains("65"));
}
