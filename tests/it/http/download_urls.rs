//! A URL of this site that an event hands over: its file comes under the name that was said, in place of the way to it.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use filekit::prelude::*;
use filekit_tests::{PNG, Samples, TestApp, Visitor};

#[state]
#[derive(Default)]
struct Desk {
    made: u32,
}

#[state]
impl Desk {
    #[event]
    fn link(&self, url: String, name: String) -> Download {
        named(&url, &name)
    }

    #[event]
    fn changing(&mut self, url: String, name: String) -> Download {
        self.made += 1;
        named(&url, &name)
    }

    #[event]
    fn shown(&self) -> Download {
        Download::url(upload_url("dot.png")).inline()
    }

    #[event]
    fn typed(&self) -> Download {
        Download::url("/manual.pdf").filename("report.md").mime("text/markdown")
    }
}

fn named(url: &str, name: &str) -> Download {
    let url = if url == "stored" { upload_url("dot.png") } else { url.to_owned() };
    let download = Download::url(url);
    if name.is_empty() { download } else { download.filename(name) }
}

/// Where a button leads, the name that is asked for, and the name and the content that come.
const FOUND: &[(&str, &str, &str, &[u8])] = &[
    ("stored", "Ein Punkt.png", "Ein Punkt.png", PNG),
    ("stored", "", "dot.png", PNG),
    ("/manual.pdf", "guide.pdf", "guide.pdf", b"a manual"),
    ("manual.pdf", "", "manual.pdf", b"a manual"),
];

/// Where a browser is led: to other sites, to what is not there, and to routes, which are asked with all that is in front of
/// them.
const ELSEWHERE: &[&str] = &["https://example.org/a.pdf", "/missing", "/moved", "/failing", "/report/2024"];

async fn page(desk: Current<Desk>) -> View {
    view![
        heading("Made ", desk.made),
        for (nth, (url, name, ..)) in FOUND.iter().enumerate() {
            button(on_click = Desk::link((*url).to_owned(), (*name).to_owned()), "found ", nth);
        },
        for url in ELSEWHERE {
            button(on_click = Desk::link((*url).to_owned(), "a".to_owned()), *url);
        },
        button(on_click = Desk::shown, "Shown"),
        button(on_click = Desk::typed, "Typed"),
        button(on_click = Desk::changing("stored".to_owned(), "mine.png".to_owned()), "Changing"),
    ]
}

async fn room(Path(room): Path<String>, desk: Current<Desk>) -> View {
    let _ = desk;
    view![heading(room), button(on_click = Desk::link("/manual.pdf".to_owned(), "a.txt".to_owned()), "Manual")]
}

async fn report(Path(year): Path<u32>) -> impl IntoResponse {
    ([("content-disposition", "attachment; filename=theirs.txt")], format!("the report of {year}"))
}

fn pages() -> Router {
    Router::new()
        .route("/", get(page))
        .route("/room/{room}", get(room))
        .route("/report/{year}", get(report))
        .route("/moved", get(async || Redirect::to("/manual.pdf")))
        .route("/failing", get(async || StatusCode::INTERNAL_SERVER_ERROR))
}

/// The app, with a manual among the developer's files.
fn app() -> (TestApp, Samples) {
    let assets = Samples::new();
    assets.file("manual.pdf", "a manual");
    let app = TestApp::with(pages(), |kit| kit.assets(assets.path()));
    app.files().keep("dot.png", PNG);
    (app, assets)
}

async fn visitor(app: &TestApp) -> Visitor {
    app.visitor().await
}

#[tokio::test]
async fn what_a_url_of_this_site_has_is_saved_under_the_name() {
    let (app, _assets) = app();
    let mut visitor = visitor(&app).await;
    for (nth, (url, asked, name, content)) in FOUND.iter().enumerate() {
        let reply = visitor.click(&format!("found {nth}")).await;
        assert_eq!(reply.status(), StatusCode::OK, "{url} {asked}: {}", reply.text());
        assert_eq!(reply.bytes(), content, "{url}");
        let disposition = reply.header("content-disposition");
        assert!(disposition.starts_with("attachment; ") && disposition.contains(name), "{url}: {disposition}");
    }
    let typed = visitor.click("Typed").await;
    assert_eq!(typed.header("content-type"), "text/markdown; charset=utf-8");
}

#[tokio::test]
async fn a_download_of_a_url_goes_on_where_it_was() {
    let (app, _assets) = app();
    let mut visitor = visitor(&app).await;
    visitor.always_send("range", "bytes=1-3");
    let part = visitor.click("found 0").await;
    assert_eq!((part.status(), part.bytes().as_ref()), (StatusCode::PARTIAL_CONTENT, b"PNG".as_slice()));
    assert!(part.header("content-disposition").contains("Ein Punkt.png"));
    assert_eq!(part.header("cache-control"), "private, no-cache");
}

#[tokio::test]
pub(super) async fn the_way_is_shown_to_what_is_elsewhere_or_not_there_or_to_be_shown() {
    let (app, _assets) = app();
    let mut visitor = visitor(&app).await;
    for url in ELSEWHERE {
        let reply = visitor.click(url).await;
        assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, *url));
    }
    let shown = visitor.click("Shown").await;
    assert_eq!(shown.status(), StatusCode::SEE_OTHER);
    assert!(shown.header("location").contains("/_upload/dot.png"));
}

#[tokio::test]
pub(super) async fn a_download_of_a_url_is_no_way_round_a_guard_in_front() {
    async fn guard(request: Request, next: Next) -> Response {
        match request.uri().path().starts_with("/report") {
            true => StatusCode::FORBIDDEN.into_response(),
            false => next.run(request).await,
        }
    }
    let (app, _assets) = app();
    let app = app.layered(|router| router.layer(from_fn(guard)));
    let mut visitor = visitor(&app).await;
    let reply = visitor.click("/report/2024").await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/report/2024"), "{}", reply.text());
    assert_eq!(visitor.get("/report/2024").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
pub(super) async fn a_page_whose_path_has_parameters_hands_files_over() {
    let (app, _assets) = app();
    let mut visitor = app.stranger();
    visitor.open("/room/blue").await;
    assert_eq!(visitor.click("Manual").await.text(), "a manual");
}

#[tokio::test]
async fn a_form_without_scripts_gets_the_file_too() {
    let (app, _assets) = app();
    let mut visitor = visitor(&app).await;
    let form = visitor.submission("Changing", filekit_tests::Entries::default());
    let reply = visitor.send(form).await;
    assert_eq!((reply.status(), reply.bytes().as_ref()), (StatusCode::OK, PNG), "{}", reply.text());
    assert!(reply.header("content-disposition").contains("mine.png"));
}

#[tokio::test]
async fn below_a_prefix_it_is_the_same() {
    let app = TestApp::mounted("/shop", pages());
    app.files().keep("dot.png", PNG);
    let mut visitor = visitor(&app).await;
    let stored = visitor.click("found 0").await;
    assert_eq!((stored.status(), stored.bytes().as_ref()), (StatusCode::OK, PNG), "{}", stored.text());
    // A path that is not below the prefix is another app's.
    let report = visitor.click("/report/2024").await;
    assert_eq!((report.status(), report.header("location")), (StatusCode::SEE_OTHER, "/report/2024"));
}
