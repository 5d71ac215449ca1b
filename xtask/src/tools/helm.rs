//! Helm, built from Go modules into target/helm: there is no package of it to install.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::project::{Project, execute, step};

/// The version that the chart was tried with.
const VERSION: &str = "3.22.0";

/// Builds it where it is missing, and where there is a Go: the tests of the chart are left out without it.
pub(super) fn build(project: &Project) -> anyhow::Result<()> {
    let folder = project.target().join("helm");
    let stamp = folder.join("version");
    if std::fs::read_to_string(&stamp).is_ok_and(|built| built == VERSION) {
        return Ok(());
    }
    if !has_go() {
        step("leaving out the tests of the Helm chart: there is no Go here to build Helm with");
        return Ok(());
    }
    step("building Helm into target/helm; this takes some minutes");
    compile(&folder)?;
    std::fs::write(stamp, VERSION)?;
    Ok(())
}

fn has_go() -> bool {
    Command::new("go").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn compile(folder: &Path) -> anyhow::Result<()> {
    let module = folder.join("module");
    std::fs::create_dir_all(&module)?;
    let package = "helm.sh/helm/v3/cmd/helm";
    let text =
        format!("module sluice.test/helm\ngo 1.24.0\ntool {package}\nrequire helm.sh/helm/v3 v{VERSION}\n");
    std::fs::write(module.join("go.mod"), text)?;
    let mut go = Command::new("go");
    go.args(["build", "-mod=mod", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o"]);
    go.arg(folder.join("helm")).arg(package).current_dir(&module);
    execute(go.env("CGO_ENABLED", "0").env("GOWORK", "off"))
}
