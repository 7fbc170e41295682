//! The names that server and browser share; not what is done with them.
//!
//! The browser's list is `client/src/names.ts`; a test compares the two.

/// Attributes that views carry for the browser.
pub mod attribute {
    /// Where filekit is mounted, on `<body>`.
    pub const BASE: &str = "data-filekit-base";
    /// Followed by the event's name: the actions that it sets off.
    pub const ON: &str = "data-filekit-on-";
    /// The id of an upload, on its zone.
    pub const UPLOAD: &str = "data-filekit-upload";
    /// An expression that is the element's text.
    pub const TEXT: &str = "data-filekit-text";
    /// Followed by an attribute's name: the expression that it follows.
    pub const ATTRIBUTE: &str = "data-filekit-attribute-";
    /// Followed by a style property's name: the expression that it follows.
    pub const STYLE: &str = "data-filekit-style-";
    /// An expression that is a list, on the `<template>` of its rows.
    pub const FOR: &str = "data-filekit-for";
    /// How many client lists stand around the rows, themselves included.
    pub const DEPTH: &str = "data-filekit-depth";
    /// A condition, on the `<template>` of what it shows.
    pub const IF: &str = "data-filekit-if";
    /// On the `<template>` of what is shown where the condition before it does not hold.
    pub const ELSE: &str = "data-filekit-else";
}

/// First words of expressions.
pub mod expression {
    #![allow(missing_docs, reason = "each is the name of the function that makes it")]
    pub const SELECTED_FILES: &str = "selected_files";
    pub const REJECTED_FILES: &str = "rejected_files";
    pub const UPLOAD_PROGRESS: &str = "upload_progress";
    pub const IS_UPLOADING: &str = "is_uploading";
    pub const HAS_SELECTION: &str = "has_selection";
    pub const IS_DRAGGING: &str = "is_dragging";
    pub const VALUE_OF: &str = "value_of";
    pub const UPLOAD_FILES: &str = "upload_files";
    pub const ITEM: &str = "item";
    pub const GET: &str = "get";
    pub const NOT: &str = "not";
    pub const AND: &str = "and";
    pub const OR: &str = "or";
}

/// Fields of selected files, rejected files and progress.
pub mod field {
    #![allow(missing_docs, reason = "each is the name of the method that reads it")]
    pub const NAME: &str = "name";
    pub const PATH: &str = "path";
    pub const SIZE: &str = "size";
    pub const SIZE_TEXT: &str = "size_text";
    pub const MIME: &str = "mime";
    pub const PREVIEW_URL: &str = "preview_url";
    pub const STATUS: &str = "status";
    pub const PROGRESS: &str = "progress";
    pub const RATE_TEXT: &str = "rate_text";
    pub const ETA_TEXT: &str = "eta_text";
    pub const ERROR: &str = "error";
    pub const CODE: &str = "code";
    pub const MESSAGE: &str = "message";
    pub const PERCENT: &str = "percent";
    pub const LOADED: &str = "loaded";
    pub const TOTAL: &str = "total";
}

/// Actions that a browser does by itself.
pub mod action {
    #![allow(missing_docs, reason = "each is the name of the function that makes it")]
    pub const CLEAR_SELECTED_FILES: &str = "clear_selected_files";
    pub const CANCEL_UPLOAD: &str = "cancel_upload";
    pub const OPEN_FILE_DIALOG: &str = "open_file_dialog";
    pub const REMOVE_FILE: &str = "remove_file";
    pub const CANCEL_FILE: &str = "cancel_file";
    pub const RETRY_FILE: &str = "retry_file";
    pub const DOWNLOAD: &str = "download";
    pub const TOAST: &str = "toast";
    pub const REDIRECT: &str = "redirect";
}

/// Paths below the place where filekit is mounted.
pub mod path {
    /// Where events without files arrive.
    pub const EVENT: &str = "/_filekit/event";
    /// Where events with files arrive.
    pub const UPLOAD: &str = "/_filekit/upload";
    /// Where downloads are fetched, followed by a capability.
    pub const DOWNLOAD: &str = "/_filekit/download/";
    /// The browser client.
    pub const CLIENT_SCRIPT: &str = "/_filekit/client.js";
    /// The default stylesheet.
    pub const CLIENT_STYLE: &str = "/_filekit/client.css";
    /// What was uploaded, followed by its name.
    pub const FILES: &str = "/_upload/";
}

/// The first part of a multipart body: the call that the files belong to.
pub const CALL_PART: &str = "call";
