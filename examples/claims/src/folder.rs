//! A whole folder, with its tree.

use filekit::prelude::*;

const FOLDER: Upload = Upload::new("folder").max_files(5_000).max_total(500 * MB);

#[state]
#[derive(Default)]
pub(crate) struct Folder {
    paths: Vec<String>,
}

#[state]
impl Folder {
    /// Lists the paths within the folder; the files themselves are not kept.
    #[event]
    fn read(&mut self, files: Vec<UploadFile>) {
        self.paths = files.iter().map(|file| file.path().to_string()).collect();
        self.paths.sort_unstable();
    }
}

/// The card with the folder.
pub(crate) fn folder(state: &Folder) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Archive"),
        upload(
            id = FOLDER,
            directory = true,
            on_drop = Folder::read(upload_files(FOLDER)),
            vstack(
                align = "center",
                button("Choose a folder"),
                text(
                    color = "var(--fk-text-soft)",
                    "It is sent as soon as it is chosen."
                ),
            ),
        ),
        if is_uploading(FOLDER) {
            progress(
                value = upload_progress(FOLDER).percent(),
                max = 100,
                aria_label = "Folder",
            );
        },
        if !state.paths.is_empty() {
            text(state.paths.len(), " files");
            ul(for path in state.paths.iter().take(50) {
                li(path);
            });
        },
    ))]
}
