use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::layout::{Architecture, digest};
use super::{Image, Options, Profile, assemble, bom};
use crate::project::Project;

fn build(binary: &Path, folder: &Path) -> Image {
    let project = Project::find().expect("the project");
    let options = Options {
        arch: Architecture::of_this_machine(),
        binary: None,
        profile: Profile::Release,
        tag: "sluice:test".to_owned(),
        output_dir: None,
    };
    assemble(&project, binary, &options, folder).expect("an image")
}

/// A blob, whose digest is what it says.
fn blob(image: &Image, descriptor: &Value) -> Vec<u8> {
    let wanted = descriptor["digest"].as_str().expect("a digest");
    let bytes = std::fs::read(image.layout.join("blobs").join(wanted.replace(':', "/"))).expect("a blob");
    assert_eq!(digest(&bytes), wanted);
    assert_eq!(descriptor["size"], bytes.len());
    bytes
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

fn index(image: &Image) -> Value {
    parsed(&std::fs::read(image.layout.join("index.json")).expect("an index"))
}

/// The manifest and configuration of the image itself.
fn manifest(image: &Image) -> (Value, Value) {
    let manifest = parsed(&blob(image, &index(image)["manifests"][0]));
    let config = parsed(&blob(image, &manifest["config"]));
    (manifest, config)
}

/// The layer as a tar file.
fn layer(image: &Image) -> Vec<u8> {
    let (manifest, config) = manifest(image);
    assert_eq!(manifest["layers"].as_array().map(Vec::len), Some(1));
    let mut plain = Vec::new();
    let compressed = blob(image, &manifest["layers"][0]);
    flate2::read::GzDecoder::new(compressed.as_slice()).read_to_end(&mut plain).expect("gzip");
    assert_eq!(config["rootfs"]["diff_ids"][0], digest(&plain));
    plain
}

/// The layout holds together: every digest is right, the user is nobody, and what it runs is the binary.
#[test]
fn the_layout_holds_together() {
    let folder = TempDir::new().expect("a temporary folder");
    let fake = folder.path().join("fake");
    std::fs::write(&fake, b"a binary").expect("a file");
    let image = build(&fake, folder.path());
    let (_, config) = manifest(&image);
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"], serde_json::json!(["/sluice"]));
    assert_eq!(config["config"]["Healthcheck"]["Test"], serde_json::json!(["CMD", "/sluice", "health"]));

    let plain = layer(&image);
    let mut archive = tar::Archive::new(plain.as_slice());
    let entries: BTreeMap<String, (u32, u64, u64)> = archive
        .entries()
        .expect("entries")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let header = entry.header();
            let path = entry.path().expect("a path").display().to_string();
            (
                path,
                (
                    header.mode().expect("a mode"),
                    header.uid().expect("an owner"),
                    header.size().expect("a size"),
                ),
            )
        })
        .collect();
    assert_eq!(entries["sluice"], (0o755, 0, 8));
    assert_eq!(entries["etc/sluice/plugins/"], (0o755, 0, 0));
    assert!(entries.values().all(|(mode, owner, _)| *owner == 0 && (mode & 0o022 == 0 || *mode == 0o1777)));

    // The archive has the same files, and Docker's manifest leads to them.
    let mut archive = tar::Archive::new(std::fs::File::open(&image.archive).expect("an archive"));
    let files: Vec<String> = archive
        .entries()
        .expect("entries")
        .map(|entry| entry.expect("an entry").path().expect("a path").display().to_string())
        .collect();
    let docker = parsed(&std::fs::read(image.layout.join("manifest.json")).expect("a file"));
    assert_eq!(docker[0]["RepoTags"][0], "sluice:test");
    for named in [&docker[0]["Config"], &docker[0]["Layers"][0]] {
        assert!(files.iter().any(|file| *named == file.as_str()), "{named}: {files:?}");
    }
    assert!(files.is_sorted() && files.iter().all(|file| image.layout.join(file).is_file()), "{files:?}");
}

/// Two builds of the same are the same, byte for byte.
#[test]
fn the_same_gives_the_same() {
    let folder = TempDir::new().expect("a temporary folder");
    let fake = folder.path().join("fake");
    std::fs::write(&fake, b"a binary").expect("a file");
    let one = build(&fake, &folder.path().join("one"));
    let other = build(&fake, &folder.path().join("other"));
    for (one, other) in [(&one.archive, &other.archive), (&one.bom, &other.bom)] {
        assert!(std::fs::read(one).expect("a file") == std::fs::read(other).expect("a file"));
    }
}

/// The bill of materials names what is compiled in, plugins included, nothing that only tests need, and refers to the
/// image.
#[test]
fn the_bill_of_materials_is_whole() {
    let folder = TempDir::new().expect("a temporary folder");
    let fake = folder.path().join("fake");
    std::fs::write(&fake, b"a binary").expect("a file");
    let image = build(&fake, folder.path());
    let bom = parsed(&std::fs::read(&image.bom).expect("a file"));
    assert_eq!(bom["spdxVersion"], "SPDX-2.3");
    let packages = bom["packages"].as_array().expect("packages");
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    for inside in ["sluice", "sluice-plugin", "wasmtime", "tokio", "rustls"] {
        assert!(names.contains(&inside), "{inside} is not in {names:?}");
    }
    for outside in ["proptest", "hickory-server", "xtask", "sluice-tests"] {
        assert!(!names.contains(&outside), "{outside}");
    }
    let contains: Vec<_> = bom["relationships"]
        .as_array()
        .expect("relationships")
        .iter()
        .filter(|r| r["relationshipType"] == "CONTAINS")
        .collect();
    assert!(contains.len() > 10, "the plugins: {contains:?}");
    assert!(packages.iter().all(|package| package["licenseDeclared"] != "NOASSERTION"));

    let attached = &index(&image)["manifests"][1];
    let manifest = parsed(&blob(&image, attached));
    assert_eq!(manifest["subject"]["digest"], index(&image)["manifests"][0]["digest"]);
    assert_eq!(parsed(&blob(&image, &manifest["layers"][0])), bom);
}

/// Known moments, the last day of a leap year's February among them.
#[test]
fn times_are_written_as_rfc_3339() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"),
        (1_735_689_599, "2024-12-31T23:59:59Z"),
        (4_102_444_800, "2100-01-01T00:00:00Z"),
    ] {
        assert_eq!(bom::rfc3339(seconds), text);
    }
}
