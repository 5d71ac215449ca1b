//! A Kubernetes API server and its store, built from Go modules into target/kubernetes, with the definitions of the
//! Prometheus operator's kinds.
//!
//! There is no package of them to install, and no module proxy has binaries: so they are compiled, once. It takes about
//! ten minutes of a core, and four gigabytes of Go's caches.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::processes::execute_within;
use crate::project::{Project, step};

/// Versions that were tried together.
const KUBERNETES: &str = "1.37.2";
const ETCD: &str = "3.6.16";
const PROMETHEUS_OPERATOR: &str = "0.85.0";

/// The Go that they ask for.
const GO: (u32, u32) = (1, 26);

/// For the download and both compilations.
const LIMIT: Duration = Duration::from_secs(40 * 60);

/// Builds what is missing in target/kubernetes; answers whether it is there.
///
/// # Errors
/// When there is a Go, and a build fails or takes too long.
pub(crate) fn build(project: &Project) -> anyhow::Result<bool> {
    let folder = project.target().join("kubernetes");
    let definitions = folder.join("prometheus-operator");
    let servers = Stamp::new(&folder, format!("kubernetes {KUBERNETES}, etcd {ETCD}"));
    let operator = Stamp::new(&definitions, format!("prometheus-operator {PROMETHEUS_OPERATOR}"));
    if servers.is_there() && operator.is_there() {
        return Ok(true);
    }
    if let Err(reason) = find_go() {
        step(&format!("leaving out the tests against a Kubernetes API server: {reason}"));
        return Ok(false);
    }
    if !servers.is_there() {
        step(&format!("building {} into target/kubernetes; this takes some minutes", servers.versions));
        build_etcd(&folder)?;
        build_apiserver(&folder)?;
        servers.set()?;
    }
    if !operator.is_there() {
        copy_definitions(&definitions)?;
        operator.set()?;
    }
    Ok(true)
}

/// A file that says which versions are in a folder.
struct Stamp {
    file: PathBuf,
    versions: String,
}

impl Stamp {
    fn new(folder: &Path, versions: String) -> Self {
        Self { file: folder.join("versions"), versions }
    }

    fn is_there(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|built| built.trim_end() == self.versions)
    }

    fn set(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(&self.file, format!("{}\n", self.versions))?)
    }
}

/// What the API server has to know of the kinds in deploy/monitoring.
fn copy_definitions(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let module = "github.com/prometheus-operator/prometheus-operator";
    let source =
        download(folder, module, PROMETHEUS_OPERATOR, "Dir")?.join("example/prometheus-operator-crd");
    for kinds in ["servicemonitors", "prometheusrules"] {
        let file = format!("monitoring.coreos.com_{kinds}.yaml");
        // Not copied as a file: Go's are read-only.
        std::fs::write(folder.join(&file), std::fs::read(source.join(&file))?)?;
    }
    Ok(())
}

/// Whether there is a Go that is new enough; else why not.
fn find_go() -> Result<(), String> {
    let output = Command::new("go").args(["env", "GOVERSION"]).stderr(Stdio::null()).output();
    let Ok(output) = output else { return Err("there is no Go here".to_owned()) };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if parse_version(&version).is_none_or(|found| found < GO) {
        return Err(format!("they need Go {}.{}, and here is `{version}`", GO.0, GO.1));
    }
    Ok(())
}

/// `go1.26.8` as (1, 26).
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix("go")?.split('.');
    let minor = parts.next().zip(parts.next())?;
    let digits: String = minor.1.chars().take_while(char::is_ascii_digit).collect();
    Some((minor.0.parse().ok()?, digits.parse().ok()?))
}

fn build_etcd(folder: &Path) -> anyhow::Result<()> {
    let package = "go.etcd.io/etcd/server/v3";
    let module = format!(
        "module sluice.test/etcd\ngo {}.{}.0\ntool {package}\nrequire {package} v{ETCD}\n",
        GO.0, GO.1
    );
    compile(&folder.join("etcd"), &module, package, "-s -w", &folder.join("module-etcd"))
}

fn build_apiserver(folder: &Path) -> anyhow::Result<()> {
    let work = folder.join("module-kubernetes");
    let of_kubernetes = download(&work, "k8s.io/kubernetes", KUBERNETES, "GoMod")?;
    let of_kubernetes = std::fs::read_to_string(of_kubernetes)?;
    let module = apiserver_go_mod(&of_kubernetes)?;
    let package = "k8s.io/kubernetes/cmd/kube-apiserver";
    let minor = KUBERNETES.split('.').nth(1).unwrap_or_default();
    let set = "-X k8s.io/component-base/version";
    // What it answers to /version, and what its feature gates go by.
    let flags = format!("-s -w {set}.gitVersion=v{KUBERNETES} {set}.gitMajor=1 {set}.gitMinor={minor}");
    compile(&folder.join("kube-apiserver"), &module, package, &flags, &work)
}

/// Where Go keeps a part of a module, after it was downloaded: `GoMod`, its go.mod; `Dir`, its files.
fn download(work: &Path, module: &str, version: &str, part: &str) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(work)?;
    let module = format!("{module}@v{version}");
    let output = Command::new("go")
        .args(["mod", "download", "-json", &module])
        .current_dir(work)
        .env("GOWORK", "off")
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let start = format!("\"{part}\": \"");
    let path = text.lines().find_map(|line| line.trim().strip_prefix(&start)?.strip_suffix("\","));
    path.map(PathBuf::from).with_context(|| format!("go could not download {module}: {text}"))
}

/// A module that builds the API server. Kubernetes takes its own libraries from folders beside it, which a module does
/// not have; they are published as modules of their own, under the version that we put in their place.
fn apiserver_go_mod(of_kubernetes: &str) -> anyhow::Result<String> {
    let mut module = "module sluice.test/kube-apiserver\n".to_owned();
    let kept = |line: &&str| line.starts_with("go ") || line.starts_with("godebug ");
    for line in of_kubernetes.lines().filter(kept) {
        writeln!(module, "{line}")?;
    }
    writeln!(module, "tool k8s.io/kubernetes/cmd/kube-apiserver")?;
    writeln!(module, "require k8s.io/kubernetes v{KUBERNETES}")?;
    let staging = KUBERNETES.split_once('.').map(|(_, rest)| rest).unwrap_or_default();
    let mut replaced = 0;
    for line in of_kubernetes.lines() {
        if let Some((library, place)) = line.trim().split_once(" => ")
            && place.starts_with("./staging/")
        {
            writeln!(module, "replace {library} => {library} v0.{staging}")?;
            replaced += 1;
        }
    }
    if replaced == 0 {
        bail!("the go.mod of Kubernetes {KUBERNETES} names no library beside it");
    }
    Ok(module)
}

fn compile(output: &Path, go_mod: &str, package: &str, flags: &str, work: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(work)?;
    std::fs::write(work.join("go.mod"), go_mod)?;
    let mut command = Command::new("go");
    command
        .args(["build", "-mod=mod", "-buildvcs=false", "-trimpath", "-ldflags", flags, "-o"])
        .arg(output)
        .arg(package)
        .current_dir(work)
        // Static, so that it runs in a namespace or a container of its own.
        .env("CGO_ENABLED", "0")
        .env("GOWORK", "off");
    execute_within(&mut command, LIMIT)
}

#[cfg(test)]
#[path = "kubernetes_tests.rs"]
mod tests;
