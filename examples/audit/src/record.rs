//! The record: the last events in memory, and how many there was no room for. A program of yours has a table of a database here.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use filekit::guard::FileEvent;
use filekit::prelude::*;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// What pages follow that show the record.
pub(crate) const RECORD: &str = "record";

/// How many events are kept.
const KEPT: usize = 100;

/// How many may wait to be written.
const WAITING: usize = 1_000;

/// An event and its number, from 1.
pub(crate) type Entry = (u64, FileEvent);

#[derive(Clone)]
pub(crate) struct Record {
    sender: Sender<FileEvent>,
    entries: Arc<Mutex<VecDeque<Entry>>>,
    dropped: Arc<AtomicU64>,
}

impl Record {
    /// A record without entries, and the events that are to be written into it.
    pub(crate) fn new() -> (Self, Receiver<FileEvent>) {
        let (sender, events) = mpsc::channel(WAITING);
        let record = Self {
            sender,
            entries: Arc::default(),
            dropped: Arc::default(),
        };
        (record, events)
    }

    /// Hands events over, and waits for nothing: it runs in the middle of requests.
    pub(crate) fn observer(&self) -> impl Fn(&FileEvent) + Send + Sync + 'static {
        let (sender, dropped) = (self.sender.clone(), self.dropped.clone());
        move |event| {
            if sender.try_send(event.clone()).is_err() {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Writes events as they come, and lets open pages know.
    pub(crate) async fn write(self, mut events: Receiver<FileEvent>, filekit: FileKit) {
        for number in 1.. {
            let Some(event) = events.recv().await else {
                return;
            };
            self.add((number, event));
            filekit.notify(RECORD).await;
        }
    }

    fn add(&self, entry: Entry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.truncate(KEPT - 1);
        entries.push_front(entry);
    }

    /// The last events, the newest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().cloned().collect()
    }

    /// How many events were not written.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}
