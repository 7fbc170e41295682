//! Lists that stand in two places must say the same; not what is in them.

use std::collections::BTreeSet;
use std::path::Path;

use filekit::__private::{catalogue, wire};

type Words = BTreeSet<String>;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between quotes in the constant `name` of the client's list of names.
fn names_of_client(name: &str) -> Words {
    let source = read("filekit-runtime/client/src/names.ts");
    let start = source.find(&format!("export const {name} = ")).unwrap_or_else(|| panic!("no {name}"));
    let body = &source[start..][..source[start..].find("as const").unwrap()];
    body.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn words(lists: &[&[&str]]) -> Words {
    lists.concat().iter().map(|&word| word.to_owned()).collect()
}

/// Words of the form `area.reason` between `quote`s.
fn codes(source: &str, quote: char) -> Words {
    let is_code = |word: &&str| {
        let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-'));
        plain && word.split('.').filter(|part| !part.is_empty()).count() == 2 && word.matches('.').count() == 1
    };
    let files = ["md", "ts", "rs"];
    let is_file = |word: &&str| files.contains(&word.rsplit('.').next().unwrap_or_default());
    source.split(quote).filter(is_code).filter(|word| !is_file(word)).map(str::to_owned).collect()
}

#[test]
fn server_and_browser_use_the_same_names() {
    assert_eq!(words(&[wire::attribute::ALL]), names_of_client("ATTRIBUTES"));

    // `event` is the key of a call, and `literal` an expression that no view writes yet.
    let mut actions = names_of_client("ACTIONS");
    assert!(actions.remove("event"));
    assert_eq!(words(&[wire::action::ALL]), actions);
    let mut expressions = names_of_client("EXPRESSIONS");
    assert!(expressions.remove("literal"));
    assert_eq!(words(&[wire::expression::ALL]), expressions);

    let lists = ["SELECTED_FILE_FIELDS", "REJECTED_FILE_FIELDS", "PROGRESS_FIELDS"];
    assert_eq!(words(&[wire::field::ALL]), lists.into_iter().flat_map(names_of_client).collect());

    for path in names_of_client("PATHS") {
        assert!(wire::path::ALL.contains(&path.as_str()), "{path}");
    }
    assert!(read("filekit-runtime/client/src/names.ts").contains(&format!("CALL_PART = \"{}\"", wire::CALL_PART)));
}

/// Keys and texts of one of the client's two catalogues, which stand in pairs.
fn texts_of_client(file: &str) -> Vec<(String, String)> {
    let source = read(&format!("filekit-runtime/client/src/{file}"));
    let start = source.find("export const TEXTS = ").expect("a catalogue");
    let body = &source[start..][..source[start..].find("as const").unwrap()];
    let quoted: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
    quoted.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

#[test]
fn server_and_browser_say_the_same_words() {
    let ours = [catalogue::SHARED, catalogue::CLIENT].concat();
    let mut ours: Vec<_> = ours.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    let mut theirs = ["texts.ts", "transfer/texts.ts"].map(texts_of_client).concat();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
}

#[test]
fn translators_find_all_texts_in_the_guide() {
    let all = [catalogue::SHARED, catalogue::CLIENT, catalogue::SERVER].concat();
    let expected: Vec<String> = all.iter().map(|(key, text)| format!("| `{key}` | {text} |")).collect();
    let guide = read("filekit/docs/translation.md");
    let rows: Vec<&str> = guide.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows, expected);
}

/// The types in the constant `TOP_LEVEL_TYPES` of a source.
fn top_level_types(path: &str) -> Vec<String> {
    let source = read(path);
    let (_, rest) = source.split_once("const TOP_LEVEL_TYPES: &[&str] = &[").expect("a list of types");
    let (list, _) = rest.split_once("];").expect("its end");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn macros_and_server_know_the_same_top_level_types() {
    let types = top_level_types("filekit-files/src/upload/consistency.rs");
    assert!(types.contains(&"image".to_owned()), "{types:?}");
    assert_eq!(types, top_level_types("filekit-macros/src/view/literals.rs"));
}

#[test]
fn every_error_code_is_explained_and_none_is_made_up() {
    let sources = [
        "filekit-files/src/error/rejection.rs",
        "filekit-runtime/src/error/rejection.rs",
        "filekit-runtime/src/server/reply.rs",
    ];
    let mut used: Words = sources.iter().flat_map(|path| codes(&read(path), '"')).collect();
    used.extend(codes(&read("filekit-runtime/client/src/names.ts"), '"'));
    let explained: Words = read("filekit/docs/errors.md")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|row| codes(row, '`'))
        .collect();
    assert_eq!(used, explained);
}

/// The blocks of a chapter that no doc test compiles.
fn uncompiled(chapter: &str) -> Vec<&str> {
    let blocks = chapter.split("```rust,ignore\n").skip(1);
    blocks.map(|rest| rest.split_once("```").expect("the end of a block").0).collect()
}

#[test]
fn what_the_guide_says_of_axum_login_is_what_the_example_runs() {
    let guide = read("filekit/docs/security.md");
    let example = read("examples/sign-in/src/main.rs");
    let blocks = uncompiled(&guide);
    assert_eq!(blocks.len(), 1);
    for block in blocks {
        assert!(block.contains("login_required!") && example.contains(block), "{block}");
    }
    for chapter in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../filekit/docs")).unwrap() {
        let path = chapter.unwrap().path();
        let is_checked = path.ends_with("security.md") || path.extension() != Some("md".as_ref());
        assert!(is_checked || uncompiled(&read(path.to_str().unwrap())).is_empty(), "{}", path.display());
    }
}

#[test]
fn every_example_says_what_it_shows_and_is_a_member() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut count = 0;
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        count += 1;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let main = read(&format!("examples/{name}/src/main.rs"));
        assert!(main.starts_with("//! "), "{name} has no header");
        assert!(main.contains(&format!("cargo run -p example-{name}")), "{name} does not say how to run it");
        assert!(read("README.md").contains(&format!("(./examples/{name})")), "the README does not lead to {name}");
    }
    assert!(count > 0);
}

#[test]
fn the_readme_of_files_shows_its_example() {
    let main = read("examples/gallery/src/main.rs");
    let (_, program) = main.split_once("\n\n").expect("a header, and a program behind it");
    assert!(read("filekit-files/README.md").contains(&format!("```rust,ignore\n{program}```\n")));
}

#[test]
fn what_takes_and_serves_files_waits_for_no_web_framework() {
    let lock = read("Cargo.lock");
    let packages: Vec<&str> = lock.split("[[package]]").collect();
    let mut needed = vec!["filekit-files"];
    let mut next = 0;
    while let Some(&name) = needed.get(next) {
        next += 1;
        let of_that_name = |package: &&&str| package.contains(&format!("\nname = \"{name}\"\n"));
        for package in packages.iter().filter(of_that_name) {
            let dependencies = package.lines().filter_map(|line| line.strip_prefix(" \"")?.split(['"', ' ']).next());
            needed.extend(dependencies.filter(|name| !needed.contains(name)).collect::<Vec<_>>());
        }
    }
    assert!(needed.contains(&"axum-core"), "{needed:?}");
    for framework in ["axum", "hyper", "tower"] {
        assert!(!needed.contains(&framework), "{framework} is needed by filekit-files");
    }
}
