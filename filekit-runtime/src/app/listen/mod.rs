//! Listens, logs and stops.

mod connections;
mod interim_stream;
mod lingering;
mod write_timeout;

use std::convert::Infallible;
use std::io::ErrorKind::{
    AddrInUse, AddrNotAvailable, ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, PermissionDenied,
    WouldBlock,
};
use std::io::IsTerminal as _;
use std::net::SocketAddr;
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
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::app::choices;
use crate::app::listen::connections::Connections;
use crate::app::listen::interim_stream::InterimStream;
use crate::app::listen::lingering::{LingeringStream, UnreadBody};
use crate::app::listen::write_timeout::WriteTimeout;
use crate::error::{Error, Result};
use crate::interim::InterimQueue;
use crate::kit::FileKit;

/// Where a server listens if nothing was chosen: this machine alone can reach it.
const ADDRESS: &str = "127.0.0.1:3000";

/// The variable that chooses another address.
const ADDRESS_VARIABLE: &str = "FILEKIT_ADDR";

/// How long the head of a request may take to come, and a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long connections are taken after the program was asked to stop.
const LAST_CALL: Duration = Duration::from_millis(100);

/// How long requests may go on after the program was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves `pages` with everything from the environment and the defaults, until Ctrl-C or SIGTERM.
///
/// The address is `FILEKIT_ADDR`, or `127.0.0.1:3000`. Logs go to the standard error output, as `RUST_LOG` says, unless
/// the program has set up `tracing` itself.
///
/// # Errors
///
/// If the upload directory cannot be used, the store of states cannot be reached, or the address cannot be bound.
///
/// # Examples
///
/// ```no_run
/// use axum::Router;
///
/// #[tokio::main]
/// async fn main() -> filekit_runtime::Result<()> {
///     filekit_runtime::serve(Router::new()).await
/// }
/// ```
pub async fn serve(pages: Router) -> Result<()> {
    log_to_stderr();
    FileKit::from_env()?.serve(pages).await
}

/// Serves `pages` until it is asked to stop.
pub(crate) async fn listen(filekit: &FileKit, pages: Router) -> Result<()> {
    log_to_stderr();
    let address = choices::variable(ADDRESS_VARIABLE)?.unwrap_or_else(|| ADDRESS.to_owned());
    let listener = TcpListener::bind(&address).await.map_err(|error| unbound(&address, &error))?;
    let address = listener.local_addr()?;
    filekit.config().hosts.listen_on(address);
    filekit.check_states().await?;
    let app = filekit.router(pages);
    announce(address);
    let connections = Connections::new();
    tokio::select! {
        () = accept(&listener, &app, &connections) => {}
        () = asked_to_stop() => tracing::info!("stopping: waiting for requests that run"),
    }
    // On a busy machine the system may not have finished the handshake of a client that has sent its request already: it would be reset.
    let _ = tokio::time::timeout(LAST_CALL, accept(&listener, &app, &connections)).await;
    serve_waiting(listener, &app, &connections);
    filekit.end_live();
    tokio::select! {
        () = connections.end() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("stopped before all requests were done"),
        () = asked_to_stop() => tracing::warn!("stopped before all requests were done"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// Why there is no listening on an address, and what to do.
fn unbound(address: &str, error: &std::io::Error) -> Error {
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok()).unwrap_or_default();
    let text = match error.kind() {
        InvalidInput => format!(
            "`{ADDRESS_VARIABLE}` is `{address}`, which is no address: write host and port, like `127.0.0.1:3000` for this \
             machine alone, or `0.0.0.0:3000` for others, too"
        ),
        AddrInUse => {
            let other = port.checked_add(1).unwrap_or(3000);
            format!(
                "`{address}` is taken: stop the program that listens there, or choose another port, like \
                 `{ADDRESS_VARIABLE}=127.0.0.1:{other}`"
            )
        }
        PermissionDenied => format!(
            "this user may not listen on `{address}`: choose a port of 1024 or more by `{ADDRESS_VARIABLE}`, or give the \
             program the right (`CAP_NET_BIND_SERVICE`)"
        ),
        AddrNotAvailable => format!(
            "`{address}` is no address of this machine: `{ADDRESS_VARIABLE}=0.0.0.0:{port}` listens on all that it has"
        ),
        _ => format!("cannot listen on `{address}`, {error}: choose another address by `{ADDRESS_VARIABLE}`"),
    };
    choices::wrong(text)
}

/// Serves connections as they come, without end.
async fn accept(listener: &TcpListener, app: &Router, connections: &Connections) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => serve_connection(stream, address, app.clone(), connections),
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                // Out of file descriptors, for example: it gets better when others are done.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Serves the connections that the system has taken for this server, and lets it take no more. To close the listener would break
/// them, although their requests may have come: a proxy does not send those to another server.
fn serve_waiting(listener: TcpListener, app: &Router, connections: &Connections) {
    let served = listener.into_std().and_then(|listener| {
        loop {
            match listener.accept() {
                Ok((stream, address)) => {
                    stream.set_nonblocking(true)?;
                    serve_connection(TcpStream::from_std(stream)?, address, app.clone(), connections);
                }
                Err(error) if error.kind() == WouldBlock => return Ok(()),
                Err(error) if is_of_client(&error) => {}
                Err(error) => return Err(error),
            }
        }
    });
    if let Err(error) = served {
        tracing::error!(%error, "connections that waited could not be accepted");
    }
}

/// The client has disconnected already: that says nothing about the next one.
fn is_of_client(error: &std::io::Error) -> bool {
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection.
fn serve_connection(stream: TcpStream, address: SocketAddr, app: Router, connections: &Connections) {
    // Small answers must not wait for more to come.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let serve = move |stream| {
        let (unread, interim) = (UnreadBody::default(), InterimQueue::default());
        let stream = InterimStream::new(WriteTimeout::new(stream), interim.clone());
        let stream = LingeringStream::new(stream, unread.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = unread.watch(request).map(Body::new);
            request.extensions_mut().insert(ConnectInfo(address));
            answer(app.clone(), request, interim.clone())
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
        http.serve_connection(TokioIo::new(stream), service)
    };
    connections.add(stream, HEAD_TIMEOUT, serve);
}

/// Answers a request. Clients of HTTP/1.0 know no interim answers (RFC 9110, section 15.2).
async fn answer(mut app: Router, mut request: Request, interim: InterimQueue) -> Result<Response, Infallible> {
    if request.version() == Version::HTTP_11 {
        request.extensions_mut().insert(interim.begin());
    }
    // A router is always ready.
    let answered = app.call(request).await;
    interim.end();
    answered
}

#[expect(clippy::print_stdout, reason = "the one line that people look for when they start the program")]
fn announce(address: SocketAddr) {
    println!("listening on http://{address}");
}

/// Sets up logging if the program has not. `RUST_LOG` holds levels, alone or for a target: `info,filekit=debug`.
fn log_to_stderr() {
    let chosen = std::env::var("RUST_LOG").ok().map(|text| text.parse::<Targets>().map_err(|error| (text, error)));
    let (levels, wrong) = match chosen {
        Some(Ok(levels)) => (levels, None),
        Some(Err(wrong)) => (Targets::new().with_default(LevelFilter::INFO), Some(wrong)),
        None => (Targets::new().with_default(LevelFilter::INFO), None),
    };
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let is_ours = tracing_subscriber::registry().with(lines).with(levels).try_init().is_ok();
    if let (true, Some((text, error))) = (is_ours, wrong) {
        tracing::warn!(
            "`RUST_LOG` is `{text}`, and stands for `info`, {error}: write levels like `info,filekit=debug`"
        );
    }
}

/// Comes back on Ctrl-C, and on the signal by which service managers stop a program.
async fn asked_to_stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The other ones are seen in the tests of whole programs, which may listen on any port where they run.
    #[test]
    fn a_port_that_asks_for_rights_is_told_with_what_to_do() {
        assert_eq!(
            unbound("0.0.0.0:80", &PermissionDenied.into()).to_string(),
            "this user may not listen on `0.0.0.0:80`: choose a port of 1024 or more by `FILEKIT_ADDR`, or give the program \
             the right (`CAP_NET_BIND_SERVICE`)"
        );
    }
}
