//! The compiler, given programs of one file that use filekit, each by itself. The libraries are those that the tests were
//! linked with, so nothing else is compiled.

mod messages;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use self::messages::Place;
use crate::built;

/// What the programs use.
const LIBRARIES: [&str; 3] = ["axum", "filekit", "serde"];

/// The compiler, with the libraries at hand.
#[derive(Debug)]
pub struct Compiler {
    libraries: [(&'static str, PathBuf); LIBRARIES.len()],
    place: Place,
}

/// What became of a program.
#[derive(Debug)]
pub struct Compiled {
    /// What the compiler said, independent of where the repository and the toolchain lie.
    pub messages: String,
    executable: Option<PathBuf>,
    _folder: TempDir,
}

impl Compiled {
    /// Whether the compiler took it.
    pub fn succeeded(&self) -> bool {
        self.executable.is_some()
    }

    /// Runs the program, if the compiler took it.
    pub fn run(&self) -> Option<Output> {
        let executable = self.executable.as_ref()?;
        Some(Command::new(executable).stdin(Stdio::null()).output().expect("the program starts"))
    }
}

impl Default for Compiler {
    fn default() -> Self {
        let libraries = LIBRARIES.map(|name| (name, built::library(name)));
        Self { libraries, place: Place::new(Path::new(env!("CARGO_MANIFEST_DIR"))) }
    }
}

impl Compiler {
    /// Compiles a program as cargo does, except that one that runs needs no information for debuggers. Its path begins at the
    /// folder of this crate.
    ///
    /// # Panics
    /// When the compiler fails in other ways than by messages about the program.
    pub fn compile(&self, program: &str) -> Compiled {
        let folder = tempfile::Builder::new().prefix("filekit-compiler-").tempdir().expect("a temporary folder");
        let executable = folder.path().join("program");
        let output = self.rustc(program, &executable).output().expect("rustc starts");
        let said = String::from_utf8_lossy(&output.stderr);
        let messages: Option<Vec<Value>> = said.lines().map(|line| serde_json::from_str(line).ok()).collect();
        let messages = messages.unwrap_or_else(|| panic!("{program}: rustc fails: {said}"));
        let messages = messages::normalized(&messages, program, &self.place);
        let executable = output.status.success().then_some(executable);
        Compiled { messages, executable, _folder: folder }
    }

    fn rustc(&self, program: &str, executable: &Path) -> Command {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "--crate-type", "bin", "--crate-name", "program", "-o"]).arg(executable);
        rustc.args(["--error-format", "json", "--diagnostic-width", "140", "--verbose", "--allow", "dead_code"]);
        for (name, path) in &self.libraries {
            rustc.arg("--extern").arg(format!("{name}={}", path.display()));
        }
        let folders: BTreeSet<_> = self.libraries.iter().filter_map(|(_, path)| path.parent()).collect();
        for folder in folders {
            rustc.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        // Cargo would say these; the macros ask.
        rustc.env("CARGO_PKG_NAME", "program").env("CARGO_PKG_VERSION", "0.0.0");
        rustc
            .arg(tests.join(program))
            .current_dir(tests.parent().expect("it lies in the workspace"))
            .stdin(Stdio::null());
        rustc
    }
}
