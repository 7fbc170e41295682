//! Secrets that change: what was signed before goes on, as far as the program says so, and no further.

use std::fs;

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{TestApp, UploadDir, Visitor};

#[state]
#[derive(Default)]
struct Drawer {
    files: Vec<StoredFile>,
    opened: u32,
}

#[state]
impl Drawer {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    fn open(&mut self) {
        self.opened += 1;
    }

    #[event]
    fn list(&self) -> Download {
        Download::data("a list").filename("list.txt")
    }
}

async fn page(drawer: Current<Drawer>) -> View {
    view![
        upload(id = "files", "Drop"),
        button(on_click = Drawer::keep(upload_files("files")), "Keep"),
        button(on_click = Drawer::open, "Open"),
        button(on_click = Drawer::list, "List"),
        for file in &drawer.files {
            link(href = file.url(), file.name())
        },
    ]
}

/// A server on the same files as others, with these secrets; none means the one that lies with the files.
fn server(files: &UploadDir, secrets: &[&str]) -> TestApp {
    TestApp::with(Router::new().route("/", get(page)), |kit| match secrets {
        [] => kit.upload_dir(files.path()),
        secrets => kit.upload_dir(files.path()).secrets(secrets.iter().copied()),
    })
}

async fn visitor_with_file(app: &TestApp) -> (Visitor, String) {
    let mut visitor = app.visitor().await;
    visitor.upload("files", [("a.txt", "hello")]).await;
    let href = visitor.page().href("a.txt").to_owned();
    (visitor, href)
}

/// Whether the page's download, a file, an event of the page, and one of it after another page was loaded, all made by another
/// server, are as good here.
async fn goes_on(app: &TestApp, visitor: &Visitor, href: &str) -> [bool; 4] {
    let mut visitor = visitor.clone().moved_to(app.site());
    let list = visitor.page().href("List").to_owned();
    let event = visitor.event(&visitor.call_of("Open"));
    let list = visitor.get(&list).await.text() == "a list";
    let file = visitor.get(href).await.status() == StatusCode::OK;
    let event = visitor.send(event).await.status() == StatusCode::OK;
    let call = visitor.call_of("Open");
    visitor.open("/").await;
    let event_then = visitor.event(&call);
    let session = visitor.send(event_then).await.status() == StatusCode::OK;
    [list, file, event, session]
}

const OLD: &str = "an old secret of 16 bytes and more";
const NEW: &str = "a new secret of 16 bytes and more";

#[tokio::test]
async fn pages_links_and_sessions_of_before_a_rotation_go_on() {
    let files = UploadDir::new();
    let (visitor, href) = visitor_with_file(&server(&files, &[OLD])).await;
    assert_eq!(goes_on(&server(&files, &[NEW, OLD]), &visitor, &href).await, [true; 4]);
    let files = UploadDir::new();
    let (visitor, href) = visitor_with_file(&server(&files, &[NEW, OLD])).await;
    assert_eq!(goes_on(&server(&files, &[NEW]), &visitor, &href).await, [true; 4], "the first one signs");
    assert_eq!(
        goes_on(&server(&files, &[OLD, NEW]), &visitor, &href).await,
        [true; 4],
        "a server that is not changed yet"
    );
}

#[tokio::test]
async fn what_a_secret_has_signed_that_was_left_out_is_worth_nothing() {
    let files = UploadDir::new();
    let (visitor, href) = visitor_with_file(&server(&files, &[OLD])).await;
    let [list, file, event, _] = goes_on(&server(&files, &[NEW]), &visitor, &href).await;
    assert_eq!([list, file, event], [false; 3]);
}

#[tokio::test]
async fn a_secret_that_is_too_short_or_missing_is_no_secret() {
    for secrets in [vec!["short"], vec![NEW, "short"], vec![]] {
        let files = UploadDir::new();
        let built = FileKit::builder().upload_dir(files.path()).secrets(secrets.iter().copied()).build();
        assert!(built.is_err(), "{secrets:?}");
    }
}

#[tokio::test]
async fn an_upload_directory_that_was_removed_gets_its_secret_back() {
    let files = UploadDir::new();
    let app = server(&files, &[]);
    let mut visitor = app.visitor().await;
    fs::remove_dir_all(files.path()).expect("a folder");
    visitor.upload("files", [("a.txt", "hello")]).await;
    let href = visitor.page().href("a.txt").to_owned();
    assert_eq!(goes_on(&server(&files, &[]), &visitor, &href).await, [true; 4]);
}
