//! The snippets for editors: what they write is what the compiler takes, as it stands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use filekit_tests::Compiler;
use serde_json::Value;

/// The text of each snippet by its prefix, with what stands in the places to fill in.
fn snippets() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/filekit.code-snippets");
    let file: BTreeMap<String, Value> = serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON");
    let snippet = |snippet: &Value| {
        let lines: Vec<String> = serde_json::from_value(snippet["body"].clone()).expect("lines");
        let prefix = snippet["prefix"].as_str().expect("a prefix").to_owned();
        (prefix, filled_in(&lines.join("\n")))
    };
    file.values().map(snippet).collect()
}

/// `${1:text}` becomes `text`, and `$0` nothing.
fn filled_in(body: &str) -> String {
    let mut parts = body.split("${");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').expect("a place has an end");
        let (number, default) = place.split_once(':').expect("a place has a text");
        assert!(number.parse::<u8>().is_ok(), "{place}");
        text.push_str(default);
        text.push_str(rest);
    }
    text.replace("$0", "")
}

#[test]
fn what_snippets_write_compiles() {
    let snippets = snippets();
    let [program, state, event, uploader, test] =
        ["program", "state", "event", "uploader", "test"].map(|name| &snippets[&format!("filekit-{name}")]);
    let other = "#[state] #[derive(Default)] struct Other { files: Vec<StoredFile> }";
    let view = format!("fn other() -> View {{ view![{uploader}] }}");
    // Programs of this test have no other crates than filekit: the test of a page is compiled as what it calls.
    let page = "mod filekit_test {
        pub struct Program;
        pub struct Page;
        impl Program {
            pub fn new(_: filekit::axum::Router, _: fn(filekit::FileKitBuilder) -> filekit::FileKitBuilder) -> Self { Self }
            pub async fn open(&self, _: &str) -> Page { Page }
        }
        impl Page {
            pub fn choose(&mut self, _: &str, _: [(); 1]) -> &mut Self { self }
            pub async fn click(&mut self, _: &str) -> &mut Self { self }
            pub fn assert_text(&mut self, _: &str) -> &mut Self { self }
        }
        pub fn file(_: &str, _: &str) {}
    }";
    let test = test.replace("#[tokio::test]", "");
    let program = program.replace("#[tokio::main]\nasync fn main()", "async fn serve()");
    let source = format!(
        "{program}\n{state}\n{other}\n#[state]\nimpl Other {{ {event} }}\n{view}\n{page}\n{test}\nfn main() {{}}\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("snippets.rs");
    fs::write(&path, source).expect("a file");
    let compiled = Compiler::default().compile(path.to_str().expect("a path in text"));
    assert!(compiled.succeeded(), "{}", compiled.messages);
}
