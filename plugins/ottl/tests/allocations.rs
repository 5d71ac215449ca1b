//! How often conditions allocate. A binary of its own, since it counts for the whole process.

#[allow(dead_code, reason = "the other tests use more of it")]
mod support;

use sluice_ottl::{Condition, Context, References};
use support::{Data, View};

fn allocations(condition: &str) -> u64 {
    let mut references = References::default();
    let compiled = Condition::new(condition, Context::Span, &mut references);
    let compiled = compiled.unwrap_or_else(|error| panic!("{}", error.explain(condition)));
    let data = Data::shop();
    let row = View { data: &data, references: &references };
    // Patterns make their caches when they are first used.
    let _ = compiled.holds(row);
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            let _ = compiled.holds(row);
        }
    });
    counted.count_total
}

/// Whatever compares, calculates, looks up or matches without making new text allocates nothing for a row; nor does an
/// error.
#[test]
fn looking_at_a_row_allocates_nothing() {
    for condition in [
        r#"name == "POST /pay""#,
        r#"attributes["http.status_code"] >= 500 and attributes["ratio"] * 4 < 2.0"#,
        r#"attributes["user"]["roles"][0] == "admin""#,
        r#"resource.attributes["service.name"] != "cart" or not IsRootSpan()"#,
        r#"end_time - start_time > Duration("2s")"#,
        r#"kind.string == "Server" and status.code == STATUS_CODE_ERROR"#,
        r#"IsMatch(name, "^POST /(pay|refund)$")"#,
        r#"HasPrefix(attributes["http.route"], "/pay") and Len(attributes["tags"]) == 3"#,
        r#"ContainsValue(["GET", "PUT", "/pay"], attributes["http.route"])"#,
        r#"ContainsValue(attributes["tags"], "us")"#,
        r#"Substring(name, 5, 4) == "/pay" and TrimPrefix(name, "POST ") == "/pay""#,
        r#"trace_id == TraceID("5b8efff798038103d269b633813fc60c")"#,
        r#"trace_state["vendor"] == "1""#,
        r#"HasPrefix(attributes["missing"], "a")"#,
    ] {
        assert_eq!(allocations(condition), 0, "{condition}");
    }
}
