//! Sends a file from Chromium through a proxy that cuts every connection after some megabytes, and prints how many bytes of it were
//! sent twice.
//!
//! ```text
//! cargo bench -p benches --bench broken -- [--small]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const MIB: u64 = 1 << 20;

/// After so many bytes a connection is cut.
const CUT: u64 = 5 * MIB;

/// The share of the file that may be sent twice.
const MOST: f64 = 0.03;

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

#[tokio::main]
async fn main() {
    let size = if std::env::args().any(|argument| argument == "--small") { 64 * MIB } else { 1024 * MIB };
    let app = TestApp::with(Router::new().route("/", get(page)), |builder| builder.max_body(2 * size));
    let sent = Arc::new(AtomicU64::new(0));
    let proxy = proxy(app.listen_bare().await, Arc::clone(&sent)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let film = folder.path().join("film.bin");
    File::create(&film).and_then(|file| file.set_len(size)).expect("a file");

    let browser = Browser::start().await;
    browser.open(&format!("http://{proxy}/")).await;
    browser.choose("films", &[&film]).await;
    browser.see("1 file selected").await;
    let start = Instant::now();
    sent.store(0, Ordering::Relaxed);
    browser.click("Send").await;
    let shown = format!("kept {size}");
    while !browser.text().await.contains(&shown) {
        assert!(start.elapsed().as_secs() < 600, "{}", browser.text().await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    // Heads of requests are counted as well: some hundreds of bytes each.
    let sent = sent.load(Ordering::Relaxed);
    let twice = sent.saturating_sub(size) as f64 / size as f64;
    println!("{} MiB through a proxy that cuts every connection after {} MiB", size / MIB, CUT / MIB);
    println!(
        "{:.1} s; {:.1} MiB sent, {:.2} % twice, at most {:.0} %{}",
        start.elapsed().as_secs_f64(),
        sent as f64 / MIB as f64,
        twice * 100.0,
        MOST * 100.0,
        if twice <= MOST { "" } else { "  MISSED" }
    );
}

/// A proxy in front of a server. It counts what browsers send, and resets a connection that has brought too much.
async fn proxy(server: SocketAddr, sent: Arc<AtomicU64>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(pass(connection, server, Arc::clone(&sent)));
        }
    });
    address
}

async fn pass(browser: TcpStream, server: SocketAddr, sent: Arc<AtomicU64>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    // As a proxy that ends a connection: both sides see it at once, and what is still on its way is lost.
    for side in [&browser, &server] {
        let _ = side.set_zero_linger();
    }
    let (mut from_browser, mut to_browser) = browser.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let (mut buffer, mut left) = (vec![0; 64 * 1024], CUT);
        while left > 0 {
            let read = from_browser.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
            sent.fetch_add(read as u64, Ordering::Relaxed);
            to_server.write_all(&buffer[..read]).await.ok()?;
            left = left.saturating_sub(read as u64);
        }
        None::<()>
    };
    let down = async { tokio::io::copy(&mut from_server, &mut to_browser).await };
    tokio::select! {
        _ = up => {}
        _ = down => {}
    }
}
