//! Figures of events, for whatever recorder of the crate `metrics` the program has installed. Names, kinds and labels are stable, and
//! follow the conventions of Prometheus: base units, and `_total` behind what only grows.

use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};

use crate::guard::{FileEvent, FileEventKind};

/// The figures without labels, as the recorder has them: to look one up would cost more than to count.
pub(super) struct Figures {
    uploads: Counter,
    upload_bytes: Counter,
    upload_seconds: Histogram,
    stored_files: Counter,
    stored_bytes: Counter,
    served: Counter,
    served_bytes: Counter,
    serve_seconds: Histogram,
    removed_files: Counter,
    expired_files: Counter,
}

impl Figures {
    /// The figures of the recorder that is installed now, which is told what they are.
    pub(super) fn new() -> Self {
        describe();
        Self {
            uploads: counter!("filekit_uploads_total"),
            upload_bytes: counter!("filekit_upload_bytes_total"),
            upload_seconds: histogram!("filekit_upload_seconds"),
            stored_files: counter!("filekit_stored_files_total"),
            stored_bytes: counter!("filekit_stored_bytes_total"),
            served: counter!("filekit_served_total"),
            served_bytes: counter!("filekit_served_bytes_total"),
            serve_seconds: histogram!("filekit_serve_seconds"),
            removed_files: counter!("filekit_removed_files_total"),
            expired_files: counter!("filekit_expired_files_total"),
        }
    }

    /// Counts an event.
    pub(super) fn record(&self, event: &FileEvent) {
        let bytes = event.bytes.unwrap_or_default();
        match event.kind {
            FileEventKind::Sent => {
                self.uploads.increment(1);
                self.upload_bytes.increment(bytes);
                self.upload_seconds.record(event.duration.unwrap_or_default());
            }
            FileEventKind::Stored => {
                self.stored_files.increment(1);
                self.stored_bytes.increment(bytes);
            }
            FileEventKind::Served => {
                self.served.increment(1);
                self.served_bytes.increment(bytes);
                if let Some(duration) = event.duration {
                    self.serve_seconds.record(duration);
                }
            }
            FileEventKind::Removed => self.removed_files.increment(1),
            FileEventKind::Expired => self.expired_files.increment(1),
            FileEventKind::Checked { verdict } => counter!("filekit_checks_total", "verdict" => verdict).increment(1),
            FileEventKind::Refused { code } => counter!("filekit_refusals_total", "code" => code).increment(1),
            FileEventKind::CallFailed { event, code } => {
                counter!("filekit_failed_calls_total", "event" => event, "code" => code).increment(1);
            }
        }
    }
}

fn describe() {
    let files = [
        ("filekit_uploads_total", "Files that have come"),
        ("filekit_stored_files_total", "Files that were stored for good"),
        ("filekit_served_total", "Answers with a stored file or a download"),
        ("filekit_removed_files_total", "Stored files that were removed"),
        ("filekit_expired_files_total", "Files that had reached their end and were removed"),
        ("filekit_checks_total", "Files that were checked, by verdict"),
        ("filekit_refusals_total", "Refused requests, by code"),
        ("filekit_failed_calls_total", "Events that have failed, by event and code"),
    ];
    let bytes = [
        ("filekit_upload_bytes_total", "Bytes of files that have come"),
        ("filekit_stored_bytes_total", "Bytes of files that were stored for good"),
        ("filekit_served_bytes_total", "Bytes of stored files and downloads that were sent"),
    ];
    files.into_iter().for_each(|(name, about)| describe_counter!(name, Unit::Count, about));
    bytes.into_iter().for_each(|(name, about)| describe_counter!(name, Unit::Bytes, about));
    describe_histogram!("filekit_upload_seconds", Unit::Seconds, "How long files were on their way");
    describe_histogram!("filekit_serve_seconds", Unit::Seconds, "How long answers with files were on their way");
}
