//! An inbox for other programs: a script, a phone or a page elsewhere sends files to a URL, and they are on the page at once. Run it
//! with `cargo run -p example-inbox` and try one of the commands that the page shows.

use filekit::axum::http::{HeaderMap, header};
use filekit::prelude::*;

const PAPERS: Upload = Upload::new("papers").max_size(4 * GB).sha256();

#[state]
#[derive(Default)]
struct Inbox {
    papers: Vec<StoredFile>,
}

#[state]
impl Inbox {
    /// Keeps what was sent: from this page all that was chosen, from elsewhere one file at a time.
    #[event]
    async fn take(&mut self, papers: Vec<UploadFile>) -> Result<()> {
        for paper in papers {
            self.papers.push(paper.save().await?);
        }
        Ok(())
    }
}

async fn index(inbox: Current<Inbox>, headers: HeaderMap) -> View {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let site = format!("http://{}", host.unwrap_or("localhost:3000"));
    view![vstack(
        spacing = 6,
        vstack(
            spacing = 1,
            heading(level = 1, "Inbox"),
            text(
                color = "var(--fk-text-soft)",
                "Whoever has the URL can send papers here, for a day."
            ),
        ),
        programs(&site),
        papers(&inbox),
    )]
    .title("Inbox")
}

/// The card with commands that send a file.
fn programs(site: &str) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Send from anywhere"),
        text("A form, with curl:"),
        code(
            id = "form",
            "curl -F 'file=@paper.pdf' '",
            site,
            upload_endpoint(Inbox::take(upload_files(PAPERS))),
            "'",
        ),
        text("tus, which goes on after a broken connection, in Python:"),
        code(
            id = "tus",
            "TusClient('",
            site,
            upload_endpoint(Inbox::take(upload_files(PAPERS))),
            "').uploader('paper.pdf', metadata={'filename': 'paper.pdf'}).upload()",
        ),
        text("Or from this page:"),
        upload(id = PAPERS, "Choose papers, or drop them here"),
        if has_selection(PAPERS) {
            for file in selected_files(PAPERS) {
                text(file.path(), " ", file.size_text())
            }
            button(
                color = "primary",
                on_click = Inbox::take(upload_files(PAPERS)),
                "Send",
            )
        },
    ))]
}

/// The card with what came in, by whatever way.
fn papers(inbox: &Inbox) -> View {
    view![card(vstack(
        spacing = 3,
        heading(level = 2, "Papers"),
        if inbox.papers.is_empty() {
            text(color = "var(--fk-text-soft)", "Nothing yet.")
        } else {
            for paper in &inbox.papers {
                vstack(
                    spacing = 1,
                    link(href = paper.url(), target = "_blank", paper.name()),
                    if let Some(digest) = paper.sha256() {
                        text(
                            color = "var(--fk-text-soft)",
                            font_size = "0.875rem",
                            paper.size(),
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
    filekit::serve(Router::new().route("/", get(index))).await
}
