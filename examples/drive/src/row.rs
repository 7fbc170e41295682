//! A row of the list: a folder or a file.

use filekit::prelude::*;
use filekit::storage::Folder;

use crate::drive::Drive;
use crate::panel::{folder_field, panel};
use crate::words;

/// The content of a folder's row.
pub(crate) fn folder_row(folder: &Folder) -> View {
    view![
        span(class = "drive-select"),
        span(class = "drive-kind drive-folder", aria_hidden = true),
        link(
            class = "drive-name",
            href = words::address(folder),
            dir = "auto",
            folder.name()
        ),
        span(class = "drive-facts", "Folder"),
    ]
}

/// The content of a file's row.
pub(crate) fn file_row(file: &StoredFile, drive: &Drive) -> View {
    let id = words::id_of(file);
    let checkbox_id = format!("select-{id}");
    view![
        checkbox(
            id = &checkbox_id,
            class = "drive-select fk-scripted",
            checked = drive.has_selected(file),
            aria_label = format_args!("Select {}", file.name()),
            on_change = Drive::select(file.key().to_owned(), value_of::<bool>(&checkbox_id)),
        ),
        span(
            class = "drive-kind",
            aria_hidden = true,
            words::kind(file.name())
        ),
        link(
            class = "drive-name",
            href = file.url(),
            target = "_blank",
            dir = "auto",
            file.name()
        ),
        span(
            class = "drive-facts",
            span(words::size(file.size())),
            time(words::date(file.modified())),
        ),
        panel(
            &format!("more-{id}"),
            ("⋯", format_args!("Change {}", file.name())),
            changes(file, &id),
        ),
    ]
}

/// What can be done with a file.
fn changes(file: &StoredFile, id: &str) -> View {
    let (name, folder) = (format!("name-{id}"), format!("folder-{id}"));
    view![
        form(
            on_submit = Drive::rename(file.key().to_owned(), value_of(&name)),
            label(r#for = &name, "Name"),
            div(
                class = "drive-field",
                input(
                    id = &name,
                    value = file.name(),
                    required = true,
                    autofocus = true,
                    autocomplete = "off",
                    dir = "auto",
                ),
                button(r#type = "submit", "Rename"),
            ),
        ),
        form(
            on_submit = Drive::relocate(file.key().to_owned(), value_of(&folder)),
            div(
                class = "drive-field",
                folder_field(&folder),
                button(r#type = "submit", "Move"),
            ),
        ),
        div(
            class = "drive-ends",
            link(href = file.url(), download = file.name(), "Download"),
            details(
                summary("Remove"),
                text("It cannot be brought back."),
                button(
                    color = "danger",
                    on_click = Drive::remove(file.key().to_owned()),
                    "Remove for good",
                ),
            ),
        ),
    ]
}
