//! Listens, logs and stops.

mod answered;
mod connections;
mod interim_stream;
mod lingering;
mod refusal;
mod server;
mod stop_signals;
mod table;
mod write_timeout;

use std::io::ErrorKind::{AddrInUse, AddrNotAvailable, InvalidInput, PermissionDenied};
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::app::choices;
use crate::app::listen::server::Server;
use crate::app::listen::stop_signals::StopSignals;
use crate::error::{Error, Result};
use crate::kit::FileKit;

/// Where a server listens if nothing was chosen: this machine alone can reach it.
const ADDRESS: &str = "127.0.0.1:3000";

/// The variable that chooses another address.
const ADDRESS_VARIABLE: &str = "FILEKIT_ADDR";

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
    // Before it says that it listens: what starts it may ask it to stop from there on.
    let mut stop = StopSignals::listen()?;
    announce(address);
    let server = Server::new(filekit.clone(), app);
    tokio::select! {
        () = server.accept(&listener) => {}
        () = stop.asked() => tracing::info!("stopping: waiting for requests that run"),
    }
    // On a busy machine the system may not have finished the handshake of a client that has sent its request already: it would be reset.
    let _ = tokio::time::timeout(LAST_CALL, server.accept(&listener)).await;
    server.serve_waiting(listener);
    filekit.end_live();
    tokio::select! {
        () = server.end() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("stopped before all requests were done"),
        () = stop.asked() => tracing::warn!("stopped before all requests were done"),
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
