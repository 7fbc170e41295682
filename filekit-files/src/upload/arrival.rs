//! A file on its way here, for those who are told when all of it has come.

use crate::guard::{FileEventKind, Stopwatch};
use crate::storage::SafeName;

/// The arrival of a file, which is told once.
#[derive(Debug)]
pub(crate) struct Arrival(Option<Stopwatch>);

impl Arrival {
    /// A file whose first bytes come now.
    pub(crate) fn begin() -> Self {
        Self(Stopwatch::start())
    }

    /// The file has come, with so many bytes.
    pub(crate) fn end(&mut self, name: &SafeName, bytes: u64) {
        if let Some(stopwatch) = self.0.take() {
            stopwatch.emit(FileEventKind::Sent, |event| event.with_name(name.as_str()).with_bytes(bytes));
        }
    }
}
