//! What cargo has built of this workspace: the examples, and the libraries that tests use.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::Value;

/// Where an example is.
pub(crate) fn example(name: &str) -> PathBuf {
    let name = format!("example-{name}");
    let example = built().iter().find(|artefact| artefact["target"]["name"] == name.as_str());
    example.and_then(|artefact| artefact["executable"].as_str()).expect("an example of that name").into()
}

/// Where the library of a crate is, as the tests use it.
pub(crate) fn library(name: &str) -> PathBuf {
    let of_crate = built().iter().filter(|artefact| artefact["target"]["name"] == name);
    let files = of_crate.flat_map(|artefact| artefact["filenames"].as_array().into_iter().flatten());
    let libraries: Vec<&str> = files.filter_map(Value::as_str).filter(|file| file.ends_with(".rlib")).collect();
    let [library] = libraries[..] else { panic!("one version of {name} is used, not {libraries:?}") };
    library.into()
}

/// Builds the examples, once in a test run, and tells what cargo has made for them. Cargo does nothing if they are fresh.
fn built() -> &'static [Value] {
    static BUILT: OnceLock<Vec<Value>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        // What cargo says of the crate of these tests is not what it was told before: build scripts that look at it would run again, and all
        // that stands on them would be compiled anew.
        let of_crate = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_crate)) {
            build.env_remove(name);
        }
        let output = build
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--workspace", "--bin", "example-*", "--locked", "--message-format", "json"])
            .stdin(Stdio::null())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "the examples don't build: {}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8_lossy(&output.stdout);
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        messages.filter(|message| message["reason"] == "compiler-artifact").collect()
    })
}
