//! The values of uploads while they are in the browser, for pages. Files that arrive at the server are in `filekit-files`.

use serde::{Deserialize, Serialize};

use crate::offer::client::{Client, Expression};
use crate::offer::{EventArg, OfferedArguments, OfferedFiles, Taken};
use crate::upload::{Upload, UploadFile, UploadId};
use crate::wire::{expression as head, field};

/// A file that the visitor has chosen and not yet sent; what the rows of [`selected_files`] and [`unfinished_files`] are made
/// of.
#[derive(Clone, Debug)]
pub struct SelectedFile(Client<SelectedFile>);

/// A file that the browser refused to choose; what the rows of [`rejected_files`] are made of.
#[derive(Clone, Debug)]
pub struct RejectedFile(Client<RejectedFile>);

/// How far an upload has come; see [`upload_progress`].
#[derive(Clone, Debug)]
pub struct Progress(Client<Progress>);

macro_rules! expressions {
    ($($type:ident),*) => {$(
        impl $type {
            pub(crate) fn to_expression(&self) -> Expression {
                self.0.to_expression()
            }
        }
    )*};
}

expressions! { SelectedFile, RejectedFile, Progress }

/// The row of a client list: made from the item that the browser will put there.
pub trait ClientItem: Sized {
    #[doc(hidden)]
    fn from_item(item: Client<Self>) -> Self;
}

/// A file of a client list.
pub trait ClientFile {
    /// The row's item, as an expression.
    #[doc(hidden)]
    fn json(&self) -> &str;
}

macro_rules! items {
    ($($type:ident),*) => {$(
        impl ClientItem for $type {
            fn from_item(item: Client<Self>) -> Self {
                Self(item)
            }
        }

        impl ClientFile for $type {
            fn json(&self) -> &str {
                self.0.expression().json()
            }
        }
    )*};
}

items! { SelectedFile, RejectedFile }

macro_rules! fields {
    (
        $type:ident, $(#[$info_doc:meta])* $info:ident
        { $($(#[$doc:meta])* $name:ident: $value:ty = $field:ident,)* }
    ) => {
        impl $type {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Client<$value> {
                self.0.get(field::$field)
            })*
        }

        $(#[$info_doc])*
        ///
        /// # Security
        ///
        /// All of it is what a browser says, and says what the visitor wants it to say.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $info {
            $($(#[$doc])*
            #[serde(default)]
            pub $name: $value,)*
        }
    };
}

fields! { SelectedFile,
    /// A file that the visitor has chosen, as an event gets it: `selected: Vec<SelectedFileInfo>` takes
    /// `selected_files(ID)` or `unfinished_files(ID)`.
    SelectedFileInfo {
    /// The file's name, without folders.
    name: String = NAME,
    /// The file's path within the folder that was chosen or dropped; its name if there is none.
    path: String = PATH,
    /// The size in bytes.
    size: u64 = SIZE,
    /// The size for people, such as `3.4 MB`.
    size_text: String = SIZE_TEXT,
    /// The MIME type that the browser assumes.
    mime: String = MIME,
    /// A URL under which an image can be shown before it is sent; empty for anything else.
    preview_url: String = PREVIEW_URL,
    /// `selected`, `uploading`, `checking`, `processing`, `paused`, `waiting` (for the connection) or `failed`; in
    /// [`unfinished_files`] always `unfinished`.
    status: String = STATUS,
    /// How much was sent, in per cent.
    progress: u8 = PROGRESS,
    /// The speed for people, such as `1.2 MB/s`.
    rate_text: String = RATE_TEXT,
    /// The time left for people, such as `12 s`.
    eta_text: String = ETA_TEXT,
    /// Why the file could not be sent; empty if nothing went wrong.
    error: String = ERROR,
} }

fields! { RejectedFile,
    /// A file that the browser refused, as an event gets it: `refused: Vec<RejectedFileInfo>` takes `rejected_files(ID)`.
    RejectedFileInfo {
    /// The file's name, without folders.
    name: String = NAME,
    /// The stable code of the reason, such as `upload.too-large`.
    code: String = CODE,
    /// The reason for people, with the limit.
    message: String = MESSAGE,
} }

fields! { Progress,
    /// How far an upload has come, as an event gets it: `progress: ProgressInfo` takes `upload_progress(ID)`.
    ProgressInfo {
    /// How much was sent, in per cent, from 0 to 100.
    percent: u8 = PERCENT,
    /// How many bytes were sent.
    loaded: u64 = LOADED,
    /// How many bytes there are to send.
    total: u64 = TOTAL,
    /// The speed for people, such as `1.2 MB/s`.
    rate_text: String = RATE_TEXT,
    /// The time left for people, such as `12 s`.
    eta_text: String = ETA_TEXT,
} }

/// Returns the files chosen for an upload, as a list that the browser keeps: `for file in selected_files(ID) { .. }`.
#[must_use]
pub fn selected_files(id: impl Into<UploadId>) -> Client<[SelectedFile]> {
    of_upload(head::SELECTED_FILES, id)
}

/// Returns the files that the browser refused for an upload, as a list that the browser keeps.
#[must_use]
pub fn rejected_files(id: impl Into<UploadId>) -> Client<[RejectedFile]> {
    of_upload(head::REJECTED_FILES, id)
}

/// Returns the files of uploads from before that have not come to their end, as a list that the browser keeps.
///
/// They are those of the same browser on the same page. A browser gives no page a file again by itself: a visitor who chooses
/// one of them again, unchanged, takes it out of the list, and only what the server does not have yet is sent. Of their fields
/// `name`, `path`, `size`, `size_text`, `progress` and `status` say something, and no action takes one by itself; all
/// are forgotten by [`discard_unfinished`](crate::view::discard_unfinished).
#[must_use]
pub fn unfinished_files(id: impl Into<UploadId>) -> Client<[SelectedFile]> {
    of_upload(head::UNFINISHED_FILES, id)
}

/// Returns how far an upload has come.
#[must_use]
pub fn upload_progress(id: impl Into<UploadId>) -> Progress {
    Progress(of_upload(head::UPLOAD_PROGRESS, id))
}

/// Tells whether files of an upload are on their way, also while it is paused or waits for the connection.
#[must_use]
pub fn is_uploading(id: impl Into<UploadId>) -> Client<bool> {
    of_upload(head::IS_UPLOADING, id)
}

/// Tells whether an upload that runs was paused by the visitor; see [`pause_upload`](crate::view::pause_upload).
#[must_use]
pub fn is_paused(id: impl Into<UploadId>) -> Client<bool> {
    of_upload(head::IS_PAUSED, id)
}

/// Tells whether an upload that runs waits: the browser is offline, or the server could not be reached and is tried again
/// in a moment.
#[must_use]
pub fn is_waiting(id: impl Into<UploadId>) -> Client<bool> {
    of_upload(head::IS_WAITING, id)
}

/// Tells whether any file is chosen for an upload.
#[must_use]
pub fn has_selection(id: impl Into<UploadId>) -> Client<bool> {
    of_upload(head::HAS_SELECTION, id)
}

/// Tells whether files are being dragged over an upload's zone.
#[must_use]
pub fn is_dragging(id: impl Into<UploadId>) -> Client<bool> {
    of_upload(head::IS_DRAGGING, id)
}

/// Returns the value of the form control whose `id` is `element`, read when the event fires.
#[must_use]
pub fn value_of<T>(element: impl AsRef<str>) -> Client<T> {
    Client::new(Expression::of_text(head::VALUE_OF, element.as_ref()))
}

/// Returns the files chosen for an upload, as the argument of an event: they are sent when it fires.
#[must_use]
pub fn upload_files(id: impl Into<Upload>) -> Client<Vec<UploadFile>> {
    let upload = id.into();
    let mut expression = Expression::of_text(head::UPLOAD_FILES, upload.id().as_str());
    expression.files = Some(Box::new(OfferedFiles { upload, taken: Taken::All }));
    Client::new(expression)
}

fn of_upload<T: ?Sized>(head: &str, id: impl Into<UploadId>) -> Client<T> {
    Client::new(Expression::of_text(head, id.into().as_str()))
}

macro_rules! payloads {
    ($($what:ty => $type:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl EventArg<$type> for $what {
            fn encode(self, arguments: OfferedArguments<'_>) {
                arguments.evaluate(self.to_expression());
            }
        }

        #[diagnostic::do_not_recommend]
        impl EventArg<$type> for &$what {
            fn encode(self, arguments: OfferedArguments<'_>) {
                arguments.evaluate(self.to_expression());
            }
        }
    )*};
}

payloads! {
    Client<[SelectedFile]> => Vec<SelectedFileInfo>;
    Client<[RejectedFile]> => Vec<RejectedFileInfo>;
    SelectedFile => SelectedFileInfo;
    RejectedFile => RejectedFileInfo;
    Progress => ProgressInfo;
}
