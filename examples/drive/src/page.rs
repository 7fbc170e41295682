//! The page of a folder.

use filekit::prelude::*;
use filekit::storage::Folder;

use crate::drive::{Drive, topic};
use crate::listing::{Listing, destinations, with_parents};
use crate::panel::{DESTINATIONS, folder_field, panel};
use crate::row::{file_row, folder_row};
use crate::words;

const FILES: Upload = Upload::new("files").max_files(1_000).max_size(4 * GB);

/// Where the list begins.
#[derive(serde::Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    after: String,
}

pub(crate) async fn root(
    files: Files,
    Query(place): Query<Place>,
    drive: Current<Drive>,
) -> Result<View> {
    page(&files, Folder::root(), &place.after, &drive).await
}

pub(crate) async fn folder(
    Path(folder): Path<String>,
    files: Files,
    Query(place): Query<Place>,
    drive: Current<Drive>,
) -> Result<View> {
    page(&files, Folder::parse(&folder)?, &place.after, &drive).await
}

async fn page(files: &Files, folder: Folder, after: &str, drive: &Drive) -> Result<View> {
    let listing = Listing::read(files, folder, after).await?;
    let destinations = destinations(files, &listing).await?;
    let folder = &listing.folder;
    Ok(view![
        el(
            "link",
            attr("rel", "stylesheet"),
            attr("href", "/drive.css")
        ),
        vstack(
            spacing = 5,
            if !folder.is_root() {
                trail(folder)
            },
            hstack(
                justify = "space-between",
                heading(level = 1, dir = "auto", words::title(folder)),
                new_folder(folder),
            ),
            uploads(folder),
            selection(drive, &listing),
            contents(drive, &listing, after),
            datalist(
                id = DESTINATIONS,
                for folder in &destinations {
                    option(value = words::written(folder))
                }
            ),
        ),
    ]
    .title(words::title(folder))
    .follow(topic(folder)))
}

/// The folders around this one.
fn trail(folder: &Folder) -> View {
    let mut folders: Vec<Folder> = with_parents(folder).collect();
    folders.reverse();
    view![nav(
        class = "drive-trail",
        aria_label = "Folders",
        ol(for each in &folders {
            li(if each == folder {
                span(aria_current = "page", dir = "auto", words::title(each))
            } else {
                link(
                    href = words::address(each),
                    dir = "auto",
                    words::title(each),
                )
            })
        }),
    )]
}

/// The way into a folder that is not there yet.
fn new_folder(folder: &Folder) -> View {
    let fields = view![form(
        on_submit = Drive::open(folder.as_str().to_owned(), value_of("new-folder")),
        label(r#for = "new-folder", "Name of the folder"),
        div(
            class = "drive-field",
            input(
                id = "new-folder",
                required = true,
                autofocus = true,
                autocomplete = "off",
                dir = "auto"
            ),
            button(color = "primary", r#type = "submit", "Open"),
        ),
        text(
            class = "drive-soft",
            "A folder is there as long as a file is in it: the first file that you upload makes it."
        ),
    )];
    view![div(panel(
        "folder-panel",
        ("New folder", "New folder"),
        fields
    ))]
}

/// The zone for files, and those that are on their way.
fn uploads(folder: &Folder) -> View {
    view![
        upload(
            id = FILES,
            padding = "1.25em",
            on_drop = Drive::keep(folder.as_str().to_owned(), upload_files(FILES)),
            hstack(
                justify = "center",
                button(color = "primary", "Upload files"),
                text(class = "fk-scripted", "or drop files and folders here"),
            ),
        ),
        for file in rejected_files(FILES) {
            text(class = "drive-error", role = "alert", file.message())
        },
        for file in unfinished_files(FILES) {
            text(
                class = "drive-soft",
                dir = "auto",
                file.path(),
                ": ",
                file.progress(),
                " % of ",
                file.size_text(),
                " are here. Choose it again to go on.",
            )
        },
        if has_selection(FILES) {
            div(
                class = "drive-uploads",
                for file in selected_files(FILES) {
                    on_its_way(&file)
                },
                if is_uploading(FILES) {
                    button(on_click = cancel_upload(FILES), "Cancel all")
                } else {
                    button(on_click = clear_selected_files(FILES), "Clear")
                },
            )
        },
    ]
}

/// A file that is on its way, or did not arrive.
fn on_its_way(file: &SelectedFile) -> View {
    view![div(
        class = "drive-upload",
        div(
            class = "drive-upload-name",
            text(dir = "auto", file.path()),
            if file.status().is("paused") {
                badge("paused")
            } else if file.status().is("waiting") {
                badge(color = "warning", "waiting for the connection")
            },
        ),
        progress(value = file.progress(), max = 100, aria_label = file.name()),
        text(
            class = "drive-soft",
            file.size_text(),
            " ",
            file.rate_text(),
            " ",
            file.eta_text()
        ),
        div(
            class = "drive-upload-actions",
            if file.status().is("failed") {
                text(class = "drive-error", role = "alert", file.error());
                button(
                    on_click = retry_file(file),
                    aria_label = file.name(),
                    "Send again",
                )
            },
            button(on_click = cancel_file(file), "Cancel"),
        ),
    )]
}

/// What can be done with all that is selected.
fn selection(drive: &Drive, listing: &Listing) -> View {
    let selected = listing.files.iter().filter(|file| drive.has_selected(file));
    let count = selected.count();
    let folder = listing.folder.as_str();
    let destination = view![form(
        on_submit = Drive::relocate_selected(folder.to_owned(), value_of("move-selected")),
        div(
            class = "drive-field",
            folder_field("move-selected"),
            button(r#type = "submit", "Move"),
        ),
    )];
    let removal = view![
        text("What is selected cannot be brought back."),
        button(
            color = "danger",
            on_click = Drive::remove_selected(folder.to_owned()),
            "Remove all for good"
        ),
    ];
    view![if count > 0 {
        div(
            class = "drive-selection",
            role = "group",
            aria_label = "Selection",
            text(font_weight = 550, role = "status", count, " selected"),
            button(
                on_click = Drive::archive(folder.to_owned()),
                "Download as zip",
            ),
            panel("move-panel", ("Move", "Move what is selected"), destination),
            panel(
                "remove-panel",
                ("Remove", "Remove what is selected"),
                removal,
            ),
            button(on_click = Drive::select_none, "Clear selection"),
        )
    }]
}

fn contents(drive: &Drive, listing: &Listing, after: &str) -> View {
    view![
        if listing.is_empty() {
            div(
                class = "drive-empty",
                text("Nothing is here."),
                text(
                    class = "drive-soft",
                    "Upload a file, and it appears for all who look.",
                ),
            )
        } else {
            if !listing.files.is_empty() {
                label(
                    class = "drive-all fk-scripted",
                    checkbox(
                        id = "select-all",
                        checked = listing.files.iter().all(|file| drive.has_selected(file)),
                        on_change = Drive::select_all(
                            (listing.folder.as_str().to_owned(), after.to_owned()),
                            value_of::<bool>("select-all"),
                        ),
                    ),
                    text("Select all"),
                )
            };
            ul(
                class = "drive-list",
                for folder in &listing.folders {
                    li(
                        key = folder.as_prefix(),
                        class = "drive-row",
                        folder_row(folder),
                    )
                },
                for file in &listing.files {
                    li(key = file.key(), class = "drive-row", file_row(file, drive))
                },
            )
        },
        if let Some(next) = &listing.next {
            link(
                href = words::address_after(&listing.folder, next),
                "Next page",
            )
        },
    ]
}
