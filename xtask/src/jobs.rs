//! The tasks and their jobs: which programs run, in which order. How a step runs and is reported stands in `steps.rs`.

use std::{env, process::Command};

use crate::{
    client, fuzz, packages,
    steps::{self, Steps},
    tidy, tools,
};

/// The jobs of `cargo xtask ci`, the quick ones first.
pub(crate) const ALL: &[&str] = &["fmt", "clippy", "docs", "tidy", "dependencies", "packages", "test", "fuzz"];

/// How long each target is fuzzed before a change is taken, in seconds: all of them together take a minute and a half.
const FUZZ_SECONDS: u32 = 15;

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
            "dependencies" => dependencies(steps),
            "packages" => packages(steps),
            "fuzz" => {
                let run = fuzz::Run::new(fuzz::Inputs::Repeatable).seconds(FUZZ_SECONDS);
                fuzz::fuzz(steps, None, run);
            }
            _ => test(steps),
        }
    }
    true
}

/// Tests over HTTP that take seconds: they send gigabytes, or thousands of files.
const SLOW: &[&str] = &[
    "endpoint::bad_input::a_visitor_has_so_many",
    "endpoint::browsers::",
    "endpoint::clients::",
    "http::blind::",
    "http::corpus::",
    "http::download_zip::more_entries_than_the_old_format_counts",
    "http::download_zip::the_length_of_an_archive",
    "http::download_zip_programs::",
    "http::full_disk::",
    "http::on_s3::",
    "http::process::",
    "http::readers::",
    "http::serving::on_s3::",
];

/// Of the tests that are no unit tests, those that a person runs every few minutes: names and parts of names.
const QUICK: &[&str] =
    &["http::", "endpoint::", "floors::", "pictures::", "reference::", "stores::memory::", "sync::", "visits::", SMOKE];

const QUICK_TARGETS: [&str; 5] = ["--workspace", "--lib", "--bins", "--test", "it"];

/// One upload from the page of the example, in Chromium.
const SMOKE: &str = "browser::upload::uploaded_files_appear_as_links_without_a_reload";

/// What is known in a minute on a tree that was built before. It sets nothing up and leaves out what takes long: compile-fail
/// cases, doc tests, most tests in browsers, those in an editor, those of the client.
pub(crate) fn quick(steps: &mut Steps) {
    fmt(steps);
    let mut clippy = cargo("clippy");
    clippy.args(["--workspace", "--all-targets", "--", "--deny", "warnings"]);
    steps.program("clippy", &mut clippy);
    let built = steps.program("build the tests", cargo("test").args(QUICK_TARGETS).arg("--no-run"));
    if !built {
        return;
    }
    steps.program("unit tests", tests().args(["--lib", "--bins"]));
    let mut others = tests();
    others.args(["--test", "it", "--"]).args(QUICK);
    others.args(SLOW.iter().flat_map(|name| ["--skip", name]));
    steps.program("HTTP, and one browser test", &mut others);
}

/// Everything that can be tested: the client without a browser, then unit, doc, compile-fail, HTTP, browser and editor
/// tests. Those in an editor are left out where there is no rust-analyzer for this toolchain, and those in Firefox or
/// WebKit where these cannot be had; the report says so.
pub(crate) fn test(steps: &mut Steps) {
    let ready = steps.run("set-up", |_| tools::provide(tools::ALL));
    if !ready {
        return;
    }
    let mut built = false;
    let mut tests = tests();
    tests.args(["--no-fail-fast", "--"]);
    steps.beside(
        |steps| built = build(steps),
        |steps| {
            client::test(steps);
            provide_for_some(steps, &mut tests);
        },
    );
    if built {
        steps.program("cargo test", &mut tests);
    }
}

/// Builds the tests, and the examples, which tests start as programs: built here, no test waits for that.
fn build(steps: &mut Steps) -> bool {
    let mut build = cargo("build");
    steps.program("build the tests", build.args(["--workspace", "--tests", "--bin", "example-*"]))
}

/// Makes sure of what only some tests need, and leaves those out for which it cannot be had.
fn provide_for_some(steps: &mut Steps, tests: &mut Command) {
    if let Err(why) = tools::provide_rust_analyzer() {
        steps.leave_out("tests in an editor", why);
        tests.args(["--skip", "editor::"]);
    }
    if let Err(why) = tools::provide_firefox(&cargo_path()) {
        steps.leave_out("tests in Firefox", why);
        tests.args(["--skip", "browser::firefox::"]);
    }
    if let Err(why) = tools::provide_webkit() {
        steps.leave_out("tests in WebKit", why);
        tests.args(["--skip", "browser::webkit::"]);
    }
    if let Err(why) = tools::provide_python_libraries() {
        steps.leave_out("tests with libraries of Python", why);
        tests.args(["--skip", "readers::python", "--skip", "clients::tuspy"]);
    }
    if let Err(why) = tools::provide_valkey() {
        steps.leave_out("tests with Valkey", why);
        tests.args(["--skip", "stores::valkey::", "--skip", "fleet::haproxy::"]);
    }
    if let Err(why) = tools::provide_seaweedfs() {
        steps.leave_out("tests with S3", why);
        tests.args(["--skip", "::s3::", "--skip", "::s3_", "--skip", "::on_s3::"]);
    }
    if let Err(why) = tools::provide_azurite() {
        steps.leave_out("tests with Azure Blob Storage", why);
        tests.args(["--skip", "::azure::"]);
    }
    if let Err(why) = tools::provide_proxies() {
        steps.leave_out("tests behind nginx and HAProxy", why);
        tests.args(["--skip", "fleet::", "--skip", "fleet_faults::"]);
    }
    if let Err(why) = tools::provide_upload_clients(steps.workspace()) {
        steps.leave_out("tests with clients of other programs", why);
        tests.args(["--skip", "clients::tus_js_client", "--skip", "endpoint::browsers::"]);
    }
}

/// The command that runs tests, as many at a time as there are processors: each browser takes more than one while a page is loaded, and
/// what a test does in time takes longer beside others.
fn tests() -> Command {
    let mut tests = cargo("test");
    tests.arg("--workspace");
    tests
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

/// What users compile with filekit: licences, where it comes from, and what is not wanted. Known faults of it (`cargo deny check advisories`)
/// are of a day, and not of a change: their database is fetched, and says something else tomorrow.
fn dependencies(steps: &mut Steps) {
    steps.run("dependencies", |workspace| {
        let mut deny = Command::new(tools::provide_cargo_deny(&cargo_path())?);
        deny.current_dir(workspace).args(["--locked", "check", "licenses", "bans", "sources"]);
        steps::run(&mut deny)
    });
}

fn packages(steps: &mut Steps) {
    steps.run("packages", packages::check);
}

/// A cargo command that builds exactly what `Cargo.lock` says.
pub(crate) fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(cargo_path());
    // What cargo says of this crate is none of the business of others' build scripts, some of which run again when it changes.
    let of_crate = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_crate)) {
        cargo.env_remove(name);
    }
    cargo.args([command, "--locked"]);
    cargo
}

/// The cargo that runs this task, so that all steps use one toolchain.
pub(crate) fn cargo_path() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
