//! Sends a file from Chromium to a bucket of SeaweedFS, by itself and through the server, and prints the processor time of the server for
//! each GiB. Linux only: it reads `/proc`.
//!
//! ```text
//! cargo bench -p benches --bench direct -- [--small]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use benches::process::{Server, program};
use filekit::prelude::*;
use filekit_tests::{Browser, Bucket};

const MIB: u64 = 1 << 20;

/// How many seconds of the server's processor a GiB may take that goes to the bucket by itself.
const MOST: f64 = 0.02;

#[state]
#[derive(Default)]
struct Films {
    sizes: Vec<u64>,
}

#[state]
impl Films {
    #[event]
    async fn keep(&mut self, films: Vec<UploadFile>) -> Result<()> {
        for film in films {
            self.sizes.push(film.size());
            film.save().await?;
        }
        Ok(())
    }
}

async fn page(films: Current<Films>) -> View {
    view![
        upload(id = "films", "Drop films here"),
        button(on_click = Films::keep(upload_files("films")), "Send"),
        for size in &films.sizes {
            p("kept ", *size)
        },
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    match arguments.first().map(String::as_str) {
        Some("filekit") => runtime.block_on(serve(Path::new(&arguments[1]))).expect("a server"),
        _ => runtime.block_on(measure(arguments.iter().any(|argument| argument == "--small"))),
    }
}

async fn serve(folder: &Path) -> Result<()> {
    let filekit = FileKit::builder().upload_dir(folder).max_body(8 * GB).build()?;
    filekit.serve(Router::new().route("/", get(page))).await
}

async fn measure(is_small: bool) {
    let size = if is_small { 64 * MIB } else { 1024 * MIB };
    println!("{} MiB from Chromium to a bucket of SeaweedFS", size / MIB);
    let (direct, wall) = send("?direct=true", size).await;
    println!("  by itself           {direct:.4} s of the server's processor for a GiB, {wall:.1} s");
    // The bucket has no room for more.
    let size = size / 4;
    let (through, wall) = send("", size).await;
    println!(
        "  through the server  {through:.4} s of the server's processor for a GiB, {wall:.1} s for {} MiB",
        size / MIB
    );
    println!("  {direct:.4} s, at most {MOST} s{}", if direct <= MOST { "" } else { "  MISSED" });
}

/// Sends a file, and returns the processor time of the server for each GiB of it, and how long it took.
async fn send(choice: &str, size: u64) -> (f64, f64) {
    let (bucket, folder) = (Bucket::new().await, tempfile::tempdir().expect("a folder"));
    let mut program = program("filekit", folder.path());
    for (name, value) in bucket.environment() {
        program.env(name, if name == "FILEKIT_STORAGE" { format!("{value}{choice}") } else { value });
    }
    let server = Server::start_program(&mut program);
    let film = folder.path().join("film.bin");
    File::create(&film).and_then(|file| file.set_len(size)).expect("a file");
    let browser = Browser::start().await;
    browser.open(&format!("http://{}/", server.address())).await;
    browser.choose("films", &[&film]).await;
    browser.see("1 file selected").await;
    let (taken, start) = (server.count_cpu(), Instant::now());
    browser.click("Send").await;
    let shown = format!("kept {size}");
    while !browser.text().await.contains(&shown) {
        assert!(start.elapsed().as_secs() < 600, "{}", browser.text().await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let gib = size as f64 / (1024.0 * MIB as f64);
    (taken() / gib, start.elapsed().as_secs_f64())
}
