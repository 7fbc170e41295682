//! Where requests go: straight into a router, or over a socket to a process. Cookies and pages are the visitor's.

use std::net::SocketAddr;
use std::pin::pin;

use axum::{
    BoxError, Router,
    body::{Body, HttpBody},
    http::{Request, Response},
};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tower::ServiceExt as _;

use crate::Reply;

/// The app under test.
#[derive(Clone, Debug)]
pub enum Site {
    /// In this process, without a socket.
    Router(Router),
    /// Behind a socket.
    Address(SocketAddr),
}

impl Site {
    /// What `Host` and `Origin` say.
    pub(crate) fn authority(&self) -> String {
        match self {
            Self::Router(_) => "filekit.test".to_owned(),
            Self::Address(address) => address.to_string(),
        }
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        self.try_send(request).await.unwrap_or_else(|error| panic!("there is no whole answer: {error}"))
    }

    /// The same where the answer may not come.
    pub(crate) async fn try_send(&self, request: Request<Body>) -> Result<Reply, BoxError> {
        match self {
            Self::Router(router) => {
                let Ok(response) = router.clone().oneshot(request).await;
                collect(response).await
            }
            Self::Address(address) => send_to(*address, request).await,
        }
    }
}

/// One connection for one request, so that no test meets what another left in a pool.
async fn send_to(address: SocketAddr, request: Request<Body>) -> Result<Reply, BoxError> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let collected = collect(response).await;
    connection.abort();
    collected
}

/// Reads a body to its end, and then asks for more: some layers do.
async fn collect<B>(response: Response<B>) -> Result<Reply, BoxError>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (parts, body) = response.into_parts();
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        bytes.extend_from_slice(frame.map_err(Into::into)?.data_ref().map_or(&[], Bytes::as_ref));
    }
    assert!(body.frame().await.is_none(), "a body that has ended goes on");
    Ok(Reply::new(parts, bytes.freeze()))
}

/// A connection that a test writes to byte by byte, to be slow, to break off, or to break rules.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await;
        Self { stream: stream.expect("the server listens") }
    }

    /// Sends a request's head as it stands there, for a body that follows or not.
    pub async fn send_head(&mut self, request: &Request<Body>) {
        let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            let value = value.to_str().expect("a header in ASCII");
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.send(head.as_bytes()).await;
    }

    /// Sends some bytes.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the server reads");
    }

    /// Reads until this text has come, and returns everything up to then.
    ///
    /// # Panics
    /// When the connection ends before.
    pub async fn read_until(&mut self, text: &str) -> String {
        let mut read = Vec::new();
        loop {
            let byte = self.stream.read_u8().await;
            read.push(byte.unwrap_or_else(|error| panic!("no {text:?}, {error}: {}", String::from_utf8_lossy(&read))));
            if read.ends_with(text.as_bytes()) {
                return String::from_utf8_lossy(&read).into_owned();
            }
        }
    }

    /// Reads to the end of the connection. Ask for `Connection: close`, or this waits for long.
    pub async fn read_to_end(&mut self) -> String {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes).await.expect("an orderly end");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
