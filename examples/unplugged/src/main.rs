//! A page on which you pull the plug: the server drops every upload until you put it back, and then each goes on where it was.
//! Pause one, go offline, reload the page, or kill the server and start it again. Run it with `cargo run -p example-unplugged`
//! and choose something large; its line is slow, so that there is time.

mod line;

use filekit::prelude::*;

use self::line::Line;

const FILES: Upload = Upload::new("files").max_size(4 * GB).sha256();

#[state]
#[derive(Default)]
struct Shelf {
    kept: Vec<StoredFile>,
}

#[state]
impl Shelf {
    /// Keeps what was sent.
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<Toast> {
        let count = files.len();
        for file in files {
            self.kept.push(file.save().await?);
        }
        Ok(Toast::success(match count {
            1 => "One file has arrived, whole.".to_owned(),
            _ => format!("{count} files have arrived, whole."),
        }))
    }
}

#[state]
#[derive(Default)]
struct Plug {
    times_pulled: u32,
}

#[state]
impl Plug {
    /// Drops what is being sent, and all that comes until the plug is back.
    #[event]
    fn pull(&mut self) {
        line::cut(true);
        self.times_pulled += 1;
    }

    /// Lets uploads through again.
    #[event]
    fn put_back(&mut self) {
        line::cut(false);
    }
}

async fn index(shelf: Current<Shelf>, socket: Current<Plug>) -> View {
    view![vstack(
        spacing = 6,
        vstack(
            spacing = 1,
            heading(level = 1, "Unplugged"),
            text(
                color = "var(--fk-text-soft)",
                "Send something large, and do your worst."
            ),
        ),
        uploads(),
        plug(&socket),
        kept(&shelf),
    )]
    .title("Unplugged")
}

/// The card with what is chosen, what is sent, and what was not sent to its end.
fn uploads() -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Upload"),
        upload(
            id = FILES,
            vstack(
                spacing = 2,
                button("Choose files"),
                text("or drop them here")
            )
        ),
        for file in unfinished_files(FILES) {
            from_before(&file)
        },
        if has_selection(FILES) {
            vstack(
                spacing = 3,
                for file in selected_files(FILES) {
                    selected(&file)
                },
            )
        },
        controls(),
    ))]
}

/// A file that is chosen.
fn selected(file: &SelectedFile) -> View {
    view![vstack(
        spacing = 1,
        hstack(
            spacing = 2,
            text(font_weight = 550, file.path()),
            if file.status().is("paused") {
                badge("paused")
            } else if file.status().is("waiting") {
                badge(color = "warning", "waiting for the connection")
            } else if file.status().is("failed") {
                badge(color = "danger", "failed")
            } else {
                badge(color = "primary", file.status())
            },
        ),
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
        if file.status().is("failed") {
            hstack(
                text(color = "var(--fk-danger)", file.error()),
                button(on_click = retry_file(file), "Send it again"),
            )
        },
    )]
}

/// A file that was not sent to its end before the page was left.
fn from_before(file: &SelectedFile) -> View {
    view![vstack(
        spacing = 1,
        hstack(
            spacing = 2,
            text(font_weight = 550, file.path()),
            badge(color = "warning", "unfinished"),
        ),
        progress(value = file.progress(), max = 100, aria_label = file.name()),
        text(
            color = "var(--fk-text-soft)",
            font_size = "0.875rem",
            file.progress(),
            " % of ",
            file.size_text(),
            " are here. Choose it again to go on.",
        ),
    )]
}

fn controls() -> View {
    view![hstack(if is_uploading(FILES).not() {
        button(
            color = "primary",
            on_click = Shelf::keep(upload_files(FILES)),
            "Send",
        );
        button(on_click = clear_selected_files(FILES), "Clear");
        button(
            on_click = discard_unfinished(FILES),
            "Forget what is unfinished",
        )
    } else if is_paused(FILES) {
        button(color = "primary", on_click = resume_upload(FILES), "Resume");
        button(on_click = cancel_upload(FILES), "Cancel")
    } else if is_waiting(FILES) {
        button(
            color = "primary",
            on_click = resume_upload(FILES),
            "Try now",
        );
        button(on_click = cancel_upload(FILES), "Cancel")
    } else {
        button(color = "primary", on_click = pause_upload(FILES), "Pause");
        button(on_click = cancel_upload(FILES), "Cancel")
    },)]
}

/// The card with the plug.
fn plug(state: &Plug) -> View {
    view![card(vstack(
        spacing = 3,
        heading(level = 2, "The plug"),
        if line::is_cut() {
            text("The plug is out: the server drops every upload.");
            button(color = "success", on_click = Plug::put_back, "Put it back")
        } else {
            text("The plug is in: uploads arrive, slowly.");
            button(color = "danger", on_click = Plug::pull, "Pull the plug")
        },
        if state.times_pulled > 0 {
            text(
                color = "var(--fk-text-soft)",
                font_size = "0.875rem",
                "Pulled so far: ",
                state.times_pulled,
            )
        },
    ))]
}

/// The card with what has arrived. The digests tell that every byte is where it was.
fn kept(shelf: &Shelf) -> View {
    view![card(vstack(
        spacing = 3,
        heading(level = 2, "Arrived"),
        if shelf.kept.is_empty() {
            text(color = "var(--fk-text-soft)", "Nothing yet.")
        } else {
            for file in &shelf.kept {
                vstack(
                    spacing = 1,
                    link(href = file.url(), target = "_blank", file.name()),
                    if let Some(digest) = file.sha256() {
                        text(
                            color = "var(--fk-text-soft)",
                            font_size = "0.875rem",
                            file.size(),
                            " bytes, SHA-256 ",
                            code(digest.to_string()),
                        )
                    },
                )
            }
        },
    ))]
}

#[tokio::main]
async fn main() -> Result<()> {
    let pages = Router::new().route("/", get(index));
    let line = Line::listen().await?;
    Ok(axum::serve(line, FileKit::from_env()?.router(pages)).await?)
}
