//! Programs that all tests of a process share, and that end with it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, io, thread};

/// A program that says nothing. Nothing runs when a process of tests ends, so the system ends it.
pub(crate) fn program(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Starts it.
///
/// # Errors
/// If it cannot be started.
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    // It ends with the thread that starts it, so that is one which stays.
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        sender.send(command.spawn()).expect("a test that waits");
        loop {
            thread::park();
        }
    });
    receiver.recv().expect("a thread")
}

/// Where `cargo xtask test` puts programs, below the target directory of the tests.
pub(crate) fn tools() -> PathBuf {
    let executable = env::current_exe().expect("a path");
    executable.ancestors().nth(3).expect("a target directory").join("tools")
}
