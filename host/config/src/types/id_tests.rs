use super::{ComponentId, PipelineId, Signal};

/// An id is kept as written, without the white space around its halves.
#[test]
fn ids_are_kept_as_written() {
    for (text, id, kind) in [
        ("otlp", "otlp", "otlp"),
        ("loadbalancing/eu-1", "loadbalancing/eu-1", "loadbalancing"),
        (" otlp / a ", "otlp/a", "otlp"),
        ("otlp/a/b", "otlp/a/b", "otlp"),
        ("k8s_attributes2", "k8s_attributes2", "k8s_attributes2"),
    ] {
        let parsed = ComponentId::parse(text).expect(text);
        assert_eq!((parsed.as_str(), parsed.kind(), parsed.to_string().as_str()), (id, kind, id));
    }
}

/// What the Collector takes for no id is none here.
#[test]
fn what_is_no_id_is_refused() {
    for text in ["", "/", "otlp/", "/a", "2otlp", "o-tlp", "otlp a", "otlp/a b", "otlp/a\nb", &"o".repeat(64)]
    {
        assert!(ComponentId::parse(text).is_err(), "{text}");
    }
}

/// A pipeline is written as in the file.
#[test]
fn pipelines_are_written_as_in_the_file() {
    assert_eq!(PipelineId { signal: Signal::Logs, name: None }.to_string(), "logs");
    assert_eq!(PipelineId { signal: Signal::Traces, name: Some("eu".to_owned()) }.to_string(), "traces/eu");
}
