//! The tasks and their jobs: which programs run, in which order. How a step runs and is reported stands in `steps.rs`.

use std::{env, process::Command};

use crate::{client, fuzz, steps::Steps, tidy, tools};

/// The jobs of `cargo xtask ci`, the quick ones first.
pub(crate) const ALL: &[&str] = &["fmt", "clippy", "docs", "tidy", "test", "fuzz"];

/// Runs the named jobs. Returns false, and runs nothing, if a name is unknown.
pub(crate) fn ci(steps: &mut Steps, jobs: &[&str]) -> bool {
    if !jobs.iter().all(|job| ALL.contains(job)) {
        return false;
    }
    for job in jobs {
        match *job {
            "fmt" => fmt(steps),
            "clippy" => clippy(steps),
            "docs" => docs(steps),
            "tidy" => tidy(steps),
            "fuzz" => _ = fuzz::fuzz(steps, None, fuzz::SECONDS),
            _ => test(steps),
        }
    }
    true
}

/// Everything that can be tested: the client without a browser, then unit, doc, compile-fail, HTTP, browser and editor
/// tests. Those in an editor are left out where there is no rust-analyzer for this toolchain, and those in Firefox where
/// that cannot be had; the report says so.
pub(crate) fn test(steps: &mut Steps) {
    let ready = steps.run("set-up", |_| tools::provide(tools::ALL));
    if !ready {
        return;
    }
    client::test(steps);
    let built = steps.program("build the tests", cargo("test").args(["--workspace", "--no-run"]));
    if !built {
        return;
    }
    let mut tests = cargo("test");
    tests.args(["--workspace", "--no-fail-fast", "--"]);
    if let Err(why) = tools::provide_rust_analyzer() {
        steps.leave_out("tests in an editor", why);
        tests.args(["--skip", "editor::"]);
    }
    if let Err(why) = tools::provide_firefox(&cargo_path()) {
        steps.leave_out("tests in Firefox", why);
        tests.args(["--skip", "browser::firefox::"]);
    }
    if let Err(why) = tools::provide_python_libraries() {
        steps.leave_out("tests with libraries of Python", why);
        tests.args(["--skip", "readers::python"]);
    }
    steps.program("cargo test", &mut tests);
}

/// Writes anew what is kept under version control but made by a program: messages of the compiler, the client's bundle.
pub(crate) fn bless(steps: &mut Steps) {
    let ready = steps.run("set-up", |_| tools::provide(tools::NODE));
    if ready {
        client::bless(steps);
    }
    let mut messages = cargo("test");
    messages.args(["--workspace", "--test", "it", "ui::"]).env("FILEKIT_BLESS", "1");
    steps.program("compiler messages", &mut messages);
}

fn fmt(steps: &mut Steps) {
    // Formatting needs no lock file, so `cargo fmt` doesn't know `--locked`.
    steps.program("fmt", Command::new(cargo_path()).args(["fmt", "--all", "--check"]));
    let mut targets = Command::new(cargo_path());
    targets.args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]);
    steps.program("fmt of the fuzz targets", &mut targets);
}

fn clippy(steps: &mut Steps) {
    let mut clippy = cargo("clippy");
    clippy.args(["--workspace", "--all-targets", "--", "--deny", "warnings"]);
    steps.program("clippy", &mut clippy);
    // The tests switch every feature on; most users switch on none.
    let mut plain = cargo("clippy");
    plain.args(["--package", "filekit", "--all-targets", "--", "--deny", "warnings"]);
    steps.program("clippy without features", &mut plain);
}

fn docs(steps: &mut Steps) {
    let mut docs = cargo("doc");
    docs.args(["--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings");
    steps.program("docs", &mut docs);
}

fn tidy(steps: &mut Steps) {
    steps.run("tidy", tidy::check);
}

/// A cargo command that builds exactly what `Cargo.lock` says.
fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(cargo_path());
    cargo.args([command, "--locked"]);
    cargo
}

/// The cargo that runs this task, so that all steps use one toolchain.
pub(crate) fn cargo_path() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
