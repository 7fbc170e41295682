//! A program before and after it was rebuilt, as one binary: for `tests/it/browser/development.rs`.
//!
//! `EDITION` is `first`, `second` with another view and other events, `german` whose documents are in another language,
//! or one whose page fails: `broken`, `failing` after its state was read, `panicking`. `LIVE` says whether documents follow their visitor's state.

use std::env;

use filekit::FileKit;
use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Draft {
    clicks: u32,
}

#[state]
impl Draft {
    #[event]
    fn click(&mut self) {
        self.clicks += 1;
    }
}

#[state]
#[derive(Default)]
struct Journal {
    articles: Vec<(String, StoredFile)>,
}

#[state]
impl Journal {
    #[event]
    async fn print(&mut self, title: String, papers: Vec<UploadFile>) -> Result<()> {
        for paper in papers {
            self.articles.push((title.clone(), paper.save().await?));
        }
        Ok(())
    }
}

/// The style sheet, under the same URL in all editions.
async fn styles(edition: String) -> ([(&'static str, &'static str); 1], &'static str) {
    let color = if edition == "first" { "#edition { color: black }" } else { "#edition { color: green }" };
    ([("content-type", "text/css")], color)
}

/// The link to the style sheet.
fn style_link() -> View {
    view![el("link", attr("rel", "stylesheet"), attr("href", "/edition.css"))]
}

async fn first(draft: Current<Draft>) -> View {
    view![
        style_link(),
        heading(id = "edition", "First edition"),
        input(id = "title"),
        upload(id = "papers", "Papers"),
        for paper in selected_files("papers") {
            p(class = "chosen", paper.name())
        },
        button(on_click = Draft::click, "Click ", draft.clicks),
    ]
}

async fn second(journal: Current<Journal>) -> View {
    view![
        style_link(),
        heading(id = "edition", "Second edition"),
        p("Papers of all kinds."),
        upload(id = "papers", padding = "3px", "Papers, please"),
        for paper in selected_files("papers") {
            p(class = "chosen", paper.name())
        },
        input(id = "title"),
        button(on_click = Journal::print(value_of("title"), upload_files("papers")), "Print"),
        for (title, paper) in &journal.articles {
            link(class = "printed", href = paper.url(), title)
        },
    ]
}

async fn broken() -> Result<View> {
    Err(Error::user("Nothing is printed today."))
}

async fn failing(_journal: Current<Journal>) -> Result<View> {
    broken().await
}

async fn panicking(_journal: Current<Journal>) -> View {
    panic!("the press has stopped")
}

#[tokio::main]
async fn main() -> Result<()> {
    let edition = env::var("EDITION").map_err(std::io::Error::other)?;
    let page = match &*edition {
        "first" => get(first),
        "second" | "german" => get(second),
        "failing" => get(failing),
        "panicking" => get(panicking),
        _ => get(broken),
    };
    let language = if edition == "german" { "de" } else { "en" };
    let is_live = env::var("LIVE").is_ok_and(|live| live == "true");
    let filekit = FileKit::builder().lang(language).live(is_live).build()?;
    let styles = get(move || styles(edition.clone()));
    filekit.serve(Router::new().route("/", page).route("/edition.css", styles)).await
}
