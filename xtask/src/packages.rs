//! Tries the packages of the crates as their users get them: a program outside of this workspace is built of them, and passes its tests. The
//! program is that of the guide's first page.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    jobs::{cargo, cargo_path},
    steps::run,
    tools,
};

/// The crates that are published.
const PUBLISHED: [&str; 5] = ["filekit", "filekit-files", "filekit-macros", "filekit-runtime", "filekit-test"];

const GUIDE: &str = "filekit/docs/first-page.md";

/// Makes the packages, and tests the program.
pub(crate) fn check(workspace: &Path) -> Result<(), String> {
    let mut package = cargo("package");
    // The program builds them. In a clone without changes there are none; while one works there are.
    package.current_dir(workspace).args(["--no-verify", "--allow-dirty"]);
    run(package.args(PUBLISHED.iter().flat_map(|name| ["--package", name])))?;
    let folder = tools::target()?.join("outside");
    let program = folder.join("album");
    remove(&program)?;
    create(&program.join("src"))?;
    let guide = read(&workspace.join(GUIDE))?;
    write(&program.join("Cargo.toml"), &manifest(&unpack_all(&folder)?))?;
    write(&program.join("src/main.rs"), &source(&guide)?)?;
    // The same versions of all others as here.
    fs::copy(workspace.join("Cargo.lock"), program.join("Cargo.lock")).map_err(|error| error.to_string())?;
    let mut test = Command::new(cargo_path());
    test.current_dir(&program).arg("test").env("CARGO_TARGET_DIR", folder.join("target"));
    run(&mut test)
}

/// Unpacks the packages that were made, and returns the folder of each.
fn unpack_all(folder: &Path) -> Result<Vec<(&'static str, PathBuf)>, String> {
    let unpack = |name| {
        let package = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let unpacked = folder.join(&package);
        remove(&unpacked)?;
        let archive = tools::target()?.join("package").join(format!("{package}.crate"));
        run(Command::new("tar").arg("--extract").arg("--file").arg(archive).arg("--directory").arg(folder))?;
        Ok((name, unpacked))
    };
    PUBLISHED.into_iter().map(unpack).collect()
}

/// The manifest of the program: as the guide says it, with our packages in place of those of a registry.
fn manifest(packages: &[(&str, PathBuf)]) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let patches: String = packages
        .iter()
        .map(|(name, folder)| format!("{name} = {{ path = {:?} }}\n", folder.display().to_string()))
        .collect();
    format!(
        "[package]\nname = \"album\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nfilekit = \"{version}\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [dev-dependencies]\nfilekit-test = \"{version}\"\n\n\
         [patch.crates-io]\n{patches}\n[workspace]\n"
    )
}

/// The last whole program of the guide, with the test that stands there.
fn source(guide: &str) -> Result<String, String> {
    let blocks: Vec<&str> = guide.split("\n```rust").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    let shown = |is: fn(&str) -> bool| {
        let block = blocks.iter().rev().find(|block| is(block)).and_then(|block| block.split_once('\n'));
        block.map(|(_, code)| code).ok_or_else(|| format!("{GUIDE} has no such program any more"))
    };
    let program = shown(|block| block.contains("\nasync fn main() -> Result<()> {"))?;
    let tests = shown(|block| block.contains("\n    #[tokio::test]"))?;
    Ok(format!("{program}\n\n{tests}\n"))
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}

fn create(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
