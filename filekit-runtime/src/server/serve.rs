//! Listens, logs and stops; not what is served.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::error::Result;
use crate::server::FileKit;

/// Where a server listens if nothing was chosen: this machine alone can reach it.
const ADDRESS: &str = "127.0.0.1:3000";

/// How long requests may go on after the program was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves `pages` with everything from the environment and the defaults, until Ctrl-C.
///
/// The address is `FILEKIT_ADDR`, or `127.0.0.1:3000`. Logs go to the standard error output, as `RUST_LOG` says, unless
/// the program has set up `tracing` itself.
///
/// # Errors
///
/// If the upload directory cannot be used, or the address is not to be had.
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

pub(crate) async fn listen(app: Router) -> Result<()> {
    log_to_stderr();
    let address = std::env::var("FILEKIT_ADDR").unwrap_or_else(|_| ADDRESS.to_owned());
    let listener = TcpListener::bind(&address).await.map_err(|error| {
        std::io::Error::new(
            error.kind(),
            format!("cannot listen on {address} (`FILEKIT_ADDR` chooses another address): {error}"),
        )
    })?;
    announce(listener.local_addr()?);
    // Small answers must not wait for more to come.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let stop = async {
        asked_to_stop().await;
        tracing::info!("stopping: waiting for requests that run");
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(stop);
    tokio::select! {
        result = server => result?,
        () = out_of_patience() => tracing::warn!("stopped before all requests were done"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// Comes back when requests have had their time to end after the program was asked to stop.
async fn out_of_patience() {
    asked_to_stop().await;
    tokio::time::sleep(GRACE).await;
}

#[expect(clippy::print_stdout, reason = "the one line that people look for when they start the program")]
fn announce(address: SocketAddr) {
    println!("listening on http://{address}");
}

/// Sets up logging if the program has not. `RUST_LOG` holds levels, alone or for a target: `info,filekit_runtime=debug`.
fn log_to_stderr() {
    let chosen = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let levels = chosen.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let _ = tracing_subscriber::registry().with(lines).with(levels).try_init();
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
