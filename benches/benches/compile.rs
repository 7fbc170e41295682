//! Compiles programs beside what a user would write instead, and prints the times and their ratios.
//!
//! Views: crates of 60 functions with 9,000 elements in all, `cargo check` of the final crate alone.
//! Page: `examples/upload` beside a bare program on axum, serde and multer: a clean debug build, and one after a change.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use benches::project::{Project, best, repository, upload_example};

const FUNCTIONS: usize = 60;
const ROWS_A_FUNCTION: usize = 30;
const ROUNDS: usize = 5;
const CLEAN_ROUNDS: usize = 2;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    views(folder.path());
    page(folder.path());
}

/// A crate that is measured.
struct Candidate {
    name: &'static str,
    manifest: String,
    source: String,
}

impl Candidate {
    fn write(&self, folder: &Path, file: &str) -> Project {
        Project::write(folder.join(self.name), &self.manifest, file, &self.source)
    }
}

fn views(folder: &Path) {
    let candidates = [
        Candidate { name: "maud", manifest: "maud = \"0.27\"".to_owned(), source: maud_source() },
        Candidate { name: "hypertext", manifest: "hypertext = \"0.12\"".to_owned(), source: hypertext_source() },
        Candidate {
            name: "filekit",
            manifest: format!("filekit = {{ path = {:?} }}", repository().join("filekit")),
            source: filekit_source(),
        },
    ];
    let projects = candidates.map(|candidate| (candidate.name, candidate.write(folder, "src/lib.rs")));
    for (name, project) in &projects {
        println!("preparing {name}");
        project.cargo(&["check"]);
    }
    let mut times = vec![Vec::new(); projects.len()];
    for _ in 0..ROUNDS {
        for (times, (_, project)) in times.iter_mut().zip(&projects) {
            project.touch();
            times.push(project.cargo(&["check"]));
        }
    }
    println!(
        "\n`cargo check` of {FUNCTIONS} views with {} elements; best of {ROUNDS}",
        FUNCTIONS * ROWS_A_FUNCTION * 5
    );
    report(projects.iter().map(|(name, _)| *name).zip(times.iter_mut().map(|times| best(times))).collect());
}

fn report(figures: Vec<(&str, Duration)>) {
    let (peer, base) = figures[0];
    for (name, time) in &figures {
        println!("{name:<28} {:>8.2} s   {:.2} x {peer}", time.as_secs_f64(), time.as_secs_f64() / base.as_secs_f64());
    }
}

/// Repeats `row` for every row of every function, each with a number of its own in place of `@`.
fn functions(head: &str, open: &str, row: &str, close: &str) -> String {
    let mut source = head.to_owned();
    for function in 0..FUNCTIONS {
        let _ = write!(source, "pub fn view_{function}{open}");
        for number in 0..ROWS_A_FUNCTION {
            source.push_str(&row.replace('@', &format!("{function}-{number}")));
        }
        source.push_str(close);
    }
    source
}

fn filekit_source() -> String {
    let row = r#"
        div(class = "row", id = "row-@", r#title = name,
            a(href = url, class = "name", name),
            span(class = "size", title = "size of @", size, " bytes"),
            p(class = "note", "Note @ of ", name),
            img(src = url, alt = "picture @"),
        ),"#
    .replace("r#title", "title");
    functions(
        "use filekit::prelude::*;\n",
        "(name: &str, url: &str, size: u64) -> View { view![section(",
        &row,
        ")] }\n",
    )
}

const MARKUP: &str = r#"
        div class="row" id="row-@" title=(name) {
            a href=(url) class="name" { (name) }
            span class="size" title="size of @" { (size) " bytes" }
            p class="note" { "Note @ of " (name) }
            img src=(url) alt="picture @";
        }"#;

fn maud_source() -> String {
    let open = "(name: &str, url: &str, size: u64) -> maud::Markup { maud::html! { section {";
    functions("", open, MARKUP, "} } }\n")
}

fn hypertext_source() -> String {
    let open = "(name: &str, url: &str, size: u64) -> String { maud! { section {";
    functions("use hypertext::prelude::*;\n", open, MARKUP, "} }.render().into_inner() }\n")
}

fn page(folder: &Path) {
    let (manifest, source) = upload_example();
    let candidates = [
        Candidate {
            name: "axum, serde and multer",
            manifest: concat!(
                "axum = { version = \"0.8\", features = [\"multipart\"] }\n",
                "serde = { version = \"1\", features = [\"derive\"] }\n",
                "serde_json = \"1\"\n",
                "tokio = { version = \"1\", features = [\"fs\", \"macros\", \"rt-multi-thread\"] }",
            )
            .to_owned(),
            source: BARE.to_owned(),
        },
        Candidate { name: "filekit, examples/upload", manifest, source },
    ];
    let projects = candidates.map(|candidate| (candidate.name, candidate.write(folder, "src/main.rs")));
    let mut clean = Vec::new();
    let mut changed = Vec::new();
    for (name, project) in &projects {
        // What is fetched from the network is not a matter of compiling.
        project.cargo(&["fetch"]);
        let times: Vec<_> = (0..CLEAN_ROUNDS)
            .map(|_| {
                project.clean();
                project.cargo(&["build"])
            })
            .collect();
        clean.push((*name, best(&times)));
    }
    for (name, project) in &projects {
        let times: Vec<_> = (0..ROUNDS)
            .map(|_| {
                project.touch();
                project.cargo(&["build"])
            })
            .collect();
        changed.push((*name, best(&times)));
    }
    println!("\na clean debug build; best of {CLEAN_ROUNDS}");
    report(clean);
    println!("\na debug build after a change; best of {ROUNDS}");
    report(changed);
}

/// What a user would write without filekit: one page, one upload that is kept, one download.
const BARE: &str = r##"
use axum::extract::{DefaultBodyLimit, Multipart, Path};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::Router;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
struct Files {
    names: Vec<String>,
}

async fn load() -> Files {
    let json = tokio::fs::read("files.json").await.unwrap_or_default();
    serde_json::from_slice(&json).unwrap_or_default()
}

async fn index() -> Html<String> {
    let mut html = String::from("<form method=post enctype=multipart/form-data action=/upload><input type=file name=files multiple><button>Upload</button></form><ul>");
    for name in load().await.names {
        html.push_str(&format!("<li><a href=\"/files/{name}\">{name}</a></li>"));
    }
    Html(html)
}

async fn upload(mut multipart: Multipart) -> impl IntoResponse {
    let mut files = load().await;
    while let Ok(Some(mut field)) = multipart.next_field().await {
        let name = field.file_name().unwrap_or("file").replace(['/', '\\'], "_");
        let mut data = Vec::new();
        while let Ok(Some(chunk)) = field.chunk().await {
            data.extend_from_slice(&chunk);
        }
        let _ = tokio::fs::write(&name, data).await;
        files.names.push(name);
    }
    let _ = tokio::fs::write("files.json", serde_json::to_vec(&files).unwrap_or_default()).await;
    Redirect::to("/")
}

async fn file(Path(name): Path<String>) -> impl IntoResponse {
    tokio::fs::read(name.replace('/', "_")).await.map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(index))
        .route("/upload", post(upload))
        .route("/files/{name}", get(file))
        .layer(DefaultBodyLimit::disable());
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:0").await?, app).await
}
"##;
