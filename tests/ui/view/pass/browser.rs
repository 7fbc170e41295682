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
        progress(value = upload_progress("documents").percent(), max = 100),
        input(id = "title", disabled = is_uploading("documents")),
        text(value_of::<String>("title")),
        button(on_click = [open_file_dialog(PHOTOS), cancel_upload("documents")], "Choose"),
    ]
}

fn main() {
    let _ = page("own");
}
