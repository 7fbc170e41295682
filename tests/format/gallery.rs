//! A whole page as users write it first: state, events, an upload and what it kept.

use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos");

#[state]
#[derive(Default)]
pub(super) struct Gallery {
    files: Vec<StoredFile>,
}

#[state]
impl Gallery {
    /// Keeps every photo.
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    fn remove(&mut self, index: usize) {
        self.files.remove(index);
    }
}

pub(super) async fn page(gallery: Current<Gallery>) -> View {
    view![vstack(
        spacing = 4,
        padding = "2em",
        heading(level = 1, "Photos"),
        upload(
            id = PHOTOS,
            accept = "image/*",
            border = "1px dotted #888",
            on_drop = Gallery::keep(upload_files(PHOTOS)),
            button("Select photos"),
            text("Drag and drop photos here, or click to select them"),
        ),
        hstack(
            button(on_click = Gallery::keep(upload_files(PHOTOS)), "Upload"),
            button(
                on_click = clear_selected_files(PHOTOS),
                color = "neutral",
                "Clear"
            ),
        ),
        for (index, file) in gallery.files.iter().enumerate() {
            hstack(
                image(src = file.url(), alt = file.name(), max_width = "12em"),
                button(
                    on_click = Gallery::remove(index),
                    color = "danger",
                    "Remove",
                ),
            );
        },
    )]
}
