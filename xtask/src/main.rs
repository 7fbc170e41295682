//! The tasks of this workspace: `cargo xtask quick`, `cargo xtask test`, `cargo xtask fuzz`, `cargo xtask client`,
//! `cargo xtask ci`, `cargo xtask bless`.
//! Not a build system: cargo and npm build, this only calls them in the right order.

mod client;
mod fuzz;
mod generated;
mod jobs;
mod packages;
mod steps;
mod tidy;
mod tools;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use steps::Steps;

const USAGE: &str = "\
usage: cargo xtask TASK

  quick         what is known in a minute after a change: format, lints, unit tests, most tests over HTTP, one in a browser
  test          set up what the tests need, then run all of them
  fuzz [TARGET] [--seconds N]
                try inputs on the targets in fuzz/, N seconds on each (default: 60)
  ci [JOB...]   what has to pass before a change is taken: fmt clippy docs tidy dependencies packages test fuzz
                (default: all)
  client        make the generated files and the committed client bundle anew
  bless         the same, and accept the compiler's messages in tests/ui
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut steps = Steps::new(workspace());
    let understood = match arguments.as_slice() {
        ["quick"] => {
            jobs::quick(&mut steps);
            true
        }
        ["test"] => {
            jobs::test(&mut steps);
            true
        }
        ["ci"] => jobs::ci(&mut steps, jobs::ALL),
        ["ci", jobs @ ..] => jobs::ci(&mut steps, jobs),
        ["fuzz", rest @ ..] => fuzz_arguments(rest).is_some_and(|(target, run)| fuzz::fuzz(&mut steps, target, run)),
        ["client"] => {
            client::bless(&mut steps);
            true
        }
        ["bless"] => {
            jobs::bless(&mut steps);
            true
        }
        _ => false,
    };
    if understood {
        steps.finish()
    } else {
        eprint!("{USAGE}");
        ExitCode::from(2)
    }
}

/// The target, if one is named, and how it runs.
fn fuzz_arguments<'a>(arguments: &[&'a str]) -> Option<(Option<&'a str>, fuzz::Run)> {
    let run = fuzz::Run::new(fuzz::Inputs::New);
    match arguments {
        [] => Some((None, run)),
        ["--seconds", seconds] => Some((None, run.seconds(seconds.parse().ok()?))),
        [target] => Some((Some(target), run)),
        [target, "--seconds", seconds] => Some((Some(target), run.seconds(seconds.parse().ok()?))),
        _ => None,
    }
}

/// The folder that holds the workspace's `Cargo.toml`; tasks may be called from anywhere below it.
fn workspace() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("run me as `cargo xtask`");
    let parent = Path::new(&manifest).parent();
    parent.expect("xtask lies in the workspace").to_path_buf()
}
