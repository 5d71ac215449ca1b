//! `sluice locate`: which tier-2 instance has my trace?

use std::process::{Command, Output};

use sluice_tests::gateway::{binary, project};

fn locate(arguments: &[&str]) -> Output {
    Command::new(binary())
        .arg("locate")
        .args(arguments)
        .current_dir(project())
        .output()
        .expect("a binary that starts")
}

fn lines(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Keys of every form, in the order given, at the backends where the real exporter places them.
#[test]
fn keys_are_located_in_their_order() {
    let endpoints = "127.0.0.1:4317,127.0.0.2:4317,127.0.0.3:4317,127.0.0.4:4317";
    let output = locate(&[
        "--endpoints",
        endpoints,
        "--key",
        "service.name=checkout|",
        "--trace-id",
        "0102030405060708090a0b0c0d0e0f10",
        "--key-hex",
        "736572766963652e6e616d653d66726f6d2d73636f70657c",
        "--key",
        "service.name=42|",
    ]);
    assert_eq!(
        lines(&output),
        [
            "service.name=checkout|\t127.0.0.4:4317",
            "0102030405060708090a0b0c0d0e0f10\t127.0.0.4:4317",
            "736572766963652e6e616d653d66726f6d2d73636f70657c\t127.0.0.3:4317",
            "service.name=42|\t127.0.0.2:4317",
        ]
    );
}

/// The default port is shown where an endpoint has none, but not hashed; the order of the list does not matter.
#[test]
fn the_default_port_is_added_for_display_only() {
    let one = lines(&locate(&["--endpoints", "a,b", "--key", "checkout"]));
    let other = lines(&locate(&["--endpoints", "b,a", "--key", "checkout"]));
    assert_eq!(one, other);
    assert!(one[0] == "checkout\ta:4317" || one[0] == "checkout\tb:4317", "{one:?}");
}

/// The backends of a configuration file, as JSON.
#[test]
fn a_configuration_names_the_endpoints() {
    let arguments = [
        "--config",
        "config/gateway.yaml",
        "--trace-id",
        "5b8aa5a2d2c872e8321cf37308d69df2",
        "--output",
        "json",
    ];
    let output = locate(&arguments);
    let found: serde_json::Value = serde_json::from_str(&lines(&output).join("\n")).expect("JSON");
    let endpoint = found[0]["endpoint"].as_str().expect("an endpoint");
    assert!(["127.0.0.1:4327", "127.0.0.1:4337", "127.0.0.1:4347"].contains(&endpoint), "{found}");
    assert_eq!(found[0]["key"], "5b8aa5a2d2c872e8321cf37308d69df2");
}

/// Each generation has its own ring.
#[test]
fn generations_differ() {
    let keys: Vec<String> = (0..40).map(|n| format!("key-{n}")).collect();
    let located = |ring: &str| {
        let mut arguments = vec!["--endpoints", "a:4317,b:4317,c:4317", "--ring", ring];
        keys.iter().for_each(|key| arguments.extend(["--key", key]));
        lines(&locate(&arguments))
    };
    assert_ne!(located("3"), located("2"));
    assert_ne!(located("2"), located("1"));
}

/// What cannot be a key, or has no endpoints, is said in words and with a status that is not 0.
#[test]
fn wrong_input_is_explained() {
    for (arguments, expected) in [
        (vec!["--endpoints", "a", "--trace-id", "0102"], "32 hexadecimal digits"),
        (vec!["--endpoints", "a", "--key-hex", "zz"], "not hexadecimal"),
        (vec!["--endpoints", "a"], "--trace-id"),
        (vec!["--key", "x"], "--endpoints"),
        (vec!["--endpoints", "a", "--ring", "4", "--key", "x"], "--ring"),
        (vec!["--config", "config/guide.yaml", "--key", "x"], "no static resolver"),
        (vec!["--config", "config/backend.yaml", "--key", "x"], "no load-balancing exporter"),
        (vec!["--config", "config/none.yaml", "--key", "x"], "config/none.yaml"),
    ] {
        let output = locate(&arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}
