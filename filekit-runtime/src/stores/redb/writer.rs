//! Writes what several callers want changed with one commit, on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::stores::redb::file::StateFile;
use crate::stores::redb::tables::{self, Change};
use crate::stores::{Result, StoreError};

/// So many changes are made with one commit, at most, and so many bytes.
const TOGETHER: usize = 512;
const BYTES: usize = 64 << 20;

/// The thread. It ends when this is dropped, after what it was asked.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` when it is to end.
    wanted: Option<Sender<Wanted>>,
    thread: Option<JoinHandle<()>>,
}

struct Wanted {
    key: String,
    change: Change,
    /// When it was wanted.
    now: u64,
    answer: oneshot::Sender<Result<bool>>,
}

impl Writer {
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn start(file: Arc<StateFile>) -> Result<Self> {
        let (sender, receiver) = channel();
        let named = std::thread::Builder::new().name("filekit-states".to_owned());
        let started = named.spawn(move || write(&file, &receiver));
        let thread = started.map_err(|error| {
            StoreError::unavailable("the system gives no thread to write states: allow more").with_source(error)
        })?;
        Ok(Self { wanted: Some(sender), thread: Some(thread) })
    }

    /// Makes a change, and tells whether it was made. It is on the disk then, and is made also if nothing waits for it any more.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(super) async fn make(&self, key: &str, change: Change) -> Result<bool> {
        let (answer, answered) = oneshot::channel();
        let wanted = Wanted { key: key.to_owned(), change, now: tables::now(), answer };
        let sent = self.wanted.as_ref().is_some_and(|sender| sender.send(wanted).is_ok());
        let ended = || StoreError::unavailable("states are not written any more: the program stops");
        if !sent {
            return Err(ended());
        }
        answered.await.unwrap_or_else(|_| Err(ended()))
    }
}

impl Drop for Writer {
    /// Waits for the last commit, so that the file can be opened again.
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// While one commit is on its way to the disk, changes gather for the next one.
fn write(file: &StateFile, wanted: &Receiver<Wanted>) {
    while let Ok(first) = wanted.recv() {
        let mut bytes = first.change.bytes();
        let mut together = vec![first];
        while together.len() < TOGETHER
            && bytes < BYTES
            && let Ok(next) = wanted.try_recv()
        {
            bytes += next.change.bytes();
            together.push(next);
        }
        let changes = together.iter().map(|wanted| (wanted.key.as_str(), &wanted.change));
        let now = together.iter().map(|wanted| wanted.now).max().unwrap_or_default();
        match file.with(|database| tables::commit(database, now, changes)) {
            Ok(made) => {
                for (wanted, is_made) in together.into_iter().zip(made) {
                    // A caller that does not wait any more needs no answer.
                    let _ = wanted.answer.send(Ok(is_made));
                }
            }
            Err(error) => {
                tracing::error!(%error, "states are not written");
                for wanted in together {
                    let _ = wanted.answer.send(Err(error.clone()));
                }
            }
        }
    }
}
