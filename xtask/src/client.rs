//! The browser client's checks, the files that are made for it, and its committed bundle, by its own npm scripts. It knows their
//! names, not what they do.

use std::{
    collections::BTreeMap,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    generated,
    steps::{Steps, run, say},
};

const CLIENT: &str = "filekit-runtime/client";

/// What a server has at hand in a smaller form, too.
const COMPRESSED: [&str; 5] = ["client.js", "transfer.js", "resume.js", "development.js", "client.css"];

/// Type check, tests, and proof that the generated files and the committed bundle are what their sources give.
pub(crate) fn test(steps: &mut Steps) {
    steps.run("generated files", generated::check);
    if !steps.run("client: packages", install) {
        return;
    }
    steps.program("client: type check", &mut npm(steps.workspace(), &["run", "check"]));
    steps.program("client: tests", &mut npm(steps.workspace(), &["test"]));
    steps.run("client: bundle", compare_bundle);
}

/// Makes the generated files and the committed bundle anew.
pub(crate) fn bless(steps: &mut Steps) {
    steps.run("generated files", generated::write);
    if steps.run("client: packages", install) {
        steps.run("client: bundle", build);
    }
}

/// npm tries again by itself when the network fails, but only single requests.
fn install(workspace: &Path) -> Result<(), String> {
    let install = || run(&mut npm(workspace, &["ci", "--no-audit", "--no-fund", "--fetch-retries=4"]));
    install().or_else(|first| {
        say(format_args!("{first}; once more"));
        install()
    })
}

fn build(workspace: &Path) -> Result<(), String> {
    run(&mut npm(workspace, &["run", "build"]))?;
    let folder = workspace.join(CLIENT).join("dist");
    for name in COMPRESSED {
        compress(&folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// Writes `name.gz` beside `name`.
fn compress(path: &Path) -> std::io::Result<()> {
    let content = fs::read(path)?;
    let mut compressed = Cursor::new(Vec::new());
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, &*content, &mut compressed)?;
    fs::write(path.with_added_extension("gz"), compressed.into_inner())
}

fn compare_bundle(workspace: &Path) -> Result<(), String> {
    let folder = workspace.join(CLIENT).join("dist");
    let committed = bundle(&folder)?;
    build(workspace)?;
    let built = bundle(&folder)?;
    let names: Vec<&str> = differing(&committed, &built);
    // A check leaves everything as it was; `bless` is what changes files.
    for (path, bytes) in &committed {
        fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if committed.is_empty() {
        return Err("there is no bundle; run `cargo xtask client`".to_owned());
    }
    if names.is_empty() {
        return Ok(());
    }
    Err(format!("{} differs from its sources; run `cargo xtask client`", names.join(", ")))
}

type Bundle = BTreeMap<PathBuf, Vec<u8>>;

fn bundle(folder: &Path) -> Result<Bundle, String> {
    let read = || -> std::io::Result<Bundle> {
        let mut bundle = Bundle::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let bytes = fs::read(&path)?;
            bundle.insert(path, bytes);
        }
        Ok(bundle)
    };
    read().map_err(|error| format!("{}: {error}", folder.display()))
}

fn differing<'a>(old: &'a Bundle, new: &'a Bundle) -> Vec<&'a str> {
    let mut paths: Vec<&PathBuf> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    let changed = paths.into_iter().filter(|path| old.get(*path) != new.get(*path));
    changed.filter_map(|path| path.file_name()?.to_str()).collect()
}

fn npm(workspace: &Path, arguments: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.arg("--prefix").arg(workspace.join(CLIENT)).args(arguments);
    npm
}
