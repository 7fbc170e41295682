//! The reference chapter has an example of everything.

use std::collections::BTreeSet;
use std::path::Path;

type Words = BTreeSet<String>;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code of the reference.
fn examples() -> String {
    let reference = read("filekit/docs/reference.md");
    reference.split("```").skip(1).step_by(2).collect()
}

/// Words of `source` that stand right before `sign`, with or without a blank between them.
fn words_before(source: &str, sign: char) -> Words {
    let mut words = Words::new();
    for (at, _) in source.match_indices(sign) {
        let before = source[..at].trim_end();
        let start = before.rfind(|character: char| !is_word(character)).map_or(0, |place| place + 1);
        words.insert(before[start..].to_owned());
    }
    words
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn words(source: &str) -> Words {
    source.split(|character| !is_word(character)).map(str::to_owned).collect()
}

/// What follows `mark` in each place of `source` where it stands, up to what is no word.
fn words_after(source: &str, mark: &str) -> Words {
    let rest = source.match_indices(mark).map(|(at, _)| &source[at + mark.len()..]);
    rest.map(|rest| rest.chars().take_while(|character| is_word(*character)).collect()).collect()
}

fn assert_all_are_in(wanted: &Words, found: &Words, what: &str) {
    assert!(!wanted.is_empty(), "no {what} were found in the sources");
    let missing: Vec<_> = wanted.difference(found).collect();
    assert!(missing.is_empty(), "filekit/docs/reference.md has no example of these {what}: {missing:?}");
}

#[test]
fn every_element_has_an_example() {
    let names = filekit::__private::elements::names().chain(["el", "attr"]).map(str::to_owned).collect();
    assert_all_are_in(&names, &words_before(&examples(), '('), "elements");
}

#[test]
fn every_attribute_has_an_example() {
    let names = filekit::__private::elements::names_of_attributes().map(str::to_owned).collect();
    assert_all_are_in(&names, &words_before(&examples(), '='), "attributes");
}

#[test]
fn every_client_value_and_action_has_an_example() {
    let examples = examples();
    for file in ["files", "action"] {
        let source = read(&format!("filekit-runtime/src/view/{file}.rs"));
        let functions = words_after(&source, "\npub fn ");
        // Before a turbofish there are colons.
        let mut called = words_before(&examples, '(');
        called.extend(words_before(&examples.replace("::<", "("), '('));
        assert_all_are_in(&functions, &called, &format!("functions of {file}.rs"));
    }
}

#[test]
fn every_field_of_the_browser_has_an_example() {
    let fields = filekit::__private::wire::field::ALL.iter().map(|field| field.text.to_owned()).collect();
    assert_all_are_in(&fields, &words_after(&examples(), "."), "fields");
}

#[test]
fn everything_that_an_event_returns_has_an_example() {
    let source = read("filekit-runtime/src/event/effects.rs") + &read("filekit-runtime/src/event/download.rs");
    let types = words_after(&source, "IntoEffects for ");
    assert!(types.contains("Toast") && types.contains("Result"), "{types:?}");
    // `()` and tuples are no words.
    let types = types.into_iter().filter(|name| !name.is_empty()).collect();
    let examples = examples();
    assert_all_are_in(&types, &words(&examples), "types");
    assert!(examples.contains("-> ("), "no event returns a tuple");
    assert!(examples.contains("(&mut self) {}"), "no event returns nothing");
}
