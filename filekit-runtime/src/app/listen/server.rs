//! Takes connections and serves them. Whether there is a place for one is `table.rs`.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http::Version;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tower::Service as _;

use crate::app::listen::answered::AnsweredRequest;
use crate::app::listen::connections::Connections;
use crate::app::listen::interim_stream::InterimStream;
use crate::app::listen::lingering::{LingeringStream, UnreadBody};
use crate::app::listen::refusal::ConnectionRefusals;
use crate::app::listen::table::ConnectionSlot;
use crate::app::listen::write_timeout::WriteTimeout;
use crate::interim::InterimQueue;
use crate::kit::FileKit;

/// How long the head of a request may take to come, and a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the server waits when the system has nothing left for another connection: others have to end first.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(1);

/// The same after one was asked to make way.
const WAIT_FOR_ONE: Duration = Duration::from_millis(10);

/// A program that is served.
pub(super) struct Server {
    filekit: FileKit,
    app: Router,
    connections: Connections,
    refusals: ConnectionRefusals,
}

impl Server {
    pub(super) fn new(filekit: FileKit, app: Router) -> Self {
        let connections = Connections::new(filekit.config().connections);
        let refusals = ConnectionRefusals::new(filekit.texts());
        Self { filekit, app, connections, refusals }
    }

    /// Serves connections as they come, without end.
    pub(super) async fn accept(&self, listener: &TcpListener) {
        loop {
            self.connections.table.is_settled().await;
            match listener.accept().await {
                Ok((stream, address)) => self.serve(stream, address),
                Err(error) if is_of_client(&error) => {}
                Err(error) => {
                    // Out of file descriptors, for example: it gets better when others are done.
                    tracing::error!(%error, "a connection could not be accepted");
                    let makes_way = self.connections.table.close_one();
                    tokio::time::sleep(if makes_way { WAIT_FOR_ONE } else { WAIT_FOR_OTHERS }).await;
                }
            }
        }
    }

    /// Serves the connections that the system has taken for this server, and lets it take no more. To close the listener would break
    /// them, although their requests may have come: a proxy does not send those to another server.
    pub(super) fn serve_waiting(&self, listener: TcpListener) {
        let served = listener.into_std().and_then(|listener| {
            loop {
                match listener.accept() {
                    Ok((stream, address)) => {
                        stream.set_nonblocking(true)?;
                        self.serve(TcpStream::from_std(stream)?, address);
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                    Err(error) if is_of_client(&error) => {}
                    Err(error) => return Err(error),
                }
            }
        });
        if let Err(error) = served {
            tracing::error!(%error, "connections that waited could not be accepted");
        }
    }

    /// Lets no connection begin another request, and waits until all have ended.
    pub(super) async fn end(self) {
        self.connections.end().await;
    }

    /// Serves one connection, if there is a place for it. All visitors behind a proxy have its address.
    fn serve(&self, stream: TcpStream, address: SocketAddr) {
        let peer = Some(address.ip()).filter(|peer| !self.filekit.config().sessions.scheme.is_proxy(*peer));
        match self.connections.table.admit(peer) {
            Some(slot) => self.serve_connection(stream, address, Arc::new(slot)),
            None => self.refusals.refuse(stream),
        }
    }

    fn serve_connection(&self, stream: TcpStream, address: SocketAddr, slot: Arc<ConnectionSlot>) {
        // Small answers must not wait for more to come.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let (app, of_connection) = (self.app.clone(), Arc::clone(&slot));
        let serve = move |stream| {
            let (unread, interim) = (UnreadBody::default(), InterimQueue::default());
            let stream = WriteTimeout::new(stream).noted_in(Arc::clone(&of_connection));
            let stream = LingeringStream::new(InterimStream::new(stream, interim.clone()), unread.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                let answered = AnsweredRequest::new(Arc::clone(&of_connection));
                let mut request = unread.watch(request).map(|body| Body::new(answered.awaiting(body)));
                request.extensions_mut().insert(ConnectInfo(address));
                answer(app.clone(), request, interim.clone(), answered)
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
            http.serve_connection(TokioIo::new(stream), service)
        };
        self.connections.add(stream, slot, HEAD_TIMEOUT, serve);
    }
}

/// The client has disconnected already: that says nothing about the next one.
fn is_of_client(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers a request. Clients of HTTP/1.0 know no interim answers (RFC 9110, section 15.2).
async fn answer(
    mut app: Router,
    mut request: Request,
    interim: InterimQueue,
    answered: AnsweredRequest,
) -> Result<Response, Infallible> {
    if request.version() == Version::HTTP_11 {
        request.extensions_mut().insert(interim.begin());
    }
    // A router is always ready.
    let response = app.call(request).await;
    interim.end();
    response.map(|response| response.map(|body| answered.answered_by(body)))
}
