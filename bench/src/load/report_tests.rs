use std::time::Duration;

use clap::Parser;

use super::{Case, Figures, middle, percentiles, write};
use crate::load::gateway::Arm;
use crate::load::options::{Compression, Options};
use crate::requests::Shape;

fn figures(cpu: Duration) -> Figures {
    Figures {
        spans: 1_000_000,
        elapsed: Duration::from_secs(5),
        cpu,
        peak_memory: 100 << 20,
        latencies: (Duration::from_millis(2), Duration::from_millis(9)),
        refused: 0,
        wire_bytes_per_span: 530.0,
    }
}

/// The table shows both arms and the ratio of rounds that belong together.
#[test]
fn the_table_has_arms_and_ratio() {
    let mut case = Case::new(Shape::M, Compression::None);
    for (pass, routing) in [(2, 3), (4, 5), (4, 8)] {
        case.add(Arm::PassThrough, figures(Duration::from_secs(pass)));
        case.add(Arm::Routing, figures(Duration::from_secs(routing)));
    }
    let mut output = Vec::new();
    write(&mut output, &Options::parse_from(["load"]), [&case].into_iter()).unwrap();

    let table = String::from_utf8(output).unwrap();
    assert!(table.contains("| M | none | pass-through | 200.0 | 4.00 | 100 | 2.0 / 9.0 |"), "{table}");
    assert!(table.contains("routing / pass-through | | 1.50 (1.25 to 2.00)"), "{table}");
}

/// Percentiles and medians hold for few values too.
#[test]
fn few_values_have_percentiles() {
    assert_eq!(percentiles(&mut []), (Duration::ZERO, Duration::ZERO));
    let mut hundred: Vec<_> = (0..100).rev().map(Duration::from_millis).collect();
    assert_eq!(percentiles(&mut hundred), (Duration::from_millis(50), Duration::from_millis(99)));
    assert!(middle(Vec::new()).is_nan());
    assert!((middle(vec![3.0, 1.0, 2.0, 4.0]) - 2.5).abs() < f64::EPSILON);
}
