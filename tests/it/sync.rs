//! Lists that stand in two places must say the same.

use std::collections::BTreeSet;
use std::path::Path;

use filekit::__private::{TEXTS, wire};

type Words = BTreeSet<String>;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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

/// The names of the functions of `source` whose declaration has that, in order.
fn functions(source: &str, declared: &str) -> Vec<String> {
    let declarations = source.split("\npub fn ").skip(1).filter_map(|rest| rest.split_once(" {"));
    let found = declarations.filter(|(declaration, _)| declaration.contains(declared));
    let mut names: Vec<_> =
        found.filter_map(|(declaration, _)| Some(declaration.split_once('(')?.0.to_owned())).collect();
    names.sort_unstable();
    names
}

/// The texts in the list of a source whose declaration begins so, in order.
fn list(source: &str, declaration: &str) -> Vec<String> {
    let (_, rest) = source.split_once(declaration).expect("a list");
    let (list, _) = rest.split_once("];").expect("its end");
    let mut texts: Vec<_> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn macros_know_what_takes_the_id_of_an_upload_and_what_the_browser_evaluates() {
    let views = read("filekit-runtime/src/view/files.rs") + &read("filekit-runtime/src/view/action.rs");
    let (names, browser) = (read("filekit-macros/src/view/names.rs"), read("filekit-macros/src/view/browser.rs"));
    assert_eq!(functions(&views, "(id: impl Into<Upload"), list(&names, "TAKES_UPLOAD: &[&str] = &["));
    assert_eq!(functions(&views, "-> Client<bool>"), list(&browser, "CONDITIONS: &[&str] = &["));
    assert_eq!(functions(&views, "-> Client<["), list(&browser, "LISTS: &[&str] = &["));
}

#[test]
fn tests_of_programs_know_the_names_and_words_of_pages() {
    let names = |all: &[wire::Name]| all.iter().map(|name| format!("{:?}", name.text)).collect::<Vec<_>>();
    let shown = read("filekit-test/src/html/shown.rs");
    let client = read("filekit-test/src/page/client.rs") + &shown;
    let unknown = |source: &str, names: Vec<String>| names.into_iter().find(|name| !source.contains(name));
    assert_eq!(unknown(&client, names(wire::expression::ALL)), None);
    assert_eq!(unknown(&read("filekit-test/src/page/actions.rs"), names(wire::action::ALL)), None);
    let attributes = shown.split('"').filter(|text| text.starts_with("data-filekit-"));
    for attribute in attributes {
        assert!(wire::attribute::ALL.iter().any(|name| name.text == attribute), "{attribute}");
    }

    let rules = read("filekit-test/src/page/rules.rs");
    let (_, words) = rules.split_once("const WORDS: &[(&str, &str)] = &[").expect("a list of words");
    let (words, _) = words.split_once("];").expect("its end");
    let texts: Vec<&str> = words.split('"').skip(1).step_by(2).collect();
    assert!(!texts.is_empty() && texts.len().is_multiple_of(2), "{texts:?}");
    for pair in texts.chunks(2) {
        assert!(TEXTS.concat().iter().any(|(key, words)| [*key, *words] == pair), "{pair:?}");
    }
}

/// Texts whose keys look like codes of refusals and are none.
const NO_CODES: [&str; 9] = [
    "download.not-available",
    "event.forbidden",
    "event.sign-in",
    "upload.choose",
    "upload.damaged",
    "upload.empty",
    "upload.misnamed",
    "upload.not-text",
    "upload.send",
];

/// Codes of refusals whose words are not in the catalogue: those of a handler.
const OTHER_WORDS: [&str; 1] = ["event.refused"];

/// The codes of refusals have words under the same keys.
fn codes() -> Words {
    let areas = ["request.", "event.", "state.", "form.", "upload.", "storage.", "download.", "server.", "quota."];
    let keys = TEXTS.concat().into_iter().map(|(key, _)| key);
    let codes = keys.filter(|key| areas.iter().any(|area| key.starts_with(area)) && !NO_CODES.contains(key));
    codes.chain(OTHER_WORDS).map(str::to_owned).chain(codes_of_endpoints()).collect()
}

/// The codes of refusals whose words are for programs: texts with a point and without a blank.
fn codes_of_endpoints() -> Vec<String> {
    let source = read("filekit-runtime/src/routes/endpoint/refusal.rs");
    let texts = source.split('"').skip(1).step_by(2);
    let is_code =
        |text: &&str| text.contains('.') && text.chars().all(|one| one.is_ascii_lowercase() || ".-".contains(one));
    texts.filter(|text| is_code(text)).map(str::to_owned).collect()
}

/// The codes in the first cells of the rows of all tables: other tables name variables of the environment.
fn explained(chapter: &str) -> Words {
    let rows = read(chapter);
    let cells = rows.lines().filter_map(|row| row.strip_prefix("| `")?.split_once('`')).map(|(cell, _)| cell);
    cells.filter(|cell| cell.contains('.')).map(str::to_owned).collect()
}

#[test]
fn every_error_code_is_explained_and_none_is_made_up() {
    let reports = wire::report::ALL.iter().map(|name| name.text.to_owned());
    let used: Words = codes().into_iter().chain(reports).collect();
    assert_eq!(used, explained("filekit/docs/errors.md"));
}

#[test]
fn the_browser_looks_for_codes_that_there_are() {
    let codes = codes();
    for name in wire::code::ALL {
        assert!(codes.contains(name.text), "{name:?}");
    }
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
fn the_readme_shows_its_example() {
    let main = read("examples/album/src/main.rs");
    let (_, program) = main.split_once("\n\n").expect("a header, and a program behind it");
    assert!(read("README.md").contains(&format!("```rust,no_run\n{program}```\n")));
}

#[test]
fn what_takes_and_serves_files_waits_for_no_web_framework() {
    // Not what the lock says: that has what features need as well.
    let mut tree = std::process::Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--offline", "--package", "filekit-files", "--edges", "normal", "--prefix", "none"]);
    let tree = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("text");
    let needed: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(needed.contains(&"axum-core"), "{needed:?}");
    for framework in ["axum", "hyper", "tower"] {
        assert!(!needed.contains(&framework), "{framework} is needed by filekit-files");
    }
}
