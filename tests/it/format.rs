//! rustfmt understands views: it keeps those in `format/` as they are and brings others into that form.
//! They are compiled too, so that they are what users can write.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The pages of `format/`. In a macro `cargo fmt` passes them over: its settings here are not those of our users.
macro_rules! pages {
    ($($name:ident = $path:literal;)*) => {
        $(
            #[allow(dead_code, reason = "nobody asks for the pages")]
            #[path = $path]
            mod $name;
        )*

        const COMPILED: &[&str] = &[$(stringify!($name)),*];
    };
}

pages! {
    actions = "../format/actions.rs";
    any_name = "../format/any_name.rs";
    attributes = "../format/attributes.rs";
    browser = "../format/browser.rs";
    comments = "../format/comments.rs";
    components = "../format/components.rs";
    conditions = "../format/conditions.rs";
    deep = "../format/deep.rs";
    fallible = "../format/fallible.rs";
    form = "../format/form.rs";
    gallery = "../format/gallery.rs";
    loops = "../format/loops.rs";
    matches = "../format/matches.rs";
    roots = "../format/roots.rs";
    scopes = "../format/scopes.rs";
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("format")
}

/// The files of `format/` whose name ends like that, sorted by name.
fn pages(end: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(end)).collect();
    files.sort();
    files
}

fn rustfmt() -> Command {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024", "--config-path"]).arg(folder().join("rustfmt.toml"));
    command
}

fn run(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("rustfmt is part of the toolchain: `rustup component add rustfmt`");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn rustfmt_keeps_views_as_they_are() {
    let pages = pages(".rs").into_iter().filter(|path| !path.to_string_lossy().ends_with(".unformatted.rs"));
    let mut command = rustfmt();
    command.arg("--check").args(pages);
    let output = run(command, "");
    let difference = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{difference}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn rustfmt_brings_views_into_form() {
    let unformatted = pages(".unformatted.rs");
    assert!(!unformatted.is_empty());
    for path in unformatted {
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected = fs::read_to_string(folder().join(name.replace(".unformatted", ""))).unwrap();
        let output = run(rustfmt(), &fs::read_to_string(&path).unwrap());
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
    }
}

#[test]
fn every_formatted_page_is_compiled() {
    let names = pages(".rs").into_iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    let formatted: Vec<String> = names.filter(|name| !name.contains('.')).collect();
    assert_eq!(formatted, COMPILED);
}
