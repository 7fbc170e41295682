//! Files that change, and readers that go, while a file is sent.

use std::{
    fs,
    path::{Path, PathBuf},
};

use filekit_tests::{Server, TestApp, UploadDir, patterned, until};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::public;

/// Far more than the system keeps for a connection.
const SIZE: usize = 24 << 20;

/// An app that listens, with a large file, and a connection on which the file begins to come.
struct Sending {
    app: TestApp,
    stream: TcpStream,
    received: Vec<u8>,
}

impl Sending {
    async fn begin(bytes: &[u8]) -> Self {
        let app = public(&[("a.bin", bytes)]);
        let mut stream = TcpStream::connect(app.listen().await).await.expect("the server listens");
        let request = b"GET /_upload/a.bin HTTP/1.1\r\nHost: filekit.test\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.expect("the server reads");
        let mut received = vec![0; 1_000];
        stream.read_exact(&mut received).await.expect("the file begins");
        Self { app, stream, received }
    }

    fn path(&self) -> PathBuf {
        self.app.files().path().join("a.bin")
    }

    /// The head, and what came of the body until the connection ended.
    async fn end(mut self) -> (String, Vec<u8>) {
        // A connection that is reset has ended, too.
        let _ = self.stream.read_to_end(&mut self.received).await;
        let end = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head") + 4;
        let body = self.received.split_off(end);
        (String::from_utf8(self.received).expect("a head in ASCII"), body)
    }
}

#[tokio::test]
async fn a_file_that_is_replaced_is_sent_as_it_was() {
    let bytes = patterned(SIZE);
    let sending = Sending::begin(&bytes).await;
    let other = sending.path().with_extension("new");
    fs::write(&other, vec![b'x'; SIZE]).expect("a writable folder");
    fs::rename(&other, sending.path()).expect("a writable folder");
    let (head, body) = sending.end().await;
    assert!(head.to_ascii_lowercase().contains(&format!("content-length: {SIZE}\r\n")), "{head}");
    assert!(body == bytes, "something else came");
}

#[tokio::test]
async fn a_file_that_is_removed_is_sent_to_its_end() {
    let bytes = patterned(SIZE);
    let sending = Sending::begin(&bytes).await;
    fs::remove_file(sending.path()).expect("a file");
    let (_, body) = sending.end().await;
    assert!(body == bytes, "something else came");
}

#[tokio::test]
async fn a_file_that_is_cut_breaks_the_connection() {
    let bytes = patterned(SIZE);
    let sending = Sending::begin(&bytes).await;
    let cut = SIZE - (1 << 20) - 7;
    fs::File::options().write(true).open(sending.path()).expect("a file").set_len(cut as u64).expect("a shorter file");
    let (_, body) = sending.end().await;
    assert!(body.len() <= cut && bytes.starts_with(&body), "{} bytes came, some not of the file", body.len());
}

#[tokio::test]
async fn a_reader_who_goes_away_leaves_no_file_open() {
    let sending = Sending::begin(&vec![7; SIZE]).await;
    let path = sending.path();
    assert!(is_open(&path), "it is being sent");
    drop(sending.stream);
    until("the file is closed", async || (!is_open(&path)).then_some(())).await;
}

/// Whether this process has the file open.
fn is_open(path: &Path) -> bool {
    let open = fs::read_dir("/proc/self/fd").expect("a system with /proc");
    open.filter_map(Result::ok).any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == path))
}

#[tokio::test]
async fn readers_who_do_not_read_hold_little_memory() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;
    visitor.upload("file_upload", [("a.bin", vec![7; SIZE])]).await;
    let href = visitor.page().href("a.bin").to_owned();
    let before = server.peak_memory();
    let mut readers = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let request = format!("GET {href} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        stream.read_exact(&mut [0; 1_000]).await.expect("the file begins");
        readers.push(stream);
    }
    // Another one is served meanwhile, and gets everything.
    assert_eq!(visitor.get(&href).await.bytes().len(), SIZE);
    let held = server.peak_memory() - before;
    assert!(held < 50 << 20, "{held} bytes for 50 readers");
}
