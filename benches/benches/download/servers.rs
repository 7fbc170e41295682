//! The servers that are measured, each a program of its own that hands over the same bytes.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::serve::ListenerExt as _;
use benches::message::Head;
use bytes::Bytes;
use filekit::prelude::*;
use futures_util::stream;
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{FILES, ROWS, TABLE};

/// A table, line by line: about 50 bytes each.
fn lines() -> impl Iterator<Item = String> {
    (0..ROWS).map(|row| {
        format!(
            "{row:07},customer-{:05},{:08}.{:02},2026-01-{:02},ok\n",
            row % 50_000,
            row * 7,
            row % 100,
            row % 28 + 1
        )
    })
}

fn names() -> impl Iterator<Item = String> {
    (0..FILES).map(crate::name)
}

#[state]
#[derive(Default)]
struct Desk;

#[state]
impl Desk {
    #[event]
    fn table(&self) -> Download {
        Download::stream(stream::iter(lines().map(Ok::<_, Infallible>))).filename("table.csv")
    }

    #[event]
    fn archive(&self) -> Download {
        Download::zip(names().map(Download::stored))
    }
}

async fn table() -> View {
    view![link(href = Desk::table, "Download")]
}

async fn archive() -> View {
    view![link(href = Desk::archive, "Download")]
}

pub(crate) fn filekit(folder: &Path) -> Result<()> {
    let filekit = FileKit::builder().upload_dir(folder.join("files")).build()?;
    let pages = Router::new().route(TABLE, get(table)).route("/archive", get(archive));
    runtime()?.block_on(filekit.serve(pages))
}

/// What a user of axum writes: a body of lines as they are made, one of a text that holds them all, and an archive that a
/// thread writes with the crate `zip`.
pub(crate) fn by_hand(folder: &Path) -> io::Result<()> {
    let files = folder.join("files");
    runtime()?.block_on(async {
        let streamed = async || Body::from_stream(stream::iter(lines().map(Ok::<_, Infallible>)));
        let whole = async || lines().collect::<String>();
        let app = Router::new()
            .route(TABLE, get(streamed))
            .route("/whole", get(whole))
            .route("/archive", get(async move || zipped(files)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a connection"));
        axum::serve(listener, app).await
    })
}

fn zipped(files: PathBuf) -> Body {
    let (sender, mut receiver) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || -> io::Result<()> {
        let mut archive = ZipWriter::new_stream(Pieces { waiting: Vec::new(), sender });
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for name in names() {
            archive.start_file(&name, options)?;
            io::copy(&mut File::open(files.join(name))?, &mut archive)?;
        }
        archive.finish()?.into_inner().flush()
    });
    Body::from_stream(stream::poll_fn(move |context| {
        receiver.poll_recv(context).map(|piece| piece.map(Ok::<_, Infallible>))
    }))
}

/// Sends what is written to another thread, 64 KiB at a time.
struct Pieces {
    waiting: Vec<u8>,
    sender: mpsc::Sender<Bytes>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= 64 * 1024 {
            let piece = std::mem::take(&mut self.waiting).into();
            self.sender.blocking_send(piece).map_err(io::Error::other)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.waiting).into();
        self.sender.blocking_send(piece).map_err(io::Error::other)
    }
}

/// The same files one after the other, from the disk to the socket within the system: nothing is quicker.
pub(crate) fn cat(folder: &Path) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept()?;
        // Who only waits for the first byte leaves then.
        let _ = send_all(stream, &folder.join("files"));
    }
}

fn send_all(mut stream: TcpStream, files: &Path) -> io::Result<()> {
    if Head::read(&mut stream)?.is_some() {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        for name in names() {
            io::copy(&mut File::open(files.join(name))?, &mut stream)?;
        }
    }
    Ok(())
}

/// As `#[tokio::main]` makes it.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
