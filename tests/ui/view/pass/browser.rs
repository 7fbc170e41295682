#![deny(warnings)]
//! Lists, conditions and values of the browser stand where those of the server can.

use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos");

fn page(own: &str) -> View {
    view![
        upload(id = PHOTOS, multiple = true, class = "wide", padding = 4, text("Drop photos here")),
        upload(id = own.to_owned()),
        upload(id = "documents", disabled = own.is_empty()),
        vstack(for file in selected_files("documents") {
            hstack(
                text(file.name(), " ", file.size_text()),
                button(on_click = remove_file(&file), "Remove"),
            );
            for again in selected_files(PHOTOS) {
                text(again.name(), file.name())
            }
        }),
        for file in rejected_files(&PHOTOS) {
            text(file.message())
        },
        if has_selection("documents").and(is_uploading(own).not()) {
            button(on_click = clear_selected_files("documents"), "Clear")
        } else if is_dragging(PHOTOS) {
            text("Drop it")
        } else {
            text("Choose files")
        },
        for file in unfinished_files("documents") {
            progress(value = file.progress(), max = 100, aria_label = file.path());
            text(file.status(), " ", file.size_text())
        },
        if is_paused("documents") {
            button(on_click = resume_upload("documents"), "Go on")
        } else if is_waiting(PHOTOS).or(is_waiting(own)) {
            button(on_click = [resume_upload(PHOTOS), resume_upload(own)], "Try now")
        } else {
            button(on_click = pause_upload("documents"), disabled = is_uploading("documents").not(), "Pause")
        },
        button(on_click = discard_unfinished("documents"), "Forget"),
        progress(value = upload_progress("documents").percent(), max = 100),
        input(id = "title", disabled = is_uploading("documents")),
        text(value_of::<String>("title")),
        button(on_click = [open_file_dialog(PHOTOS), cancel_upload("documents")], "Choose"),
    ]
}

fn main() {
    let _ = page("own");
}
