use std::path::PathBuf;

use super::Source;

fn file(path: &str) -> Result<Source, String> {
    Ok(Source::File(PathBuf::from(path)))
}

fn argument(name: &str, text: &str) -> Result<Source, String> {
    Ok(Source::Argument { name: name.to_owned(), text: text.to_owned() })
}

/// What `--config` takes is a path, or a scheme and what it is for.
#[test]
fn sources_are_told_apart() {
    assert_eq!(Source::parse("tier1.yaml"), file("tier1.yaml"));
    assert_eq!(Source::parse("file:/etc/a:b.yaml"), file("/etc/a:b.yaml"));
    assert_eq!(Source::parse("./a:b.yaml"), file("./a:b.yaml"), "no scheme begins with a dot");
    assert_eq!(Source::parse("c:/a.yaml"), file("c:/a.yaml"), "one letter is no scheme");
    assert_eq!(Source::parse("env:OTEL_CONFIG"), Ok(Source::Variable("OTEL_CONFIG".to_owned())));
    assert_eq!(
        Source::parse("yaml:exporters::debug::verbosity: detailed"),
        argument("--config yaml:exporters::debug::verbosity", "exporters::debug::verbosity: detailed")
    );
    for (written, expected) in [
        ("", "is empty"),
        ("https://example.org/a.yaml", "from the network"),
        ("s3:bucket/a.yaml", "`s3:` is none of"),
    ] {
        let message = Source::parse(written).expect_err(written);
        assert!(message.contains(expected), "{message}");
    }
}

/// A file that is there is a file, whatever its name looks like.
#[test]
fn a_file_with_a_colon_in_its_name_is_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tier:1.yaml");
    std::fs::write(&path, "").expect("written");
    assert_eq!(Source::parse(&path.display().to_string()), Ok(Source::File(path)));
}

/// `--set` is a path with dots, as in the Collector, and a value in YAML.
#[test]
fn a_key_can_be_set() {
    assert_eq!(
        Source::set(" processors.batch.timeout = 2s "),
        argument("--set processors.batch.timeout", "processors::batch::timeout: 2s")
    );
    assert_eq!(Source::set("a.b=c=d"), argument("--set a.b", "a::b: c=d"));
    assert_eq!(Source::set("a="), argument("--set a", "a: "));
    assert!(Source::set("processors.batch.timeout").is_err_and(|message| message.contains("has no `=`")));
    assert!(Source::set("=2s").is_err_and(|message| message.contains("no key")));
}

/// What stands in a source is not part of its name, since it may be secret.
#[test]
fn names_have_no_secrets() {
    for source in [
        Source::parse("yaml:{exporters: {otlp: {headers: {authorization: hunter2}}}}"),
        Source::parse("yaml:exporters::otlp::headers::authorization: hunter2"),
        Source::parse("yaml:hunter2"),
        Source::set("exporters.otlp.headers.authorization=hunter2"),
    ] {
        let name = source.expect("a source").name();
        assert!(!name.contains("hunter2"), "{name}");
    }
}
