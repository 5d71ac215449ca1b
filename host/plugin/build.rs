//! Embeds the built-in plugins, which `cargo xtask build` leaves in `target/plugins`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for folder in candidates(&out) {
        let plugins = find_plugins(&folder)?;
        if !plugins.is_empty() {
            println!("cargo::rerun-if-changed={}", folder.display());
            return fs::write(out.join("built_in.rs"), list(&plugins));
        }
    }
    println!(
        "cargo::error=the built-in plugins are not compiled yet: run `cargo xtask build` once, then try again"
    );
    Ok(())
}

/// Where plugins may be, best first: beside what cargo is building, which a target directory that was
/// set somewhere ends up in too, and in the workspace's default target directory.
fn candidates(out: &Path) -> Vec<PathBuf> {
    // OUT_DIR is target/[triple/]profile/build/package/out.
    let above = out.ancestors().skip(3).take(3).map(|folder| folder.join("plugins"));
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
    above.chain([default]).collect()
}

fn find_plugins(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut plugins = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            println!("cargo::rerun-if-changed={}", path.display());
            plugins.push(path.canonicalize()?);
        }
    }
    plugins.sort();
    Ok(plugins)
}

fn list(plugins: &[PathBuf]) -> String {
    let mut source = String::from("pub(crate) static BUILT_IN: &[(&str, &[u8])] = &[\n");
    for plugin in plugins {
        let name = plugin.file_stem().unwrap_or_default().to_string_lossy();
        let path = plugin.to_string_lossy();
        // Writing to a String never fails.
        let _ = writeln!(source, "    ({name:?}, include_bytes!({path:?})),");
    }
    source.push_str("];\n");
    source
}
