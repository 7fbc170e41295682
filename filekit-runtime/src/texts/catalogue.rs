//! The fixed texts of pages with their keys, in English; those about files are in `filekit-files`.
//!
//! A key that ends in `.one` or `.other` is one form of a text with a count. The browser's lists are in `client/src/texts.ts`,
//! the translator's stand in the guide; `cargo xtask client` writes them from this file: it compiles it as a module of its own,
//! so nothing else of the crate can be used here.

/// Texts by their keys.
pub(crate) type List = &'static [(&'static str, &'static str)];

/// What the browser says, and the server where it speaks in the browser's place.
pub(crate) const CLIENT: List = &[
    ("client.network", "The server could not be reached. Please check your connection and try again."),
    ("client.bad-reply", "The server's answer could not be read ({status}). Please try again."),
    (
        "client.unanswered",
        "The server gave no answer, and it is not known whether this was done. Please look before you try again.",
    ),
    ("client.too-large", "That is more than the server accepts at once."),
    ("client.timed-out", "That took longer than the server allows. Please try again."),
    (
        "client.incomplete",
        "A part of this page could not be loaded. Check your connection and try again, or reload the page.",
    ),
    ("client.reference", "Reference: {reference}"),
    ("client.selected.one", "{count} file selected"),
    ("client.selected.other", "{count} files selected"),
    ("client.none-selected", "No files selected"),
    ("client.close", "Close"),
    ("client.notifications", "Notifications"),
    ("client.waiting", "Waiting for the connection"),
    ("client.units", "B KB MB GB TB"),
];

/// What the browser says of uploads, beside `SHARED`: in the script that only pages with uploads load.
pub(crate) const TRANSFER: List = &[
    ("client.unreadable", "“{name}” could not be read."),
    ("client.changed", "“{name}” has changed or is gone: choose it again."),
    ("client.more", "and {count} more"),
    ("client.already-selected", "“{name}” is already selected."),
    ("client.uploading.one", "Uploading {count} file"),
    ("client.uploading.other", "Uploading {count} files"),
    ("client.percent", "{percent} %"),
    ("client.processing", "Processing"),
    ("client.done", "Upload finished"),
    ("client.cancelled", "Upload cancelled"),
    ("client.rate", "{size}/s"),
    ("client.seconds-left", "{count} s left"),
    ("client.minutes-left", "{count} min left"),
    ("client.hours-left", "{count} h left"),
];

/// What the browser says of uploads that break off and go on: in the script that they load.
pub(crate) const RESUME: List = &[
    ("client.paused", "Paused"),
    ("client.resumed", "Going on"),
    ("client.unfinished.one", "{count} file was not sent to its end. Choose it again to go on."),
    ("client.unfinished.other", "{count} files were not sent to their end. Choose them again to go on."),
    ("client.discarded", "Unfinished upload discarded"),
];

/// What only the server says.
pub(crate) const SERVER: List = &[
    ("request.foreign-origin", "This request came from another site and was refused."),
    ("request.unknown-host", "This server does not answer under this name."),
    ("request.not-found", "There is nothing here."),
    ("request.wrong-path", "There is no page at this address. Check the address, or go back."),
    (
        "request.wrong-query",
        "This address has a value that the page does not know, or lacks one. Check the address, or go back.",
    ),
    (
        "event.no-cookie",
        "This page needs a cookie that your browser did not send. Try again; if that does not help, allow cookies for this site.",
    ),
    ("event.capability-refused", "This page was no longer valid. Try again, and reload it if that does not help."),
    ("event.out-of-date", "This page is out of date. Reload it and try again."),
    ("event.repeated", "The connection broke. The page shows what was done."),
    ("event.not-done", "The connection broke before this was done. Please try again."),
    (
        "event.outcome-unknown",
        "The connection broke, and it is not known whether this was done. Please look before you try again.",
    ),
    ("state.unavailable", "The server cannot reach its data at the moment. Please try again in a moment."),
    (
        "state.full",
        "There is no room for more of what this page keeps for you. Nothing was changed: remove something, or try again later.",
    ),
    ("event.wrong-argument", "A value was not accepted. Check what you entered and try again."),
    ("event.failed", "Something went wrong on the server."),
    ("event.sign-in", "Sign in first."),
    ("event.forbidden", "You are not allowed to do this."),
    ("event.extractor-refused", "The server refused this ({status})."),
    (
        "form.button-missing",
        "Your browser did not send this button. Press one of the buttons of this page; if you did, use another browser, \
         or one with JavaScript.",
    ),
    ("upload.choose", "Choose files"),
    ("upload.send", "Send"),
    ("uploader.drop", "or drop them here"),
    ("uploader.files", "Files to send"),
    ("uploader.refused", "Refused files"),
    ("uploader.remove", "Remove"),
    ("uploader.checking", "Checking"),
    ("uploader.processing", "Processing"),
    ("uploader.paused", "Paused"),
    ("uploader.waiting", "Waiting for the connection"),
    ("uploader.again", "Send again"),
    ("uploader.total", "Progress of all files"),
    ("uploader.pause", "Pause"),
    ("uploader.resume", "Go on"),
    ("uploader.cancel", "Cancel"),
    ("uploader.clear", "Clear"),
    ("uploader.unfinished", "These were not sent to their end. Choose them again to go on."),
    ("uploader.discard", "Discard"),
    ("file-list.files", "Files"),
    ("file-list.empty", "There are no files yet."),
    ("file-list.select", "Select"),
    ("file-list.download", "Download"),
    ("file-list.download-selected", "Download what is selected as zip"),
    ("file-list.remove", "Remove"),
    ("page.failed", "This page failed"),
    ("page.refused", "This was refused"),
    ("page.form-failed", "This did not work"),
    ("page.download-failed", "The download failed"),
    ("page.no-file", "No file here"),
    ("page.not-found", "No such page"),
    ("download.not-available", "This download is not available."),
];
