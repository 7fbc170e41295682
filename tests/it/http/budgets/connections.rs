//! Connections: one that says nothing makes way for one that does.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use filekit_tests::{Connection, Server, UploadDir, in_time};
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;

/// Longer than a page takes on a busy machine, and much shorter than what makes connections end by themselves.
const SOON: Duration = Duration::from_secs(8);

/// A server that may open 64 files, connections among them.
async fn small_server(files: &UploadDir) -> Server {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 64 && exec \"$0\"", env!("CARGO_BIN_EXE_counter")]);
    Server::start_program(command, files).await
}

/// So many connections that have sent this and no more.
async fn open(address: SocketAddr, count: usize, begun: &str) -> Vec<TcpStream> {
    let open = (0..count).map(|_| async {
        let mut stream = TcpStream::connect(address).await.expect("the system takes it");
        // One that was closed already takes nothing.
        let _ = stream.write_all(begun.as_bytes()).await;
        stream
    });
    in_time("that they are open", join_all(open)).await
}

/// How long a page takes on a new connection.
async fn time_of_page(address: SocketAddr) -> Duration {
    let begun = Instant::now();
    let mut connection = in_time("a connection", Connection::open(address)).await;
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.send(request.as_bytes()).await;
    let page = in_time("a page", connection.read_to_end()).await;
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
    begun.elapsed()
}

#[tokio::test]
async fn silent_connections_make_way_for_a_page() {
    let files = UploadDir::new();
    let server = small_server(&files).await;
    let address = server.address();
    // In the middle of a request that is answered: it is not silent, and does not make way.
    let mut visitor = server.visitor().await;
    for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: example\r\n"] {
        let _held = open(address, 80, begun).await;
        let taken = time_of_page(address).await;
        assert!(taken < SOON, "{begun:?}: {taken:?}");
        let reply = visitor.upload("films", [("a.txt", "hello")]).await;
        assert!(reply.status().is_success(), "{begun:?}: {}", reply.text());
    }
    assert!(!server.log().contains("could not be accepted"), "{}", server.log());
}

#[tokio::test]
async fn bodies_that_do_not_come_make_way_for_a_page() {
    let files = UploadDir::new();
    let server = small_server(&files).await;
    let address = server.address();
    let begun = format!(
        "POST /_filekit/event HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{"
    );
    let _held = open(address, 80, &begun).await;
    let since = Instant::now();
    // Until one of them has waited for a while, the answer says to come again.
    loop {
        let mut connection = in_time("a connection", TcpStream::connect(address)).await.expect("the system takes it");
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let _ = connection.write_all(request.as_bytes()).await;
        let mut answer = String::new();
        let _ = in_time("an answer", connection.read_to_string(&mut answer)).await;
        if answer.starts_with("HTTP/1.1 200 OK") {
            break;
        }
        assert!(answer.is_empty() || answer.contains("server.busy") && answer.contains("retry-after: 2"), "{answer}");
        assert!(since.elapsed() < SOON, "no page for {SOON:?}");
    }
    let told = server.log().lines().filter(|line| line.contains("a connection was refused")).count();
    assert_eq!(told, 1, "{}", server.log());
}

/// A connection from this address of the machine.
async fn connect_from(from: [u8; 4], address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from, 0).into()).expect("an address of this machine");
    in_time("a connection", socket.connect(address)).await.expect("the system takes it")
}

#[tokio::test]
async fn an_address_has_half_of_the_connections_at_most_unless_it_is_a_proxy() {
    for (proxies, left) in [("", 1), ("127.0.0.2", 21)] {
        let files = UploadDir::new();
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 64 && exec \"$0\"", env!("CARGO_BIN_EXE_counter")]);
        if !proxies.is_empty() {
            command.env("FILEKIT_TRUSTED_PROXIES", proxies);
        }
        let server = Server::start_program(command, &files).await;
        let mut first = connect_from([127, 0, 0, 1], server.address()).await;
        let mut held = Vec::new();
        for _ in 0..40 {
            held.push(connect_from([127, 0, 0, 2], server.address()).await);
        }
        // The server has seen all that came before.
        time_of_page(server.address()).await;
        let mut open = 0;
        for stream in &mut held {
            open += usize::from(tokio::time::timeout(Duration::from_millis(50), stream.read_u8()).await.is_err());
        }
        let is_open = tokio::time::timeout(Duration::from_millis(50), first.read_u8()).await.is_err();
        match left {
            1 => assert_eq!((open, is_open), (20, true), "half of 40, and none of another address made way"),
            _ => assert!(open >= 38 && !is_open, "{open} of a proxy"),
        }
    }
}
