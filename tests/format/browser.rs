//! What the browser evaluates: its lists, conditions and values.

use filekit::prelude::*;

pub(super) fn page() -> View {
    view![
        upload(id = "documents", multiple = true, "Drop documents here"),
        if is_dragging("documents") {
            text("Let go!")
        } else if has_selection("documents").and(is_uploading("documents").not()) {
            button(on_click = clear_selected_files("documents"), "Clear")
        },
        table(
            thead(tr(th("Name"), th("Size"), th())),
            tbody(for file in selected_files("documents") {
                tr(
                    td(file.name()),
                    td(file.size_text()),
                    td(button(
                        on_click = remove_file(&file),
                        aria_label = "Remove",
                        "x",
                    )),
                );
            }),
        ),
        for file in rejected_files("documents") {
            text(file.name(), ": ", file.message())
        },
        progress(value = upload_progress("documents").percent(), max = 100),
        text(
            upload_progress("documents").rate_text(),
            ", ",
            upload_progress("documents").eta_text()
        ),
    ]
}
