//! Pages as readers of forms send them that are no browsers with scripts: libraries for scripts, and a text browser. What all
//! of them have in common is in `plain_layouts.rs`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use filekit::prelude::*;
use filekit_tests::{Samples, Server, TestApp, UploadDir};
use tokio::process::Command;

#[state]
#[derive(Default)]
struct Desk {
    kept: Vec<String>,
}

#[state]
impl Desk {
    #[event]
    fn keep(&mut self, papers: Vec<UploadFile>, note: String) {
        let names = papers.iter().map(|paper| format!("{note} {}", paper.client_name()));
        self.kept.extend(names);
    }

    #[event]
    fn drop_all(&mut self) {
        self.kept.clear();
    }
}

async fn several(desk: Current<Desk>) -> View {
    view![
        upload(id = "papers", "Papers"),
        button(on_click = Desk::drop_all, "Drop all"),
        button(on_click = Desk::keep(upload_files("papers"), value_of("note")), "Keep"),
        input(id = "note", value = "kept"),
        for name in &desk.kept {
            link(href = "/", name)
        },
    ]
}

/// Runs a reader in the folder of its file and returns what it printed: the links of the page that followed.
async fn read(mut command: Command, folder: &Path) -> Vec<String> {
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = filekit_tests::in_time("that the reader ends", command.output()).await;
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{command:?}: {text} {}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(str::to_owned).collect()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("readers").join(name)
}

/// Python with the libraries that `cargo xtask test` provides.
fn python() -> PathBuf {
    let executable = env::current_exe().expect("the tests themselves");
    // target/debug/deps/it
    executable.ancestors().nth(3).expect("a target directory").join("tools/python/bin/python")
}

fn library(name: &str) -> Command {
    match name {
        "WWW::Mechanize" => {
            let mut command = Command::new("perl");
            command.arg(script("readers.pl"));
            command
        }
        _ => {
            let mut command = Command::new(python());
            command.arg(script("readers.py")).arg(name);
            command
        }
    }
}

/// A folder with one file in it, which says who sends it.
fn sample(reader: &str) -> (Samples, PathBuf) {
    let samples = Samples::new();
    let file = samples.file(format!("{}.txt", reader.replace("::", "-")), reader);
    (samples, file)
}

async fn assert_sends_a_file_by(reader: &str) {
    let (_samples, file) = sample(reader);
    let (folder, name) = (file.parent().expect("a folder"), file.file_name().expect("a name"));

    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut command = library(reader);
    command.arg(server.url("/")).arg("file_upload").arg(name);
    let name = name.to_string_lossy();
    assert_eq!(read(command, folder).await, [&*name, "Download random numbers"], "{reader}");
    assert_eq!(files.stored(&name), reader.as_bytes());

    // Of several buttons it presses the one that it is told to.
    let app = TestApp::new(Router::new().route("/", get(several)));
    let address = app.listen().await;
    let mut command = library(reader);
    command.arg(format!("http://{address}/")).args(["papers", &name, "Keep"]);
    assert_eq!(read(command, folder).await, [format!("kept {name}")], "{reader}");
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn perls_mechanize_sends_a_file() {
    assert_sends_a_file_by("WWW::Mechanize").await;
}

#[tokio::test]
async fn python_mechanize_and_soup_send_a_file() {
    for reader in ["mechanize", "MechanicalSoup"] {
        assert_sends_a_file_by(reader).await;
    }
}

/// Keys for lynx: to the field of the file, its name, over the button that opens a dialog where there are scripts, and the
/// one that sends.
fn keys(name: &str) -> String {
    let name = name.chars().map(|letter| letter.to_string());
    let keys = ["Down Arrow".to_owned()].into_iter().chain(name);
    let keys = keys.chain(["Down Arrow", "Down Arrow", "^J", "Q", "Q"].map(str::to_owned));
    keys.map(|key| format!("key {key}\n")).collect()
}

#[tokio::test]
async fn lynx_sends_a_file() {
    let (_samples, file) = sample("lynx");
    let folder = file.parent().expect("a folder");
    fs::write(folder.join("keys"), keys("lynx.txt")).expect("a file of keys");
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    // It draws on a terminal, which `script` gives it.
    let mut command = Command::new("script");
    let lynx = format!("lynx -nopause -accept_all_cookies -cmd_script=keys {}", server.url("/"));
    command.args(["--quiet", "--return", "--command", &lynx, "/dev/null"]).env("TERM", "vt100");
    let shown = read(command, folder).await.join("\n");
    assert!(shown.contains("lynx.txt"), "{shown}");
    assert_eq!(files.stored("lynx.txt"), b"lynx");
}
