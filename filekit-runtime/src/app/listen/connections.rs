//! The connections of a server, from the first byte to an orderly end. What they carry is for others.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::app::listen::table::{ConnectionSlot, ConnectionTable};
use crate::kit::ConnectionBounds;

/// The connections that there are. A request of which the first byte has come is answered, also if the server is asked to stop then:
/// a proxy that has sent it does not send it to another server.
pub(super) struct Connections {
    is_stopping: watch::Sender<bool>,
    /// Their places.
    pub(super) table: ConnectionTable,
}

impl Connections {
    pub(super) fn new(bounds: ConnectionBounds) -> Self {
        Self { is_stopping: watch::Sender::new(false), table: ConnectionTable::new(bounds) }
    }

    /// Serves one more, in a task of its own; `patience` is for the first byte. It ends when its slot says that it is to make way.
    pub(super) fn add<C>(
        &self,
        stream: TcpStream,
        slot: Arc<ConnectionSlot>,
        patience: Duration,
        serve: impl FnOnce(TcpStream) -> C + Send + 'static,
    ) where
        C: GracefulConnection<Error = hyper::Error> + Send,
    {
        let mut is_stopping = self.is_stopping.subscribe();
        tokio::spawn(async move {
            let begun = tokio::select! {
                begun = begun(stream, patience, &mut is_stopping) => begun,
                () = slot.is_to_close() => return,
            };
            match begun {
                Ok(Some(stream)) => to_its_end(serve(stream), &slot, is_stopping).await,
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "a connection broke before it was used"),
            }
        });
    }

    /// Lets no connection begin another request, and waits until all have ended.
    pub(super) async fn end(self) {
        self.is_stopping.send_replace(true);
        self.is_stopping.closed().await;
    }
}

/// Waits for the first byte. None if it does not come, or the server stops before.
async fn begun(
    stream: TcpStream,
    patience: Duration,
    is_stopping: &mut watch::Receiver<bool>,
) -> io::Result<Option<TcpStream>> {
    tokio::select! {
        biased;
        readable = tokio::time::timeout(patience, stream.readable()) => {
            return readable.ok().transpose().map(|readable| readable.map(|()| stream));
        }
        () = stops(is_stopping) => {}
    }
    // It may be here without having been told of yet.
    let stream = stream.into_std()?;
    if !stream.peek(&mut [0]).is_ok_and(|length| length > 0) {
        return Ok(None);
    }
    let stream = TcpStream::from_std(stream)?;
    stream.readable().await?;
    Ok(Some(stream))
}

/// hyper closes a connection at once if it is asked to end it before it has read anything. So it may read first.
async fn to_its_end<C: GracefulConnection<Error = hyper::Error>>(
    connection: C,
    slot: &ConnectionSlot,
    mut is_stopping: watch::Receiver<bool>,
) {
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = slot.is_to_close() => make_way(connection, slot).await,
        () = stops(&mut is_stopping) => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = slot.is_to_close() => make_way(connection, slot).await,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Ends a connection at once, unless a request has begun since it was asked to make way.
async fn make_way<C: GracefulConnection<Error = hyper::Error>>(
    mut connection: Pin<&mut C>,
    slot: &ConnectionSlot,
) -> Result<(), hyper::Error> {
    connection.as_mut().graceful_shutdown();
    match slot.has_begun_meanwhile() {
        true => connection.await,
        false => Ok(()),
    }
}

/// Comes back when the server stops.
async fn stops(is_stopping: &mut watch::Receiver<bool>) {
    // The other half is there for as long as the server is.
    let _ = is_stopping.wait_for(|is_stopping| *is_stopping).await;
}
