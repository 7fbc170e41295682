//! Notices within one process.

use futures_util::Stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::stores::version::unused;
use crate::stores::{Notice, Notices, Result, Tag};

/// So many tags wait for a stream that is read slowly.
const QUEUE: usize = 4096;

/// Notices of a program that runs in one process. A single filekit hears nothing of them, since it knows what it has changed;
/// several in one process hear of each other, by way of [`InProcessNotices::neighbour`].
///
/// A copy (`clone`) counts as the same server.
#[derive(Clone, Debug)]
pub struct InProcessNotices {
    server: [u8; 16],
    said: broadcast::Sender<([u8; 16], Tag)>,
}

impl InProcessNotices {
    /// Notices of a server that is alone for now.
    #[must_use]
    pub fn new() -> Self {
        Self { server: unused(), said: broadcast::Sender::new(QUEUE) }
    }

    /// Those of another server in this process, which hears of this one, and this one of it.
    #[must_use]
    pub fn neighbour(&self) -> Self {
        Self { server: unused(), said: self.said.clone() }
    }
}

impl Default for InProcessNotices {
    fn default() -> Self {
        Self::new()
    }
}

impl Notices for InProcessNotices {
    async fn publish(&self, tags: &[Tag]) -> Result<()> {
        for tag in tags {
            // That nothing listens is no error.
            let _ = self.said.send((self.server, *tag));
        }
        Ok(())
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        // It ends with the last sender, which a stream that holds one would keep.
        let heard = self.said.subscribe();
        let own = self.server;
        futures_util::stream::unfold(heard, move |mut heard| async move {
            loop {
                match heard.recv().await {
                    Ok((server, _)) if server == own => {}
                    Ok((_, tag)) => return Some((Notice::Changed(tag), heard)),
                    Err(RecvError::Lagged(_)) => return Some((Notice::Missed, heard)),
                    Err(RecvError::Closed) => return None,
                }
            }
        })
    }
}
