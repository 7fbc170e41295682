//! The names that server and browser share.
//!
//! The browser's list is `client/src/names.ts`, which `cargo xtask client` writes from this file: it compiles it as a module
//! of its own, so nothing else of the crate can be used here.

/// One name, for lists of them.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// The name of its constant.
    pub constant: &'static str,
    /// What is written.
    pub text: &'static str,
    /// The lines of its documentation, each with the blank that it begins with.
    pub doc: &'static [&'static str],
}

/// Defines names, and a list of them.
macro_rules! names {
    ($(#[doc = $doc:literal])* mod $group:ident { $($(#[doc = $name_doc:literal])* $name:ident = $text:literal;)* }) => {
        $(#[doc = $doc])*
        #[allow(missing_docs, reason = "a name without a text of its own is that of the function that writes it")]
        pub mod $group {
            use super::Name;

            $($(#[doc = $name_doc])* pub const $name: &str = $text;)*

            /// The lines of what is said of them all.
            pub const DOC: &[&str] = &[$($doc),*];

            /// All of them.
            pub const ALL: &[Name] = &[$(Name { constant: stringify!($name), text: $name, doc: &[$($name_doc),*] }),*];
        }
    };
}

names! {
    /// Attributes that views carry for the browser.
    mod attribute {
        /// Where filekit is mounted, on `<body>`.
        BASE = "data-filekit-base";
        /// Path and query of the page, on `<body>`. The address bar may show others: those of a form that the document answers,
        /// or those from before a layer or a proxy has rewritten them.
        PAGE = "data-filekit-page";
        /// On `<body>`: which page instance the document is, and in which version.
        INSTANCE = "data-filekit-instance";
        /// On `<body>` of a document that is to follow its visitor's state.
        LIVE = "data-filekit-live";
        /// On `<body>` in development: which start of the program has made the document, and what it has around views.
        PROGRAM = "data-filekit-program";
        /// Followed by the event's name: the actions that it sets off. Empty on a button that calls the event in its value.
        ON = "data-filekit-on-";
        /// The id of an upload, on its zone.
        UPLOAD = "data-filekit-upload";
        /// What an upload takes, as JSON on its zone; left out when it takes everything.
        RULES = "data-filekit-rules";
        /// How an upload's zone behaves, as JSON; left out when nothing is out of the ordinary.
        OPTIONS = "data-filekit-options";
        /// The client's texts that were given other words, as JSON on `<body>`; left out when there are none.
        TEXTS = "data-filekit-texts";
        /// An expression that is the element's text.
        TEXT = "data-filekit-text";
        /// Followed by an attribute's name: the expression that it follows.
        ATTRIBUTE = "data-filekit-attribute-";
        /// The declarations of an element's own style. A `style` attribute would need a policy that allows inline styles.
        STYLE = "data-filekit-style";
        /// An expression that is a list, on the `<template>` of its rows.
        FOR = "data-filekit-for";
        /// How many client lists stand around the rows, themselves included.
        DEPTH = "data-filekit-depth";
        /// A condition, on the `<template>` of what it shows.
        IF = "data-filekit-if";
        /// On the `<template>` of what is shown where the condition before it does not hold.
        ELSE = "data-filekit-else";
    }
}

names! {
    /// First words of expressions.
    mod expression {
        SELECTED_FILES = "selected_files";
        REJECTED_FILES = "rejected_files";
        UNFINISHED_FILES = "unfinished_files";
        UPLOAD_PROGRESS = "upload_progress";
        IS_UPLOADING = "is_uploading";
        IS_PAUSED = "is_paused";
        IS_WAITING = "is_waiting";
        HAS_SELECTION = "has_selection";
        IS_DRAGGING = "is_dragging";
        VALUE_OF = "value_of";
        UPLOAD_FILES = "upload_files";
        ITEM = "item";
        GET = "get";
        NOT = "not";
        AND = "and";
        OR = "or";
        IS = "is";
    }
}

names! {
    /// Fields of selected files, rejected files and progress.
    mod field {
        NAME = "name";
        PATH = "path";
        SIZE = "size";
        SIZE_TEXT = "size_text";
        MIME = "mime";
        PREVIEW_URL = "preview_url";
        STATUS = "status";
        PROGRESS = "progress";
        RATE_TEXT = "rate_text";
        ETA_TEXT = "eta_text";
        ERROR = "error";
        CODE = "code";
        MESSAGE = "message";
        PERCENT = "percent";
        LOADED = "loaded";
        TOTAL = "total";
    }
}

names! {
    /// Actions that a browser does by itself.
    mod action {
        CLEAR_SELECTED_FILES = "clear_selected_files";
        CLEAR_FORM = "clear_form";
        CANCEL_UPLOAD = "cancel_upload";
        PAUSE_UPLOAD = "pause_upload";
        RESUME_UPLOAD = "resume_upload";
        DISCARD_UNFINISHED = "discard_unfinished";
        OPEN_FILE_DIALOG = "open_file_dialog";
        REMOVE_FILE = "remove_file";
        CANCEL_FILE = "cancel_file";
        RETRY_FILE = "retry_file";
        DOWNLOAD = "download";
        TOAST = "toast";
        REDIRECT = "redirect";
    }
}

names! {
    /// Comments that stand in markup.
    mod marker {
        /// Before what has a varying number of nodes.
        BEGIN = "fk[";
        /// Behind what has a varying number of nodes.
        END = "fk]";
        /// Before each row of a list whose rows are not one element each.
        ROW = "fk,";
        /// In a patch, in place of what the page has already.
        KEEP = "fk=";
        /// Between pieces of markup that the browser reads at once; it never travels.
        APART = "fk;";
    }
}

names! {
    /// Paths below the place where filekit is mounted.
    mod path {
        /// Where events without files arrive.
        EVENT = "/_filekit/event";
        /// Where events with files arrive; followed by capabilities, forms.
        UPLOAD = "/_filekit/upload";
        /// Where the bytes of an upload arrive that can be resumed, followed by its id.
        PARTIAL = "/_filekit/partial/";
        /// Where other programs send files; the query says to which event.
        ENDPOINT = "/_filekit/endpoint";
        /// Where a form arrives whose button brings its call along.
        FORM = "/_filekit/form";
        /// Where a page that has lost track of its versions asks for the whole view.
        VIEW = "/_filekit/view";
        /// Where a document follows its visitor's state.
        LIVE = "/_filekit/live";
        /// Where a document in development hears which start of the program answers.
        DEVELOPMENT = "/_filekit/development";
        /// Whether the server answers.
        HEALTH = "/_filekit/health";
        /// Whether the server can do its work.
        READY = "/_filekit/ready";
        /// Where downloads are fetched. The capability stands in the query: as a parameter of the path it would be one of the
        /// page's path too, which the page's extractors do not expect.
        DOWNLOAD = "/_filekit/download";
        /// Where a download is fetched that an event has made; the query is a word that is good for once.
        FETCH = "/_filekit/fetch";
        /// The browser client.
        CLIENT_SCRIPT = "/_filekit/client.js";
        /// The part of the browser client that pages with uploads load.
        TRANSFER_SCRIPT = "/_filekit/transfer.js";
        /// The part of the browser client that is loaded for uploads which are large, broken or remembered.
        RESUME_SCRIPT = "/_filekit/resume.js";
        /// The part of the browser client that documents in development load.
        DEVELOPMENT_SCRIPT = "/_filekit/development.js";
        /// The default stylesheet.
        CLIENT_STYLE = "/_filekit/client.css";
        /// The styles of one page's elements, which stand in the query.
        PAGE_STYLE = "/_filekit/page.css";
        /// The default icon of documents.
        ICON = "/_filekit/icon.svg";
        /// A stored file, followed by its key.
        FILES = "/_upload/";
    }
}

names! {
    /// Ids of the forms that a browser without scripts sends, and names of what they send.
    mod form {
        /// For events with files or with values from the page: around the page, or empty and named by buttons and inputs.
        FILES = "filekit-form";
        /// For events whose arguments are all captured: it is empty, so sending it sends no file.
        EVENT = "filekit-event";
        /// Which events the button calls that was pressed.
        CALL = "filekit-call";
        /// The first field of the form around a page: the uploads of the page, signed.
        UPLOADS = "filekit-uploads";
    }
}

names! {
    /// Media types of uploads that can be resumed.
    mod media {
        /// What is going to be sent, as JSON; behind it, all bytes at once, if they do not come later.
        PLAN = "application/vnd.filekit.plan";
        /// Bytes from an offset on, as the IETF draft of resumable uploads names them.
        PARTIAL = "application/partial-upload";
    }
}

names! {
    /// Headers of uploads that can be resumed: those of the IETF draft, and one of our own.
    mod header {
        /// How many bytes of the upload are there.
        OFFSET = "upload-offset";
        /// Whether the upload ends with this body.
        COMPLETE = "upload-complete";
        /// How many bytes the upload has.
        LENGTH = "upload-length";
        /// How long the upload is kept, among other limits.
        LIMIT = "upload-limit";
        /// The page instance, and the version that it shows by now.
        INSTANCE = "filekit-instance";
    }
}

names! {
    /// Codes of refusals that mean something to the browser.
    mod code {
        OUT_OF_DATE = "event.out-of-date";
        TRUNCATED = "upload.truncated";
        GONE = "upload.gone";
    }
}

names! {
    /// Codes of what only the browser can notice.
    mod report {
        NETWORK = "client.network";
        BAD_REPLY = "client.bad-reply";
        BAD_PAGE = "client.bad-page";
        BAD_URL = "client.bad-url";
        INCOMPLETE = "client.incomplete";
        CHANGED = "client.changed";
        UNREADABLE = "client.unreadable";
        FAILED = "client.failed";
    }
}

/// Stands between the capabilities of events that a form calls one after the other; none of them has it.
pub const CHAIN: char = '.';

/// The first part of a multipart body: the call that the files belong to.
pub const CALL_PART: &str = "call";
