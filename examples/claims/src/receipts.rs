//! Photos of receipts: rules, without the places where they were taken, thumbnails, progress for each file, cancel, retry.

use filekit::prelude::*;

const RECEIPTS: Upload = Upload::new("receipts")
    .accept(&["image/png", "image/jpeg", "image/webp", "application/pdf"])
    .max_files(20)
    .max_size(10 * MB)
    .max_total(60 * MB)
    .strip_metadata(true) // Where a photo was taken does not belong here; an HEIC would keep it.
    .sha256();

#[state]
#[derive(Default)]
pub(crate) struct Receipts {
    stored: Vec<StoredFile>,
    refused: usize,
    percent: u8,
}

#[state]
impl Receipts {
    /// Keeps the receipts, each once: the same bytes again are not a second expense.
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<Toast> {
        let mut known = 0;
        for file in files {
            let digest = file.sha256().await?;
            if self
                .stored
                .iter()
                .any(|receipt| receipt.sha256() == Some(digest))
            {
                known += 1;
                continue;
            }
            self.stored.push(file.save().await?);
        }
        Ok(match known {
            0 => Toast::success("Your receipts are safe."),
            _ => Toast::info(format!("There already: {known}.")),
        })
    }

    /// Notes the files that the browser refused, so that an operator can ask whether the limits are right.
    #[event]
    fn note_refused(&mut self, files: Vec<RejectedFileInfo>) {
        self.refused += files.len();
    }

    /// Takes note of how far the upload has come: other pages of the visitor could show it.
    #[event]
    fn note_progress(&mut self, progress: ProgressInfo) {
        self.percent = progress.percent;
    }

    /// Takes a receipt off the list, and off the disk.
    #[event]
    async fn forget(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        self.stored.retain(|receipt| receipt.key() != key);
        files.remove(&key).await?;
        Ok(())
    }
}

/// The card with the receipts.
pub(crate) fn receipts(state: &Receipts) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Receipts"),
        upload(
            id = RECEIPTS,
            padding = "2em",
            drag_active = "is-welcome",
            on_drop_rejected = Receipts::note_refused(rejected_files(RECEIPTS)),
            on_progress = Receipts::note_progress(upload_progress(RECEIPTS)),
            vstack(
                align = "center",
                spacing = 2,
                button(color = "primary", "Choose receipts"),
                text("or drop photos, folders, or paste a screenshot"),
                text(
                    color = "var(--fk-text-soft)",
                    font_size = "0.875rem",
                    "PNG, JPEG, WebP or PDF, 10 MB each, 20 at once"
                ),
            ),
        ),
        for file in selected_files(RECEIPTS) {
            hstack(
                image(
                    src = file.preview_url(),
                    alt = "",
                    width = "3rem",
                    height = "3rem",
                    border_radius = "0.375rem",
                ),
                vstack(
                    spacing = 1,
                    flex_grow = 1,
                    text(file.path()),
                    progress(value = file.progress(), max = 100, aria_label = file.name()),
                    text(
                        color = "var(--fk-text-soft)",
                        font_size = "0.875rem",
                        file.size_text(),
                        " ",
                        file.rate_text(),
                        " ",
                        file.eta_text(),
                    ),
                    text(color = "var(--fk-danger)", file.error()),
                ),
                if file.status().is("failed") {
                    button(on_click = retry_file(&file), "Retry");
                },
                button(on_click = remove_file(&file), aria_label = "Remove", "×"),
            );
        },
        for file in rejected_files(RECEIPTS) {
            text(color = "var(--fk-danger)", file.message());
        },
        if is_uploading(RECEIPTS) {
            hstack(
                progress(
                    value = upload_progress(RECEIPTS).percent(),
                    max = 100,
                    flex_grow = 1,
                    aria_label = "Receipts",
                ),
                text(upload_progress(RECEIPTS).rate_text()),
                text(upload_progress(RECEIPTS).eta_text()),
                button(on_click = cancel_upload(RECEIPTS), "Cancel"),
            );
        },
        hstack(
            button(
                color = "primary",
                on_click = Receipts::keep(upload_files(RECEIPTS)),
                "Send receipts"
            ),
            button(on_click = clear_selected_files(RECEIPTS), "Clear"),
        ),
        if state.stored.is_empty() {
            text(color = "var(--fk-text-soft)", "No receipts yet.");
        } else {
            table(
                thead(tr(th("Receipt"), th("Size"), td(""))),
                tbody(for receipt in &state.stored {
                    tr(
                        td(link(
                            href = receipt.url(),
                            target = "_blank",
                            receipt.name(),
                        )),
                        td(crate::words::size(receipt.size())),
                        td(button(
                            color = "danger",
                            on_click = Receipts::forget(receipt.key().to_owned()),
                            "Remove",
                        )),
                    );
                }),
            );
        },
        if state.refused > 0 {
            text(
                color = "var(--fk-text-soft)",
                "Not taken so far: ",
                state.refused,
            );
        },
    ))]
}
