//! A CSV file that is read while it arrives: nothing is kept, and the page counts along.

use filekit::prelude::*;

#[state]
#[derive(Default)]
pub(crate) struct Import {
    lines: usize,
    bytes: u64,
    done: bool,
}

#[state]
impl Import {
    /// Counts the lines of bank statements, and shows the count after each megabyte.
    #[event]
    async fn count(&mut self, mut files: UploadStream, updates: Updates) -> Result<()> {
        *self = Self::default();
        while let Some(mut file) = files.next_file().await? {
            let mut shown = 0;
            while let Some(chunk) = file.next_chunk().await? {
                self.lines += chunk.iter().filter(|&&byte| byte == b'\n').count();
                self.bytes += chunk.len() as u64;
                if file.offset() - shown >= MB {
                    shown = file.offset();
                    updates.send(self).await?;
                }
            }
        }
        self.done = true;
        Ok(())
    }
}

/// The card with the import.
pub(crate) fn import(state: &Import) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Bank statements"),
        upload(
            id = "statements",
            accept = ["text/csv", "text/plain"],
            max_size = "200 MB",
            hstack(
                button("Choose CSV files"),
                for file in selected_files("statements") {
                    text(file.name(), " ", file.status());
                },
            ),
        ),
        for file in rejected_files("statements") {
            text(color = "var(--fk-danger)", file.message());
        },
        button(
            color = "primary",
            on_click = Import::count(upload_files("statements")),
            "Count the lines"
        ),
        if state.bytes > 0 {
            text(
                state.lines,
                " lines in ",
                crate::words::size(state.bytes),
                if state.done {
                    "."
                } else {
                    ", and more to come."
                },
            );
        },
    ))]
}
