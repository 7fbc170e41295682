#!/bin/sh
# A request that has arrived is not answered by hyper 1.12.0 if its connection is asked to shut down gracefully before hyper has read from
# it: the connection is closed without a byte, although the whole request lies in the socket. Asked after the first read, it answers
# and closes then. A server that stops meets the first case with every connection that it has accepted a moment before, and with
# `GracefulShutdown` of hyper-util 0.1.21 as well: what watches connections asks all of them. A proxy that has passed a `POST` on there
# reports an error, since it must not send it again.
#
# Installs into a temporary folder, talks to 127.0.0.1 only. Exits with 0 while the programs behave so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "stopping"
version = "0.0.0"
edition = "2021"

[dependencies]
bytes = "1"
http-body-util = "0.1"
hyper = { version = "=1.12.0", features = ["http1", "server"] }
hyper-util = { version = "=0.1.21", features = ["http1", "server-graceful", "tokio"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;
use std::pin::pin;

use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{body::Incoming, Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy, Debug)]
enum Asked {
    Never,
    BeforeItReads,
    ByGracefulShutdown,
    AfterItHasRead,
}

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    // Gives way once, so that there is a moment after the first read.
    tokio::task::yield_now().await;
    Ok(Response::new(Full::from("answered")))
}

async fn serve(stream: TcpStream, asked: Asked) {
    // The whole request is there.
    while stream.peek(&mut [0; 64]).await.unwrap() < 64 {}
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
    if let Asked::ByGracefulShutdown = asked {
        let graceful = GracefulShutdown::new();
        let watched = graceful.watch(connection);
        let (_, served) = tokio::join!(graceful.shutdown(), watched);
        return served.unwrap_or(());
    }
    let mut connection = pin!(connection);
    match asked {
        Asked::BeforeItReads => connection.as_mut().graceful_shutdown(),
        Asked::AfterItHasRead => {
            let first = std::future::poll_fn(|context| {
                let _ = std::future::Future::poll(connection.as_mut(), context);
                std::task::Poll::Ready(())
            });
            first.await;
            connection.as_mut().graceful_shutdown();
        }
        _ => {}
    }
    connection.await.unwrap_or(());
}

async fn ask(asked: Asked) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let request = b"POST /call HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 4\r\n\r\ncall";
    client.write_all(request).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    serve(stream, asked).await;
    let mut answered = Vec::new();
    let _ = client.read_to_end(&mut answered).await;
    String::from_utf8_lossy(&answered).lines().next().unwrap_or("not a byte").to_owned()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for asked in [Asked::Never, Asked::BeforeItReads, Asked::ByGracefulShutdown, Asked::AfterItHasRead] {
        println!("{asked:?}: {}", ask(asked).await);
    }
}
RUST
cargo run --quiet | tee output

printf '%s\n' 'Never: HTTP/1.1 200 OK' 'BeforeItReads: not a byte' 'ByGracefulShutdown: not a byte' 'AfterItHasRead: HTTP/1.1 200 OK' | diff - output
echo "hyper closes a connection whose request it has not read yet"
