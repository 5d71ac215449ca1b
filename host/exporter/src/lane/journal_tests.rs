use super::{Journal, Line};
use crate::LaneName;
use crate::captured::lines_of;

fn journal() -> std::sync::Arc<Journal> {
    Journal::new(LaneName { exporter: "otlp/a".into(), endpoint: "10.0.0.1:4317".into() })
}

/// The phrases that people search for, with what is needed to act on them.
#[test]
fn lines_have_the_collectors_words() {
    for (line, words) in [
        (
            Line::Retry,
            ["INFO", "Exporting failed. Will retry the request after interval.", "waiting_items=3"],
        ),
        (Line::Refuse, ["WARN", "Exporting failed. Rejecting data.", "rejected_items=3"]),
        (Line::Drop, ["ERROR", "Exporting failed. Dropping data.", "dropped_items=3"]),
        (Line::Full, ["WARN", "Dropping data because sending_queue is full", "rejected_items=3"]),
        (Line::Reject, ["ERROR", "Partial success response", "dropped_items=3"]),
        (Line::Warning, ["WARN", "Partial success response", "warning=\"the reason\""]),
    ] {
        let written = lines_of(|| journal().line(line, 3, "the reason")).join("\n");
        for words in words.into_iter().chain(["otlp/a", "10.0.0.1:4317", "the reason"]) {
            assert!(written.contains(words), "{words}: {written}");
        }
    }
}

/// A flood becomes two lines, whose counts add up to all of it; another kind of line is not held up.
#[test]
fn a_flood_is_summed_up() {
    let journal = journal();
    let written = lines_of(|| {
        (0..100).for_each(|_| journal.line(Line::Drop, 7, "no"));
        journal.line(Line::Retry, 1, "once");
        journal.flush();
        journal.flush();
    });
    assert_eq!(written.len(), 3, "{written:?}");
    assert!(written[0].contains("dropped_items=7 times=1"), "{written:?}");
    assert!(written[1].contains("waiting_items=1 times=1"), "{written:?}");
    assert!(written[2].contains("dropped_items=693 times=99"), "{written:?}");
}
