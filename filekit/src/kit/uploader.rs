//! What stands behind the zone of an `uploader`: refusals, unfinished uploads, the chosen files, and what can be done with all of
//! them. The zone itself is an `upload`.

use crate::__private::{UploadId, Words};
use crate::view;
use crate::view::{
    SelectedFile, View, cancel_file, cancel_upload, clear_selected_files, discard_unfinished, has_selection, is_paused,
    is_uploading, is_waiting, pause_upload, rejected_files, resume_upload, retry_file, selected_files,
    unfinished_files, upload_progress,
};

/// What a program gives of an uploader.
#[derive(Debug)]
pub struct UploaderParts {
    /// The button that sends what is chosen.
    pub send: Option<View>,
    /// What is shown as long as nothing is chosen.
    pub empty: Option<View>,
    /// What is shown at the end.
    pub footer: Option<View>,
}

/// The content of the zone, where a program gives none.
pub fn uploader_prompt() -> View {
    view![vstack(
        spacing = 2,
        button(color = "primary", Words("upload.choose")),
        text(class = "fk-scripted", Words("uploader.drop")),
    )]
}

/// All that is behind the zone.
pub fn uploader(id: &UploadId, parts: UploaderParts) -> View {
    let UploaderParts { send, empty, footer } = parts;
    view![
        refused(id),
        unfinished(id),
        if let Some(empty) = empty {
            div(class = "fk-uploader-empty", hidden = has_selection(id), empty)
        },
        ul(
            class = "fk-files",
            aria_label = Words("uploader.files"),
            for file in selected_files(id) {
                li(class = "fk-file", data_status = file.status(), chosen(&file))
            },
        ),
        if is_uploading(id) {
            total(id)
        },
        div(class = "fk-uploader-actions", send, actions(id)),
        footer,
    ]
}

/// The files that the browser did not take, and why. They are announced as they come.
fn refused(id: &UploadId) -> View {
    view![ul(
        class = "fk-uploader-refused",
        aria_label = Words("uploader.refused"),
        for file in rejected_files(id) {
            li(file.message())
        },
    )]
}

/// The files of uploads from before, which go on once they are chosen again.
fn unfinished(id: &UploadId) -> View {
    view![div(
        class = "fk-uploader-unfinished",
        p(Words("uploader.unfinished")),
        ul(
            class = "fk-files",
            for file in unfinished_files(id) {
                li(
                    class = "fk-file",
                    data_status = file.status(),
                    span(class = "fk-file-picture", aria_hidden = true),
                    div(
                        class = "fk-file-words",
                        span(class = "fk-file-name", dir = "auto", file.path()),
                        span(class = "fk-file-facts", file.size_text()),
                    ),
                    progress(value = file.progress(), max = 100, aria_label = file.name()),
                )
            },
        ),
        button(on_click = discard_unfinished(id), Words("uploader.discard")),
    )]
}

/// The content of a chosen file's row. Which of its parts are shown depends on the status, which the row bears; what holds of the whole
/// upload, such as that it is paused, is said beside the progress of all. There may be thousands of rows, so each has few parts.
fn chosen(file: &SelectedFile) -> View {
    view![
        span(
            class = "fk-file-picture",
            aria_hidden = true,
            img(src = file.preview_url(), alt = "", loading = "lazy", decoding = "async"),
        ),
        div(
            class = "fk-file-words",
            span(class = "fk-file-name", dir = "auto", file.path()),
            span(
                class = "fk-file-facts",
                file.size_text(),
                file.rate_text(),
                file.eta_text(),
                status(file, "checking", "uploader.checking"),
                status(file, "processing", "uploader.processing"),
            ),
            span(class = "fk-file-error", file.error()),
        ),
        progress(value = file.progress(), max = 100, aria_label = file.name()),
        div(
            class = "fk-file-actions",
            button(class = "fk-file-again", on_click = retry_file(file), Words("uploader.again"), of(file)),
            button(class = "fk-file-remove", on_click = cancel_file(file), Words("uploader.remove"), of(file)),
        ),
    ]
}

/// A word that stands beside a file as long as it has a status.
fn status(file: &SelectedFile, status: &'static str, word: &'static str) -> View {
    view![span(hidden = file.status().is(status).not(), Words(word))]
}

/// Which file a button is for, for those who do not see which one it is beside.
fn of(file: &SelectedFile) -> View {
    view![span(class = "fk-unseen", " ", file.name())]
}

/// How far all files are that are on their way.
fn total(id: &UploadId) -> View {
    let all = upload_progress(id);
    view![div(
        class = "fk-uploader-total",
        progress(value = all.percent(), max = 100, aria_label = Words("uploader.total")),
        span(
            class = "fk-file-facts",
            span(all.percent(), " %"),
            if is_paused(id) {
                span(Words("uploader.paused"))
            } else if is_waiting(id) {
                span(Words("uploader.waiting"))
            } else {
                span(all.rate_text());
                span(all.eta_text());
            },
        ),
    )]
}

/// What can be done with all files, besides sending them.
fn actions(id: &UploadId) -> View {
    view![if is_uploading(id) {
        if is_paused(id).or(is_waiting(id)) {
            button(on_click = resume_upload(id), Words("uploader.resume"))
        } else {
            button(on_click = pause_upload(id), Words("uploader.pause"))
        };
        button(on_click = cancel_upload(id), Words("uploader.cancel"));
    } else if has_selection(id) {
        button(on_click = clear_selected_files(id), Words("uploader.clear"))
    },]
}
