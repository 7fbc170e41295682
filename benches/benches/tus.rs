//! Uploads by tus 1.0.0 to an endpoint of filekit and to the server of the tus project for Node, which it fetches by `npm`, and
//! prints CPU time, wall time and peak memory of each, with ratios. Linux only: it reads `/proc`.
//!
//! ```text
//! cargo bench -p benches --bench tus -- [--small] [--rounds N]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use benches::message::Head;
use benches::process::{Server, Taken, measured, median};
use filekit::prelude::*;
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// The peer, as its users install it.
const PEER: &[&str] = &["@tus/server@2.4.5", "@tus/file-store@2.1.1"];

const PEER_SCRIPT: &str = r#"
import { Server } from "@tus/server";
import { FileStore } from "@tus/file-store";
import http from "node:http";
const server = new Server({ path: "/files", datastore: new FileStore({ directory: process.argv[2] }) });
const listener = http.createServer(server.handle.bind(server));
listener.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${listener.address().port}`));
"#;

/// How much of the CPU time of the peer filekit may take, and how much memory, in MiB.
const MOST_CPU: f64 = 0.25;
const MOST_MEMORY: f64 = 25.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("load") => load(&arguments[1..]),
        Some("filekit") => filekit(Path::new(&arguments[1])).expect("a server"),
        _ => measure(&arguments),
    }
}

fn measure(arguments: &[String]) {
    let size = if arguments.iter().any(|argument| argument == "--small") { 64 * MIB } else { 1024 * MIB };
    let rounds = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    let rounds = rounds.map_or(3, |rounds| rounds.parse().expect("a number of rounds"));
    let peer = install();
    let (ours, theirs): (Vec<Taken>, Vec<Taken>) = (0..rounds)
        .map(|_| {
            let ours = upload(size, |folder| Server::start("filekit", folder));
            let node = |folder: &Path| {
                let script = peer.path().join("server.mjs");
                Server::start_program(Command::new("node").arg(script).arg(folder))
            };
            (ours, upload(size, node))
        })
        .unzip();
    println!("one upload of {} MiB by tus, in one PATCH; median of {rounds} rounds", size / MIB);
    println!("  {:<18}{:>10}{:>11}{:>12}", "", "CPU", "wall", "peak");
    for (name, taken) in [("@tus/server", &theirs), ("filekit", &ours)] {
        let of = |figure: fn(&Taken) -> f64| median(taken.iter().map(figure).collect());
        let (cpu, wall, peak) = (of(|taken| taken.cpu), of(|taken| taken.wall), of(|taken| taken.peak));
        println!("  {name:<18}{cpu:>8.3} s{wall:>9.3} s{peak:>8.1} MiB");
    }
    let ratio = median(ours.iter().zip(&theirs).map(|(ours, theirs)| ours.cpu / theirs.cpu).collect());
    let peak = median(ours.iter().map(|taken| taken.peak).collect());
    let verdict = |value: f64, most: f64| if value <= most { "" } else { "  MISSED" };
    println!("  CPU {ratio:.2} x @tus/server, at most {MOST_CPU:.2}{}", verdict(ratio, MOST_CPU));
    println!("  peak {peak:.1} MiB, at most {MOST_MEMORY:.0}{}", verdict(peak, MOST_MEMORY));
}

fn upload(size: u64, start: impl FnOnce(&Path) -> Server) -> Taken {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let server = start(folder.path());
    measured(&server, &[server.address().to_owned(), size.to_string()])
}

/// Fetches the peer.
fn install() -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    std::fs::write(folder.path().join("server.mjs"), PEER_SCRIPT).expect("a writable folder");
    std::fs::write(folder.path().join("package.json"), "{}").expect("a writable folder");
    let install = ["install", "--no-audit", "--no-fund", "--silent"];
    let status = Command::new("npm").args(install).args(PEER).current_dir(folder.path()).status();
    assert!(status.is_ok_and(|status| status.success()), "npm cannot install {PEER:?}");
    folder
}

/// Makes an upload, says so, waits for a line, sends everything and prints how long it took, in seconds.
fn load(arguments: &[String]) {
    let [address, size] = arguments else { panic!("an address and a size") };
    let size: u64 = size.parse().expect("a size");
    let place = create(address, size);
    let content = vec![7; MIB as usize];
    println!("ready");
    io::stdin().lock().read_line(&mut String::new()).expect("a line");
    let start = Instant::now();
    send(address, &place, size, &content).expect("an upload");
    println!("{}", start.elapsed().as_secs_f64());
}

/// Finds the endpoint, and makes an upload there. Returns where its bytes go.
fn create(address: &str, size: u64) -> String {
    let page = exchange(address, &format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n"), 0, &[]).expect("an answer").1;
    let code = page.split_once("<code").and_then(|(_, rest)| rest.split_once('>'));
    let endpoint = code.and_then(|(_, rest)| rest.split("</code>").next());
    // The address in a page is escaped.
    let endpoint = endpoint.map_or_else(|| "/files".to_owned(), |endpoint| endpoint.replace("&amp;", "&"));
    let head = format!(
        "POST {endpoint} HTTP/1.1\r\nhost: {address}\r\ntus-resumable: 1.0.0\r\nupload-length: {size}\r\n\
         upload-metadata: filename YS5iaW4=\r\ncontent-length: 0\r\n\r\n"
    );
    let (created, text) = exchange(address, &head, 0, &[]).expect("an answer");
    assert_eq!(created.status(), "201", "{text}");
    let place = created.field("location").expect("a place");
    place
        .split_once("//")
        .map_or_else(|| place.to_owned(), |(_, rest)| rest[rest.find('/').expect("a path")..].to_owned())
}

fn send(address: &str, place: &str, size: u64, content: &[u8]) -> io::Result<()> {
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nhost: {address}\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n\
         content-type: application/offset+octet-stream\r\ncontent-length: {size}\r\n\r\n"
    );
    let (answer, text) = exchange(address, &head, size, content)?;
    assert_eq!(answer.status(), "204", "{text}");
    Ok(())
}

/// Sends a request on a connection of its own.
fn exchange(address: &str, head: &str, size: u64, content: &[u8]) -> io::Result<(Head, String)> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    connection.write_all(head.as_bytes())?;
    let mut left = size;
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(usize::MAX).min(content.len());
        connection.write_all(&content[..piece])?;
        left -= piece as u64;
    }
    let head = Head::read(&mut connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut body = head.rest.clone();
    let (begun, length) = (body.len(), head.number("content-length").unwrap_or_default() as usize);
    body.resize(length.max(begun), 0);
    connection.read_exact(&mut body[begun..])?;
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

#[state]
#[derive(Default)]
struct Uploads {
    count: usize,
}

#[state]
impl Uploads {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            file.save().await?;
            self.count += 1;
        }
        Ok(())
    }
}

async fn index(uploads: Current<Uploads>) -> View {
    view![
        upload(id = "files", "Drop files here"),
        code(upload_endpoint(Uploads::keep(upload_files("files")))),
        text(uploads.count, " files"),
    ]
}

fn filekit(folder: &Path) -> Result<()> {
    let filekit = FileKit::builder().upload_dir(folder).build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(filekit.serve(Router::new().route("/", get(index))))
}
