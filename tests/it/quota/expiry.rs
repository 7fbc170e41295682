//! Files that end by themselves, and all files where there is a retention.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit::storage::FileKey;
use filekit_tests::{TestApp, until};
use futures_util::TryStreamExt as _;

use super::filekit_on;

#[state]
#[derive(Default)]
struct Passing {
    file: Option<StoredFile>,
}

#[state]
impl Passing {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>, seconds: u64) -> Result<()> {
        for file in files {
            self.file = Some(file.save_in("passing").expires_in(Duration::from_secs(seconds)).await?);
        }
        Ok(())
    }

    #[event]
    async fn keep_on(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.file = Some(file.save().await?);
        }
        Ok(())
    }
}

async fn page(passing: Current<Passing>) -> View {
    view![
        upload(id = "short", "Drop here"),
        button(on_click = Passing::keep(upload_files("short"), 0), "Keep shortly"),
        upload(id = "long", "Drop here"),
        button(on_click = Passing::keep(upload_files("long"), 600), "Keep longer"),
        upload(id = "lasting", "Drop here"),
        button(on_click = Passing::keep_on(upload_files("lasting")), "Keep"),
        for file in passing.file.iter() {
            link(href = upload_url(file), "link")
        },
    ]
}

fn app(retention: Option<Duration>) -> TestApp {
    let pages = Router::new().route("/", get(page));
    TestApp::with(pages, |kit| retention.into_iter().fold(kit, |kit, time| kit.retention(time)))
}

/// Stores a file, and returns its key and its link.
async fn stored(app: &TestApp, id: &str) -> (FileKey, String) {
    let mut visitor = app.visitor().await;
    let reply = visitor.upload(id, [("a.txt", "text")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    visitor.open("/").await;
    let link = visitor.page().href("link").to_owned();
    let key = app.files().stored_keys().pop().expect("it is stored");
    (FileKey::parse(&key).expect("a key"), link)
}

#[tokio::test]
async fn a_file_that_has_ended_is_not_there_any_more() {
    let app = app(None);
    let (key, link) = stored(&app, "short").await;
    let end = key.end().expect("it ends");
    until("the end", async || (SystemTime::now() >= end).then_some(())).await;
    let mut visitor = app.visitor().await;
    assert_eq!(visitor.get(&link).await.status(), StatusCode::NOT_FOUND);
    let files = app.kit().files();
    assert!(files.find(&key).await.expect("it is looked for").is_none());
    assert!(files.open(&key).await.is_err() && files.copy_in(&key, "").await.is_err());
    assert_eq!(files.list("").try_collect::<Vec<_>>().await.expect("a list"), []);
    assert_eq!(app.files().stored_keys().len(), 1, "it still lies there");
    let next = filekit_on(app.files(), Quota::new());
    let _router = next.router(Router::new());
    until("a sweep", async || app.files().stored_keys().is_empty().then_some(())).await;
}

#[tokio::test]
async fn until_then_it_is_as_any_other_and_a_copy_ends_with_it() {
    let app = app(None);
    let (key, link) = stored(&app, "long").await;
    assert_eq!((key.name().as_str(), key.folder().to_string().as_str()), ("a.txt", "passing"));
    let left = key.end().expect("it ends").duration_since(SystemTime::now()).expect("not yet");
    assert!(left > Duration::from_secs(590) && left <= Duration::from_secs(601), "{left:?}");
    assert_eq!(app.visitor().await.get(&link).await.text(), "text");
    let files = app.kit().files();
    let found = files.find(&key).await.expect("it is looked for").expect("it is there");
    assert_eq!(found.expires(), key.end());
    let copy = files.copy_in(&key, "copies").await.expect("a copy");
    let renamed = files.rename(&copy, "b.txt").await.expect("a new name");
    assert_eq!((copy.expires(), renamed.expires()), (key.end(), key.end()));
    let lasting = files.rename_as(&renamed, "lasting/b.txt").await.expect("a key of the program's");
    assert_eq!(lasting.expires(), None);
}

#[tokio::test]
async fn no_file_is_kept_longer_than_the_retention() {
    let app = app(Some(Duration::from_secs(2)));
    app.files().keep("there before.txt", "text");
    let (_, link) = stored(&app, "lasting").await;
    let mut visitor = app.visitor().await;
    until("the end", async || (visitor.get(&link).await.status() == StatusCode::NOT_FOUND).then_some(())).await;
    until("a sweep", async || app.files().stored_keys().is_empty().then_some(())).await;
}
