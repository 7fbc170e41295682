//! What the compiler says about pages: programs that it refuses, each with its message, and programs that it takes.
//! The messages are those of the compiler in `rust-version`; what the pages do is tested elsewhere.

use std::collections::BTreeSet;
use std::path::Path;

/// Compiles every case below `ui/`. The file's name is the mistake.
#[test]
fn messages_are_as_recorded() {
    let cases = trybuild::TestCases::new();
    for part in ["state", "event", "view"] {
        cases.pass(format!("ui/{part}/pass/*.rs"));
        cases.compile_fail(format!("ui/{part}/fail/*.rs"));
    }
}

/// The names between quotes in the constant `name` of the macros' list.
fn names_of_macros(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../filekit-macros/src/view/names.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let start = source.find(&format!("const {name}: ")).unwrap_or_else(|| panic!("no {name}"));
    let body = &source[start..][..source[start..].find("];").unwrap()];
    body.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn macros_and_runtime_know_the_same_elements() {
    let kit = names_of_macros("KIT").into_iter().step_by(2); // name and tag by turns
    let known: BTreeSet<String> = kit.chain(names_of_macros("HTML")).collect();
    assert_eq!(known, filekit::__private::elements::names().map(str::to_owned).collect());
}
