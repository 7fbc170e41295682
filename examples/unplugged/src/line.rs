//! The line between visitors and the server: slow for uploads, and with a plug.

use std::env;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep};

/// So many bytes of an upload arrive in a second.
const RATE: u32 = 4_000_000;

/// Whether the plug is out. It is the server's, so all visitors share it.
static IS_CUT: AtomicBool = AtomicBool::new(false);

pub(crate) fn is_cut() -> bool {
    IS_CUT.load(Ordering::Relaxed)
}

pub(crate) fn cut(is_cut: bool) {
    IS_CUT.store(is_cut, Ordering::Relaxed);
}

/// A listener whose connections are [wires](Wire).
pub(crate) struct Line(TcpListener);

impl Line {
    /// Listens where `FILEKIT_ADDR` says, as `filekit::serve` does.
    pub(crate) async fn listen() -> Result<Self> {
        let address = env::var("FILEKIT_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
        let listener = TcpListener::bind(address).await?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        Ok(Self(listener))
    }
}

impl Listener for Line {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Wire::new(stream), address)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that is slow while it brings an upload, and breaks then if the plug is out. Anything else passes, so that
/// the page can put the plug back.
pub(crate) struct Wire {
    stream: TcpStream,
    /// Whether the next bytes are the beginning of a request.
    begins: bool,
    is_upload: bool,
    rest: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            begins: true,
            is_upload: false,
            rest: None,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if let Some(rest) = &mut self.rest {
            ready!(rest.as_mut().poll(context));
            self.rest = None;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let bytes = &buffer.filled()[before..];
        if std::mem::take(&mut self.begins) {
            self.is_upload = asks_for_upload(bytes);
        }
        if !self.is_upload {
            return Poll::Ready(Ok(()));
        }
        if is_cut() {
            return Poll::Ready(Err(Error::new(
                ErrorKind::ConnectionReset,
                "the plug is out",
            )));
        }
        let took = Duration::from_secs(bytes.len() as u64) / RATE;
        self.rest = Some(Box::pin(sleep(took)));
        Poll::Ready(Ok(()))
    }
}

/// Tells by its first line whether a request is about an upload.
fn asks_for_upload(request: &[u8]) -> bool {
    let line = request
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.contains("/_filekit/upload") || line.contains("/_filekit/partial/")
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        // After an answer comes the next request.
        self.begins = true;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
