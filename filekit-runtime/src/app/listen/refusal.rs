//! What a client is told for whose connection there is no place.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::FileRejection;
use crate::texts::Texts;

/// How many are told at a time; any other connection is closed without a word.
const TOLD_AT_A_TIME: usize = 8;

/// How long a client is listened to that is told: a connection that is closed with unread data is reset, and the answer lost with it
/// (RFC 9112, section 9.6).
const LISTENS: Duration = Duration::from_secs(1);

/// Tells clients that there is no place for their connections.
pub(super) struct ConnectionRefusals {
    answer: Bytes,
    places: Arc<Semaphore>,
}

impl ConnectionRefusals {
    pub(super) fn new(texts: &Texts) -> Self {
        let refusal = FileRejection::ServerBusy;
        let words = format!("{}: {}\n", refusal.code(), refusal.words(texts));
        let (length, seconds) = (words.len(), refusal.retry_after().unwrap_or_default());
        let answer = format!(
            "HTTP/1.1 {}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nretry-after: {seconds}\r\n\
             cache-control: no-store\r\nconnection: close\r\n\r\n{words}",
            refusal.status()
        );
        Self { answer: answer.into(), places: Arc::new(Semaphore::new(TOLD_AT_A_TIME)) }
    }

    /// Refuses a connection.
    pub(super) fn refuse(&self, stream: TcpStream) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return };
        let answer = self.answer.clone();
        tokio::spawn(async move {
            let _place = place;
            // Whether it is heard or not, the connection ends.
            let _ = timeout(LISTENS, tell(stream, &answer)).await;
        });
    }
}

async fn tell(mut stream: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    stream.write_all(answer).await?;
    stream.shutdown().await?;
    let mut unread = [0; 4096];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}
