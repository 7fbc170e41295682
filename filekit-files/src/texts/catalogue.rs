//! The fixed texts about files with their keys, in English.
//!
//! A key that ends in `.one` or `.other` is one form of a text with a count. `cargo xtask client` compiles this file as a module of
//! its own, to write the lists of the browser and of the guide: so nothing else of the crate can be used here.

/// Texts by their keys.
pub type List = &'static [(&'static str, &'static str)];

/// What the server and the browser say in the same words: refusals of files.
pub const SHARED: List = &[
    ("upload.too-large", "“{name}” is larger than {limit}."),
    ("upload.too-small", "“{name}” is smaller than {limit}."),
    ("upload.total-too-large", "The files are larger than {limit} together."),
    ("upload.too-many-files", "Too many files: at most {limit} can be sent."),
    ("upload.too-few-files", "Too few files: at least {limit} must be sent."),
    ("upload.type-not-accepted", "“{name}” is not accepted here. Accepted: {accepted}."),
];

/// What only the server says.
pub const SERVER: List = &[
    ("request.malformed", "The server did not understand this request. Reload the page and try again."),
    ("request.too-large", "This request is larger than {limit}."),
    ("upload.not-multipart", "The server did not understand this upload. Reload the page and try again."),
    ("upload.truncated", "The upload broke off before its end. Nothing was kept; try again."),
    ("upload.silent", "Nothing arrived for {seconds} seconds. Nothing was kept; try again."),
    ("upload.not-partial", "The server did not understand this upload. Reload the page and try again."),
    ("upload.busy", "Another server goes on with this upload. Try again in a moment."),
    ("upload.superseded", "Another request goes on with this upload."),
    ("upload.gone", "This upload is not there any more. Choose the files again."),
    (
        "upload.too-many-unfinished",
        "You have too many unfinished uploads. Finish or discard one of them, or try again later.",
    ),
    ("upload.too-slow", "The connection is too slow for this upload. Nothing was kept; try again."),
    ("upload.unsafe-name", "The file name “{name}” is not allowed. Rename the file and try again."),
    (
        "upload.no-file-name",
        "A file came without a file name, in the part “{name}”. Nothing was kept; send it with a name.",
    ),
    (
        "upload.nested-multipart",
        "The part “{name}” holds several files in one. Nothing was kept; send each file in a part of its own.",
    ),
    ("upload.misnamed", "“{name}” is a {content} file, although its name says otherwise. Accepted: {accepted}."),
    ("upload.empty", "“{name}” is empty."),
    ("upload.not-text", "“{name}” does not hold text, although its name says so."),
    ("upload.damaged", "“{name}” is damaged, or is no {said} file, although its name says so."),
    (
        "upload.image-too-large",
        "The image “{name}” is too large to be read: it has too many pixels, or is stored in a way that takes too much memory or time.",
    ),
    ("upload.not-an-image", "“{name}” cannot be read as an image."),
    (
        "upload.image-broken",
        "The image “{name}” is damaged or incomplete. Open it in a program for photos, save a copy, and send that.",
    ),
    ("upload.refused-by-check", "“{name}” is not accepted: {words}"),
    ("upload.not-checked", "“{name}” could not be checked just now. Nothing was kept; try again in a few minutes."),
    ("accepted.image", "images"),
    ("accepted.video", "videos"),
    ("accepted.audio", "audio"),
    ("accepted.text", "text"),
    ("quota.too-large", "That is larger than the {limit} that can be kept for you. Choose smaller files."),
    (
        "quota.full",
        "There is no room for that: {left} of {limit} are left. Remove files that you no longer need, or choose smaller ones.",
    ),
    ("quota.too-many-uploads", "Too many uploads within a minute. Try again in {seconds} seconds."),
    ("quota.too-many-at-once", "Too many uploads at once. Try again when one of them is done."),
    ("server.busy", "The server has too much to do at the moment. Nothing was done: please try again in a moment."),
    (
        "download.full",
        "Too many downloads wait to be fetched at the moment. Nothing was changed: please try again in a minute.",
    ),
    ("storage.full", "The server has no room left for this upload. Nothing was kept."),
    ("storage.file-gone", "The file “{name}” is not there any more."),
    ("storage.key-taken", "There is a file “{name}” already. Choose another name."),
    ("storage.busy", "The server is busy. Nothing was kept; try again in a moment."),
];

/// All of them.
pub const ALL: &[List] = &[SHARED, SERVER];
