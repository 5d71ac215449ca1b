//! The harness routes as the host does, and refuses what the host refuses.

use serde::Deserialize;
use sluice_sdk::intrinsic::{BODY, NAME, SEVERITY_NUMBER, START, TRACE_ID, UNIT, VALUE};
use sluice_sdk::table::{Groups, Items, Points, Requests, Resources, Scopes, Traces};
use sluice_sdk::testing::{
    self, Harness, Key, LogRecord, Metric, NOW, Point, Request, Resource, Scope, Span, Value,
};
use sluice_sdk::{Keys, Missing, Plan, RoutingKey, Signal, counter, log};

/// A key whose plan is the test's.
macro_rules! key {
    ($name:ident, $missing:ident, |$plan:ident| $build:block) => {
        #[derive(Deserialize)]
        struct $name {}

        impl RoutingKey for $name {
            const NAME: &'static str = stringify!($name);

            fn plan(self, _: Signal) -> Result<Plan, String> {
                let mut $plan = Plan::new(Missing::$missing);
                $build
                Ok($plan)
            }
        }
    };
}

fn keys<K: RoutingKey>(signal: Signal, requests: &[Request]) -> Result<Vec<Key>, String> {
    Harness::new::<K>(signal, "{}")?.keys(requests)
}

fn spans(spans: impl IntoIterator<Item = Span>) -> Request {
    let scope = spans.into_iter().fold(Scope::new("scope"), Scope::span);
    Request::new().resource(Resource::new().attribute("host.name", "a").scope(scope))
}

/// Fields of every table above, and of every shape, reach the row that is keyed.
#[test]
fn rows_see_their_ancestors() {
    key!(All, Empty, |plan| {
        let mut stage = plan.stage(Points);
        let (header, connection) = (stage.header("x-a"), stage.connection());
        let host = stage.text(Resources, "host.name");
        let (scope, level) = (stage.intrinsic(Scopes, NAME), stage.int(Scopes, "level"));
        let unit = stage.intrinsic(Items, UNIT);
        let (value, on, ratio) =
            (stage.intrinsic(Points, VALUE), stage.boolean(Points, "on"), stage.double(Points, "r"));
        stage.key(move |row, key| {
            let text = format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                row.get(header),
                row.get(connection),
                row.get(host),
                row.get(scope),
                row.get(level),
                row.get(unit),
                row.get(value),
                row.get(on),
                row.get(ratio),
            );
            key.write(text);
        });
    });
    let point = Point::new().value(1.5).attribute("on", true).attribute("r", 0.5);
    let scope = Scope::new("s").attribute("level", 3).metric(Metric::new("m").unit("By").point(point));
    let resource = Resource::new().attribute("host.name", "h").scope(scope);
    let request = Request::new().header("X-A", "1").header("x-a", "2").connection(9).resource(resource);
    let expected =
        r#"Some("1,2") Some(9) Some("h") Some("s") Some(3) Some("By") Some(1.5) Some(true) Some(0.5)"#;
    assert_eq!(keys::<All>(Signal::Metrics, &[request]).unwrap(), [expected]);
}

/// A typed attribute of another type reads as empty, 0 or false; one that is not there, as nothing.
#[test]
fn attributes_read_as_in_the_collector() {
    key!(Typed, Empty, |plan| {
        let mut stage = plan.stage(Items);
        let (text, int) = (stage.text(Items, "k"), stage.int(Items, "k"));
        let (double, boolean, any) =
            (stage.double(Items, "k"), stage.boolean(Items, "k"), stage.any(Items, "k"));
        stage.key(move |row, key| {
            let any = row.get(any).map(|value| format!("{value:?}"));
            let typed = (row.get(text), row.get(int), row.get(double), row.get(boolean));
            key.write(format!("{typed:?} {any:?}"));
        });
    });
    let span = |value: Value| Span::new([1; 16]).attribute("k", value);
    let request = spans([span("t".into()), span(2.into()), Span::new([1; 16])]);
    let expected = [
        r#"(Some("t"), Some(0), Some(0.0), Some(false)) Some("Text([116])")"#,
        r#"(Some(""), Some(2), Some(0.0), Some(false)) Some("Int(2)")"#,
        "(None, None, None, None) None",
    ];
    assert_eq!(keys::<Typed>(Signal::Traces, &[request]).unwrap(), expected);
}

/// A row without a key is asked for again in the next stage, by its descendants alone.
#[test]
fn later_stages_see_only_what_is_left() {
    key!(Staged, Reject, |plan| {
        let mut stage = plan.stage(Requests);
        let tenant = stage.header("x-tenant");
        stage.key(move |row, key| {
            if let Some(tenant) = row.get(tenant) {
                key.write(tenant);
            }
        });
        let mut stage = plan.stage(Items);
        let name = stage.intrinsic(Items, NAME);
        stage.keys(move |rows| {
            counter::add("asked", rows.count() as u64);
            Ok(Keys::for_each(rows.iter(), |row, key| {
                if let Some(name) = row.get(name).filter(|name| !name.is_empty()) {
                    key.write(name);
                }
            }))
        });
    });
    let request = || spans([Span::new([1; 16]).name("a"), Span::new([2; 16])]);
    let keys = keys::<Staged>(Signal::Traces, &[request().header("X-Tenant", "t"), request()]).unwrap();
    let text = |text: &str| Key::Bytes(text.as_bytes().to_vec());
    assert_eq!(keys, [text("t"), text("t"), text("a"), Key::Rejected]);
    assert_eq!(testing::counted("asked"), 2);
}

/// Groups are split by scope and trace id, traces by trace id alone; both read their first item.
#[test]
fn groups_and_traces_are_distinct() {
    key!(Grouped, Empty, |plan| {
        let mut stage = plan.stage(Groups);
        let (host, name) = (stage.text(Resources, "host.name"), stage.intrinsic(Groups, NAME));
        let trace_id = stage.intrinsic(Traces, TRACE_ID);
        let first = stage.intrinsic(Traces, NAME);
        stage.key(move |row, key| {
            let trace_id = row.get(trace_id).map_or(0, |id| id[0]);
            let names = (row.get(name), row.get(first));
            key.write(format!("{} {:?} {trace_id} {names:?}", row.number(), row.get(host)));
        });
    });
    let span = |trace: u8, name: &str| Span::new([trace; 16]).name(name);
    let request = spans([span(1, "a"), span(2, "b"), span(1, "c")]);
    let keys = keys::<Grouped>(Signal::Traces, &[request, spans([span(2, "d"), span(2, "e")])]).unwrap();
    let expected = [
        r#"0 Some("a") 1 (Some("a"), Some("a"))"#,
        r#"1 Some("a") 2 (Some("b"), Some("b"))"#,
        r#"0 Some("a") 1 (Some("a"), Some("a"))"#,
        r#"2 Some("a") 2 (Some("d"), Some("b"))"#,
        r#"2 Some("a") 2 (Some("d"), Some("b"))"#,
    ];
    assert_eq!(keys, expected);
}

/// `take` gives a column as it is; the signal and the time are those of the batch.
#[test]
fn whole_batches_can_be_keyed_at_once() {
    key!(Whole, Spread, |plan| {
        let mut stage = plan.stage(Items);
        let severity = stage.intrinsic(Items, SEVERITY_NUMBER);
        let body = stage.intrinsic(Items, BODY);
        stage.keys(move |rows| {
            assert_eq!((rows.signal(), rows.now(), rows.count()), (Signal::Logs, NOW, 2));
            let severities: Vec<_> = rows.iter().filter_map(|row| row.get(severity)).collect();
            log::info(&format!("{severities:?}"));
            Ok(Keys::for_each(rows.iter(), |row, key| {
                row.get(body).into_iter().for_each(|body| key.write_value(body));
            }))
        });
    });
    let record = |severity| LogRecord::new().severity_number(severity).body(i64::from(severity).into());
    let scope = Scope::new("").log_record(record(9)).log_record(record(17));
    let request = Request::new().resource(Resource::new().scope(scope));
    assert_eq!(keys::<Whole>(Signal::Logs, &[request]).unwrap(), ["9", "17"]);
    assert_eq!(testing::logged(), [(log::Level::Info, "[9, 17]".to_owned())]);
}

/// More or fewer keys than rows are an error, as they are to the host.
#[test]
fn a_wrong_number_of_keys_is_an_error() {
    key!(Short, Empty, |plan| {
        plan.stage(Items).keys(|rows| Ok(Keys::for_each(rows.iter().skip(1), |_, key| key.write("k"))));
    });
    let request = spans([Span::new([1; 16]), Span::new([2; 16])]);
    assert_eq!(keys::<Short>(Signal::Traces, &[request]).unwrap_err(), "1 keys for 2 rows");
}

/// An error of the key's own comes out in its words.
#[test]
fn errors_come_out() {
    key!(Failing, Empty, |plan| {
        plan.stage(Items).keys(|_| Err("no keys today".to_owned()));
    });
    let error = keys::<Failing>(Signal::Traces, &[spans([Span::new([1; 16])])]).unwrap_err();
    assert_eq!(error, "no keys today");
}

/// Plans that make no sense for a signal are refused when configured, in words.
#[test]
fn nonsense_is_refused_when_configured() {
    key!(Nothing, Empty, |plan| {
        let _ = &mut plan;
    });
    key!(Upwards, Empty, |plan| {
        plan.stage(Scopes).key(|_, _| {});
        plan.stage(Resources).key(|_, _| {});
    });
    key!(NoField, Empty, |plan| {
        let mut stage = plan.stage(Items);
        let _ = stage.intrinsic(Items, UNIT);
        let _ = stage.intrinsic(Resources, START);
        stage.key(|_, _| {});
    });
    key!(OfPoints, Empty, |plan| {
        plan.stage(Points).key(|_, _| {});
    });
    let error = |result: Result<Harness, String>| result.unwrap_err();
    assert!(error(Harness::new::<Nothing>(Signal::Traces, "{}")).contains("0 stages"));
    assert!(error(Harness::new::<Upwards>(Signal::Traces, "{}")).contains("do not lie below"));
    assert!(error(Harness::new::<NoField>(Signal::Traces, "{}")).contains("no such field"));
    assert!(error(Harness::new::<NoField>(Signal::Metrics, "{}")).contains("no such field"));
    assert!(error(Harness::new::<OfPoints>(Signal::Logs, "{}")).contains("have no points"));
}

/// A request of another signal than the key's is a mistake in the test.
#[test]
fn requests_of_another_signal_are_refused() {
    key!(Any, Empty, |plan| {
        plan.stage(Items).key(|_, key| key.write("k"));
    });
    let error = keys::<Any>(Signal::Logs, &[spans([Span::new([1; 16])])]).unwrap_err();
    assert!(error.contains("traces"), "{error}");
}
