//! Figures of events, for whatever recorder of the crate `metrics` the program has installed. Names, kinds and labels are stable, and
//! follow the conventions of Prometheus: base units, and `_total` behind what only grows.

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use crate::guard::{FileEvent, FileEventKind};

/// Tells a recorder what the figures are. One that is installed later does not hear it, and counts all the same.
pub(super) fn describe() {
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

/// Counts an event.
pub(super) fn record(event: &FileEvent) {
    let bytes = event.bytes.unwrap_or_default();
    let seconds = event.duration.unwrap_or_default().as_secs_f64();
    match event.kind {
        FileEventKind::Sent => {
            counter!("filekit_uploads_total").increment(1);
            counter!("filekit_upload_bytes_total").increment(bytes);
            histogram!("filekit_upload_seconds").record(seconds);
        }
        FileEventKind::Stored => {
            counter!("filekit_stored_files_total").increment(1);
            counter!("filekit_stored_bytes_total").increment(bytes);
        }
        FileEventKind::Served => {
            counter!("filekit_served_total").increment(1);
            counter!("filekit_served_bytes_total").increment(bytes);
            histogram!("filekit_serve_seconds").record(seconds);
        }
        FileEventKind::Removed => counter!("filekit_removed_files_total").increment(1),
        FileEventKind::Expired => counter!("filekit_expired_files_total").increment(1),
        FileEventKind::Checked { verdict } => counter!("filekit_checks_total", "verdict" => verdict).increment(1),
        FileEventKind::Refused { code } => counter!("filekit_refusals_total", "code" => code).increment(1),
        FileEventKind::CallFailed { event, code } => {
            counter!("filekit_failed_calls_total", "event" => event, "code" => code).increment(1);
        }
    }
}
