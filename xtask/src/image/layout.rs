//! An image as the OCI image specification lays it out: blobs by their digest, a manifest, an index.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::contents::{Layer, USER};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const SPDX: &str = "application/spdx+json";

/// A nanosecond count, as Docker writes durations.
const SECOND: u64 = 1_000_000_000;

/// What images are built for, by OCI's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Architecture {
    /// x86-64
    Amd64,
    /// 64-bit ARM
    Arm64,
}

impl Architecture {
    /// That of the machine that builds.
    pub(crate) fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::Amd64 }
    }

    /// OCI's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// Rust's name.
    pub(super) fn target(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// The C compiler on a machine of the other architecture.
    pub(super) fn cross_compiler(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64-linux-gnu-gcc",
            Self::Arm64 => "aarch64-linux-gnu-gcc",
        }
    }

    /// Debian's packages of that compiler, and of the C library for it.
    pub(super) fn debian_packages(self) -> [&'static str; 2] {
        match self {
            Self::Amd64 => ["gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross"],
            Self::Arm64 => ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
        }
    }
}

/// All files of a layout, by path.
pub(super) struct Layout {
    files: BTreeMap<String, Vec<u8>>,
    time: u64,
}

impl Layout {
    /// An image of one layer, with its bill of materials beside it as an artifact that refers to it.
    pub(super) fn new(
        layer: Layer,
        bom: &[u8],
        tag: &str,
        arch: Architecture,
        time: u64,
    ) -> anyhow::Result<Self> {
        let mut layout = Self { files: BTreeMap::new(), time };
        let created = super::bom::rfc3339(time);
        let config = json!({
            "created": created,
            "architecture": arch.name(),
            "os": "linux",
            "config": {
                "User": format!("{USER}:{USER}"),
                "Entrypoint": ["/sluice"],
                "Env": ["SLUICE_PLUGINS=/etc/sluice/plugins"],
                "ExposedPorts": {"4317/tcp": {}, "4318/tcp": {}, "8888/tcp": {}, "13133/tcp": {}},
                "WorkingDir": "/",
                "StopSignal": "SIGTERM",
                // Docker's; OCI has no such thing, and passes it on.
                "Healthcheck": {
                    "Test": ["CMD", "/sluice", "health"],
                    "Interval": 15 * SECOND,
                    "Timeout": 5 * SECOND,
                    "StartPeriod": 30 * SECOND,
                    "Retries": 3,
                },
                "Labels": {
                    "org.opencontainers.image.title": "sluice",
                    "org.opencontainers.image.version": env!("CARGO_PKG_VERSION"),
                    "org.opencontainers.image.licenses": "Apache-2.0",
                    "org.opencontainers.image.created": created,
                },
            },
            "rootfs": {"type": "layers", "diff_ids": [digest(&layer.plain)]},
            "history": [{"created": created, "created_by": "cargo xtask image"}],
        });
        let config = layout.blob(CONFIG, serde_json::to_vec(&config)?);
        let layer = layout.blob(LAYER, layer.compressed);
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]});
        let mut image = layout.blob(MANIFEST, serde_json::to_vec(&manifest)?);
        let attached = layout.attach(bom, &image)?;
        image["platform"] = json!({"architecture": arch.name(), "os": "linux"});
        let version = tag.rsplit_once(':').map_or(tag, |(_, version)| version);
        image["annotations"] =
            json!({"org.opencontainers.image.ref.name": version, "io.containerd.image.name": tag});
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [image, attached]});
        layout.add("index.json", serde_json::to_vec(&index)?);
        layout.add("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
        // What `docker load` has read since before there was OCI.
        let docker = json!([{"Config": path(&config), "RepoTags": [tag], "Layers": [path(&layer)]}]);
        layout.add("manifest.json", serde_json::to_vec(&docker)?);
        Ok(layout)
    }

    /// Adds a bill of materials that refers to an image.
    fn attach(&mut self, bom: &[u8], image: &Value) -> anyhow::Result<Value> {
        let empty = self.blob("application/vnd.oci.empty.v1+json", b"{}".to_vec());
        let bom = self.blob(SPDX, bom.to_vec());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": SPDX,
            "config": empty,
            "layers": [bom],
            "subject": image,
        });
        let mut attached = self.blob(MANIFEST, serde_json::to_vec(&manifest)?);
        attached["artifactType"] = json!(SPDX);
        Ok(attached)
    }

    /// Adds a blob, and answers with what describes it.
    fn blob(&mut self, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = digest(&bytes);
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": bytes.len()});
        self.files.insert(path(&descriptor), bytes);
        descriptor
    }

    fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(path.to_owned(), bytes);
    }

    /// Writes it as a folder; one that was there before is replaced.
    pub(super) fn write_folder(&self, folder: &Path) -> anyhow::Result<()> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder.join("blobs/sha256"))?;
        for (path, bytes) in &self.files {
            std::fs::write(folder.join(path), bytes)?;
        }
        Ok(())
    }

    /// Writes it as a tar file.
    pub(super) fn write_archive(&self, file: &Path) -> anyhow::Result<()> {
        let mut archive = Builder::new(std::io::BufWriter::new(std::fs::File::create(file)?));
        for (path, bytes) in &self.files {
            let mut header = Header::new_ustar();
            header.set_entry_type(EntryType::Regular);
            header.set_mode(0o644);
            header.set_mtime(self.time);
            header.set_size(bytes.len() as u64);
            archive.append_data(&mut header, path, bytes.as_slice())?;
        }
        std::io::Write::flush(&mut archive.into_inner()?)?;
        Ok(())
    }
}

/// Where the blob is that a descriptor describes.
fn path(descriptor: &Value) -> String {
    let digest = descriptor["digest"].as_str().unwrap_or_default();
    format!("blobs/{}", digest.replace(':', "/"))
}

/// A digest as OCI writes it.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}
