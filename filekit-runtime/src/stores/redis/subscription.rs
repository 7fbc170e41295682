//! A channel that is listened to, also over lost connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use redis::aio::PubSub;
use redis::{Client, RedisResult};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;

use crate::stores::Result;
use crate::stores::redis::error::{failed, unanswered};
use crate::stores::redis::link::{PATIENCE, address};

/// So many messages wait for a listener that reads slowly.
const QUEUE: usize = 4096;

/// After so long without a message Redis is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(1);

/// Between two tries to connect, at first; twice as long each time.
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What is heard on a channel.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    Message(Bytes),
    /// The connection was lost, or messages came too fast. From now on they are heard again.
    Missed,
}

/// A connection that listens to a channel until this is dropped.
#[derive(Debug)]
pub(super) struct Subscription {
    heard: broadcast::Sender<Heard>,
    is_live: Arc<AtomicBool>,
    task: AbortHandle,
}

impl Subscription {
    /// Listens as soon as there is a connection. To be called in a runtime.
    pub(super) fn start(client: Client, channel: String) -> Self {
        Self::with(None, client, channel)
    }

    /// Listens when this returns.
    ///
    /// # Errors
    ///
    /// If Redis cannot be reached, or refuses.
    pub(super) async fn open(client: Client, channel: String) -> Result<Self> {
        let at = address(&client);
        match tokio::time::timeout(PATIENCE, connect(&client, &channel)).await {
            Ok(Ok(connection)) => Ok(Self::with(Some(connection), client, channel)),
            Ok(Err(error)) => Err(failed(&at, error)),
            Err(_) => Err(unanswered(&at)),
        }
    }

    fn with(connection: Option<PubSub>, client: Client, channel: String) -> Self {
        let heard = broadcast::Sender::new(QUEUE);
        let is_live = Arc::new(AtomicBool::new(connection.is_some()));
        let task = tokio::spawn(keep_listening(connection, (client, channel), heard.clone(), Arc::clone(&is_live)));
        Self { heard, is_live, task: task.abort_handle() }
    }

    /// What is said from now on.
    pub(super) fn listen(&self) -> Listener {
        Listener(self.heard.subscribe())
    }

    /// Whether there is a connection, as far as is known.
    pub(super) fn is_live(&self) -> bool {
        self.is_live.load(Ordering::Relaxed)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One listener of several.
pub(super) struct Listener(broadcast::Receiver<Heard>);

impl Listener {
    /// What is said next. None if there is no subscription any more.
    pub(super) async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(RecvError::Closed) => None,
        }
    }

    /// Waits for this message, or for a time in which it may have been missed.
    pub(super) async fn message(&mut self, awaited: &[u8]) {
        loop {
            match self.next().await {
                Some(Heard::Message(message)) if message != awaited => {}
                Some(_) => return,
                None => std::future::pending().await,
            }
        }
    }
}

async fn connect(client: &Client, channel: &str) -> RedisResult<PubSub> {
    let mut connection = client.get_async_pubsub().await?;
    connection.subscribe(channel).await?;
    Ok(connection)
}

async fn keep_listening(
    mut connection: Option<PubSub>,
    (client, channel): (Client, String),
    heard: broadcast::Sender<Heard>,
    is_live: Arc<AtomicBool>,
) {
    let at = address(&client);
    let mut pause = PAUSE;
    loop {
        if let Some(connection) = connection.take() {
            pause = PAUSE;
            listen(connection, &heard).await;
            is_live.store(false, Ordering::Relaxed);
            tracing::warn!("{at} is not heard any more; connecting anew");
        }
        match tokio::time::timeout(PATIENCE, connect(&client, &channel)).await {
            Ok(Ok(new)) => {
                is_live.store(true, Ordering::Relaxed);
                // That nothing listens is no error.
                let _ = heard.send(Heard::Missed);
                connection = Some(new);
            }
            _ => {
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Passes on what is said until the connection is lost. One that is silent may be lost without a word.
async fn listen(connection: PubSub, heard: &broadcast::Sender<Heard>) {
    let (mut sink, mut messages) = connection.split();
    loop {
        match tokio::time::timeout(SILENCE, messages.next()).await {
            Ok(Some(message)) => {
                let message = Bytes::copy_from_slice(message.get_payload_bytes());
                let _ = heard.send(Heard::Message(message));
            }
            Ok(None) => return,
            Err(_) => {
                let answer = tokio::time::timeout(PATIENCE, sink.ping::<redis::Value>()).await;
                if !matches!(answer, Ok(Ok(_))) {
                    return;
                }
            }
        }
    }
}
