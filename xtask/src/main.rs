//! The tasks of this workspace: `cargo xtask test`, `cargo xtask client`, `cargo xtask ci`, `cargo xtask bless`.
//! Not a build system: cargo and npm build, this only calls them in the right order.

mod client;
mod jobs;
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

  test          set up what the tests need, then run all of them
  ci [JOB...]   what has to pass before a change is taken: fmt clippy docs tidy test (default: all)
  client        rebuild the committed client bundle
  bless         accept the compiler's messages in tests/ui and rebuild the committed client bundle
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut steps = Steps::new(workspace());
    let understood = match arguments.as_slice() {
        ["test"] => {
            jobs::test(&mut steps);
            true
        }
        ["ci"] => jobs::ci(&mut steps, jobs::ALL),
        ["ci", jobs @ ..] => jobs::ci(&mut steps, jobs),
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

/// The folder that holds the workspace's `Cargo.toml`; tasks may be called from anywhere below it.
fn workspace() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("run me as `cargo xtask`");
    let parent = Path::new(&manifest).parent();
    parent.expect("xtask lies in the workspace").to_path_buf()
}
