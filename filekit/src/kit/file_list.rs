//! `file_list`: what is shown of stored files, and what can be done with them.

use super::listed::ListedFile;
use crate::__private::{DayText, OfPageForm, SizeText, Words};
use crate::storage::StoredFile;
use crate::view;
use crate::view::{Client, View, value_of};

/// What a program gives of a list of files.
#[expect(missing_debug_implementations, reason = "a closure is in it")]
pub struct FileListParts<'a> {
    /// The id under which the keys of the selected files are known.
    pub id: Option<String>,
    /// The button that removes a file.
    pub remove: Option<&'a dyn Fn(&StoredFile) -> View>,
    /// The button that hands over what is selected.
    pub download: Option<View>,
    /// What is shown if there is no file.
    pub empty: Option<View>,
}

/// The keys of the files that are selected in the list of this id.
#[must_use]
pub fn selected_keys(id: Option<String>) -> Client<Vec<String>> {
    // `view!` refuses a list whose selection is used, and that has no id.
    value_of(id.unwrap_or_default())
}

/// All that is in a list of files.
pub fn file_list<F: ListedFile>(files: Vec<F>, parts: FileListParts<'_>) -> View {
    if files.is_empty() {
        return empty(parts.empty);
    }
    let selection = parts.download.as_ref().and(parts.id.as_deref());
    let rows = view![ul(
        class = "fk-files",
        aria_label = Words("file-list.files"),
        for file in files {
            let file = file.stored();
            li(key = file.key(), class = "fk-file", row(file, selection, parts.remove))
        },
    )];
    view![match selection {
        Some(id) => {
            fieldset(id = id, class = "fk-file-selection", aria_label = Words("file-list.files"), rows);
            parts.download;
        }
        None => rows,
    }]
}

fn empty(given: Option<View>) -> View {
    match given {
        Some(view) => view,
        None => view![p(class = "fk-file-list-empty", Words("file-list.empty"))],
    }
}

/// The content of a file's row.
fn row(file: &StoredFile, selection: Option<&str>, remove: Option<&dyn Fn(&StoredFile) -> View>) -> View {
    view![
        if let Some(id) = selection {
            label(
                class = "fk-file-select",
                input(r#type = "checkbox", class = "fk-checkbox", name = id, value = file.key(), form = OfPageForm),
                span(class = "fk-unseen", Words("file-list.select"), " ", file.name()),
            )
        },
        thumbnail(file),
        div(
            class = "fk-file-words",
            a(class = "fk-file-name", href = file.url(), target = "_blank", dir = "auto", file.name()),
            span(class = "fk-file-facts", span(SizeText(file.size())), time(DayText(file.modified()))),
        ),
        div(
            class = "fk-file-actions",
            a(
                class = "fk-button fk-file-download",
                href = file.url(),
                download = file.name(),
                super::named("file-list.download", file.name()),
            ),
            if let Some(remove) = remove {
                remove(file)
            },
        ),
    ]
}

/// The file itself if browsers show it as a picture, or else what kind of file it is.
fn thumbnail(file: &StoredFile) -> View {
    view![span(
        class = "fk-file-picture",
        aria_hidden = true,
        if is_picture(file) {
            img(src = file.url(), alt = "", loading = "lazy", decoding = "async")
        } else {
            ending(file.name())
        },
    )]
}

/// Images that every browser shows.
fn is_picture(file: &StoredFile) -> bool {
    matches!(file.mime(), "image/avif" | "image/bmp" | "image/gif" | "image/jpeg" | "image/png" | "image/webp")
}

/// The ending of a name in capitals, if it is short enough to stand for a picture.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    (ending.chars().count() <= 4).then(|| ending.to_uppercase())
}
