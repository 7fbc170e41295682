//! The program that is open in the editor: a crate of its own that depends on filekit, as a user's does.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use url::Url;

/// A crate in a folder of cargo's for what tests write. It stays there, so that its macros are built once.
#[derive(Debug)]
pub(super) struct Project {
    folder: PathBuf,
    target: PathBuf,
    uri: String,
}

impl Project {
    /// Writes a crate with an empty program. It needs no network: its versions are the repository's.
    pub(super) fn new(temporary: &Path) -> Self {
        let folder = temporary.join("editor");
        let target = temporary.parent().expect("a target folder").to_path_buf();
        write(&folder).unwrap_or_else(|error| panic!("{} can't be written: {error}", folder.display()));
        let uri = Url::from_file_path(folder.join("src/main.rs")).expect("an absolute path").to_string();
        Self { folder, target, uri }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn folder_uri(&self) -> String {
        Url::from_directory_path(&self.folder).expect("an absolute path").to_string()
    }

    /// The file that is open.
    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    /// The settings of the server.
    pub(super) fn options(&self) -> Value {
        json!({
            "cargo": {
                "extraEnv": { "CARGO_NET_OFFLINE": "true" },
                "sysrootSrc": self.folder.join("library"),
                // What the tests were built from is not built a second time.
                "targetDir": self.target,
            },
            "cachePriming": { "enable": false },
            // What `cargo check` says is not the server's own opinion; other tests look after it.
            "checkOnSave": false,
        })
    }
}

fn write(folder: &Path) -> io::Result<()> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    fs::write(folder.join("Cargo.toml"), manifest(&repository.join("filekit")))?;
    fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    link_library(&folder.join("library"))
}

fn manifest(filekit: &Path) -> String {
    format!(
        r#"[package]
name = "page"
version = "0.1.0"
edition = "2024"

[dependencies]
fastrand = "2"
filekit = {{ path = {filekit:?} }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}

# None of the repository's.
[workspace]

[profile.dev.package."*"]
debug = false
"#
    )
}

/// Links the crates of the standard library, without the `Cargo.toml` around them: with it, rust-analyzer asks cargo for
/// what they depend on, which is nowhere but in the network.
fn link_library(links: &Path) -> io::Result<()> {
    if links.exists() {
        fs::remove_dir_all(links)?;
    }
    fs::create_dir(links)?;
    for entry in fs::read_dir(library())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            symlink(entry.path(), links.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The source of the standard library.
fn library() -> PathBuf {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc starts").stdout;
    Path::new(String::from_utf8_lossy(&sysroot).trim()).join("lib/rustlib/src/rust/library")
}

/// The server, once it is certain that it can be started and knows the standard library.
///
/// # Panics
/// When something is missing; the message says how to get it.
pub(super) fn rust_analyzer() -> &'static str {
    const CURE: &str = "`cargo xtask test` and `rustup component add rust-analyzer rust-src` bring it";
    let version = Command::new("rust-analyzer").arg("--version").stdin(Stdio::null()).output();
    // rustup puts a `rust-analyzer` into the path that only says that it is missing.
    assert!(version.is_ok_and(|version| version.status.success()), "there is no rust-analyzer; {CURE}");
    assert!(library().is_dir(), "the source of the standard library is missing, which rust-analyzer reads; {CURE}");
    "rust-analyzer"
}
