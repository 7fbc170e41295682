//! From saving a changed page to seeing it in Chromium, where it was open and takes the rebuilt program by itself, beside the debug
//! build of the same change alone.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use benches::process::Server;
use benches::project::{Project, best, upload_example};
use filekit_tests::Browser;

const ROUNDS: usize = 7;

/// How often the build may fit into what a developer waits.
const AIM: f64 = 1.3;

/// Waits until a text has been painted: the message is a task of its own, after the frame.
const PAINTED: &str = "const [text, done] = arguments;
    const look = () => {
        if (!document.body.innerText.includes(text)) return requestAnimationFrame(look);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done();
        channel.port2.postMessage(null);
    };
    requestAnimationFrame(look);";

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = Page::new(folder.path());
    page.save(0);
    page.project.cargo(&["build"]);
    let mut server = page.start("127.0.0.1:0");
    let address = server.address().to_owned();
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    browser.run_async(PAINTED, &[Page::text(0).into()]).await;

    let (mut built, mut seen) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        page.save(2 * round - 1);
        built.push(page.project.cargo(&["build"]));

        page.save(2 * round);
        let start = Instant::now();
        drop(server);
        page.project.cargo(&["build"]);
        server = page.start(&address);
        browser.run_async(PAINTED, &[Page::text(2 * round).into()]).await;
        seen.push(start.elapsed());
    }
    let [built, seen] = [built, seen].map(|times| best(&times).as_secs_f64());
    println!("best of {ROUNDS}: built in {built:.2} s, seen after {seen:.2} s: {:.2} x, aim {AIM} x", seen / built);
}

/// The page of `examples/upload`, in editions that differ by the text of a button.
struct Page {
    project: Project,
    source: String,
    files: PathBuf,
}

impl Page {
    fn new(folder: &Path) -> Self {
        let (dependencies, source) = upload_example();
        let project = Project::write(folder.join("page"), &dependencies, "src/main.rs", &source);
        Self { project, source, files: folder.join("files") }
    }

    fn text(edition: usize) -> String {
        format!("Select Files {edition}.")
    }

    fn save(&self, edition: usize) {
        let source = self.source.replace("Select Files", &Self::text(edition));
        assert_ne!(source, self.source, "the page has no such text any more");
        self.project.save(&source);
    }

    fn start(&self, address: &str) -> Server {
        let mut program = Command::new(self.project.program());
        program.env("FILEKIT_ADDR", address).env("FILEKIT_UPLOADED_FILES_DIR", &self.files).env("RUST_LOG", "warn");
        Server::start_program(program.env_remove("FILEKIT_DEVELOPMENT"))
    }
}
