//! What is in the packages of the crates that are published.

use std::path::Path;
use std::process::Command;

const CRATES: [&str; 5] = ["filekit", "filekit-files", "filekit-macros", "filekit-runtime", "filekit-test"];

/// What cargo adds to a package by itself.
const OF_CARGO: [&str; 4] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];

/// The files of a crate's package, as `cargo package` would take them now.
fn files(name: &str) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).expect("text");
    paths.lines().map(|path| path.replace('\\', "/")).filter(|path| !OF_CARGO.contains(&path.as_str())).collect()
}

fn manifest(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("Cargo.toml");
    std::fs::read_to_string(path).expect("a manifest")
}

#[test]
fn packages_hold_sources_licences_and_documents_alone() {
    for name in CRATES {
        let allowed = |path: &String| {
            let file = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"].contains(&path.as_str());
            file || ["src/", "docs/", "client/src/", "client/dist/"].iter().any(|folder| path.starts_with(folder))
        };
        let files = files(name);
        let others: Vec<&String> = files.iter().filter(|path| !allowed(path)).collect();
        assert!(others.is_empty(), "{name}: {others:?}");
        for needed in ["src/lib.rs", "LICENSE-APACHE", "LICENSE-MIT"] {
            assert!(files.iter().any(|path| path == needed), "{name} lacks {needed}");
        }
    }
    for needed in ["client.js", "transfer.js", "resume.js", "development.js", "client.css"] {
        for needed in [needed.to_owned(), format!("{needed}.gz")] {
            assert!(files("filekit-runtime").contains(&format!("client/dist/{needed}")), "{needed}");
        }
    }
}

/// A pattern without a slash in front means a name in any folder (cargo reads them as `.gitignore` does): `src` is also that of each
/// package in `node_modules`, which is there only after the client was built.
#[test]
fn included_patterns_begin_at_the_root_of_the_crate() {
    for name in CRATES {
        let manifest = manifest(name);
        let Some((_, rest)) = manifest.split_once("\ninclude = [") else { continue };
        let patterns = rest.split(']').next().unwrap_or_default();
        for pattern in patterns.split(',').map(|pattern| pattern.trim().trim_matches('"')) {
            assert!(pattern.starts_with('/'), "{name}: {pattern}");
        }
    }
}
