//! The root filesystem of the image, unpacked as an engine does.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sluice_tests::gateway::Gateway;
use sluice_tests::programs::{self, prepared};
use tempfile::TempDir;

/// Mounts a root read-only, with the /proc that engines add, and becomes a program in it. As whom is in `$2`.
const ENTER: &str = "set -e; root=$1; user=$2; shift 2
mount --bind \"$root\" \"$root\"
mount -o remount,bind,ro \"$root\"
mount --rbind /proc \"$root/proc\"
exec chroot $user \"$root\" \"$@\"";

/// A part of what the last stage of `cargo xtask test` has built.
pub(crate) fn built(part: &str) -> PathBuf {
    prepared(&format!("image-test/{part}"))
}

pub(crate) struct Root {
    folder: TempDir,
    /// The image's configuration, by the names of OCI.
    config: Value,
}

impl Root {
    /// Unpacks the image.
    pub(crate) fn unpack() -> Self {
        let image = built("image");
        let parsed = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
        let index = parsed(&std::fs::read(image.join("index.json")).expect("an index"));
        let manifest = parsed(&blob(&image, &index["manifests"][0]));
        let config = parsed(&blob(&image, &manifest["config"]))["config"].clone();
        let folder = TempDir::new().expect("a temporary folder");
        let mut layer = Vec::new();
        let compressed = blob(&image, &manifest["layers"][0]);
        flate2::read::GzDecoder::new(compressed.as_slice()).read_to_end(&mut layer).expect("gzip");
        let root = folder.path().join("root");
        tar::Archive::new(layer.as_slice()).unpack(&root).expect("a root filesystem");
        std::fs::create_dir(root.join("proc")).expect("a folder");
        Self { folder, config }
    }

    /// Puts a file there, as a mount would.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join("root").join(path), content).expect("a file");
    }

    /// Takes a file away.
    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join("root").join(path)).expect("a file");
    }

    /// Runs the image with arguments, to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command();
        command.args(arguments);
        programs::run(command).await
    }

    /// Runs the image with arguments, as a gateway.
    pub(crate) async fn start(&self, arguments: &[&str]) -> Gateway {
        let mut command = self.command();
        command.args(arguments);
        Gateway::spawn_as_it_is(command).started().await
    }

    /// The image's command with its environment, as its user where we may choose.
    fn command(&self) -> Command {
        let mut command = Command::new("unshare");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let variables = self.config["Env"].as_array().into_iter().flatten().filter_map(Value::as_str);
        command.envs(variables.filter_map(|variable| variable.split_once('=')));
        command.arg("--mount");
        let user = if rustix::process::geteuid().is_root() {
            format!("--userspec={}", self.config["User"].as_str().expect("a user"))
        } else {
            command.arg("--map-root-user");
            "--userspec=0:0".to_owned()
        };
        command.args(["sh", "-c", ENTER, "enter"]).arg(self.folder.path().join("root")).arg(user);
        command.args(self.config["Entrypoint"].as_array().into_iter().flatten().filter_map(Value::as_str));
        command
    }
}

fn blob(image: &Path, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().expect("a digest");
    std::fs::read(image.join("blobs").join(digest.replace(':', "/"))).expect("a blob")
}
