//! Programs in a folder of their own, compiled as users compile theirs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What comes from a registry is not compiled incrementally, as a folder would be.
const AS_FROM_A_REGISTRY: &str = "[profile.dev.package.\"*\"]\nincremental = false\n";

/// A package named `measured`, and where it is compiled.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    /// The one source file.
    source: PathBuf,
}

impl Project {
    /// Writes a package with these lines of dependencies and one source file, such as `src/main.rs`.
    pub fn write(folder: PathBuf, dependencies: &str, file: &str, source: &str) -> Self {
        let project = Self { source: folder.join(file), folder };
        fs::create_dir_all(project.folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"measured\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\n[workspace]\n\n{AS_FROM_A_REGISTRY}"
        );
        fs::write(project.folder.join("Cargo.toml"), manifest).expect("a manifest");
        project.save(source);
        project
    }

    /// Writes another source.
    pub fn save(&self, source: &str) {
        fs::write(&self.source, source).expect("a source");
    }

    /// Writes the same source again.
    pub fn touch(&self) {
        let source = fs::read_to_string(&self.source).expect("a source");
        self.save(&source);
    }

    /// Runs cargo in it, and says how long that took.
    pub fn cargo(&self, arguments: &[&str]) -> Duration {
        let start = Instant::now();
        let mut command = Command::new(env!("CARGO"));
        if arguments.contains(&"check") {
            command.env("CARGO_INCREMENTAL", "0");
        } else {
            // As the manifest says.
            command.env_remove("CARGO_INCREMENTAL");
        }
        let status = command
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env_remove("RUSTFLAGS")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("cargo");
        assert!(status.success(), "cargo {arguments:?} failed in {}", self.folder.display());
        start.elapsed()
    }

    /// Forgets everything that was compiled.
    pub fn clean(&self) {
        let _ = fs::remove_dir_all(self.target());
    }

    /// The program that a debug build makes.
    pub fn program(&self) -> PathBuf {
        self.target().join("debug/measured")
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }
}

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

/// The shortest: whatever else the machine did can only have added to it.
pub fn best(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

/// The lines of dependencies of `examples/upload`, and its source.
pub fn upload_example() -> (String, String) {
    let filekit = repository().join("filekit");
    let example = repository().join("examples/upload/src/main.rs");
    let dependencies = format!(
        "filekit = {{ path = {filekit:?} }}\nfastrand = \"2\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}"
    );
    (dependencies, fs::read_to_string(example).expect("the example"))
}
