//! Pages that list stored files, and follow what events do with them.

use std::sync::Arc;

use axum::Extension;
use filekit::prelude::*;
use filekit_tests::{Site, TestApp, follow, in_time, instance, next_event};
use futures_util::TryStreamExt as _;
use tokio::sync::watch;

/// Tells that the page was called.
type Calls = Arc<watch::Sender<()>>;

#[state]
#[derive(Default)]
struct Desk;

#[state]
impl Desk {
    #[event]
    async fn keep(
        &self,
        file: UploadFile,
        #[extract] filekit: FileKit,
        #[extract] Extension(calls): Extension<Calls>,
    ) -> Result<()> {
        file.save().await?;
        notify_and_be_looked_at(&filekit, &calls).await;
        Ok(())
    }

    #[event]
    async fn clear(
        &self,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
        #[extract] Extension(calls): Extension<Calls>,
    ) -> Result<()> {
        let all: Vec<StoredFile> = files.list("").try_collect().await?;
        for file in all {
            files.remove(&file).await?;
        }
        notify_and_be_looked_at(&filekit, &calls).await;
        Ok(())
    }
}

/// Goes on when the page that follows was called, so before the event is done.
async fn notify_and_be_looked_at(filekit: &FileKit, calls: &Calls) {
    let mut called = calls.subscribe();
    filekit.notify("files").await;
    in_time("a call of the page", called.changed()).await.expect("a page");
}

async fn page(Extension(calls): Extension<Calls>, files: Files, _: Current<Desk>) -> Result<View> {
    calls.send_replace(());
    let all: Vec<StoredFile> = files.list("").try_collect().await?;
    Ok(view![
        upload(id = "file", on_drop = Desk::keep(upload_files("file")), "Keep"),
        button(on_click = Desk::clear, "Clear"),
        text("There are ", all.len(), " files"),
    ]
    .follow("files"))
}

#[tokio::test]
async fn what_an_event_has_done_with_files_is_seen_when_it_is_done() {
    let app = TestApp::new(Router::new().route("/", get(page)).layer(Extension(Calls::default())));
    let site = Site::Address(app.listen().await);
    let (mut ann, ben) = (app.visitor().await, app.visitor().await);
    let ben = ben.moved_to(site.clone());
    let mut ben_sees = follow(&site, &ben, "/", &instance(&ben)).await;
    ben_sees.read_until(":\n\n").await;
    ann.upload("file", [("a.txt", "a")]).await;
    let event = next_event(&mut ben_sees).await;
    assert!(event["view"]["patch"].to_string().contains('1'), "{event}");
    ann.open("/").await;
    ann.click("Clear").await;
    let event = next_event(&mut ben_sees).await;
    assert!(event["view"]["patch"].to_string().contains('0'), "{event}");
}
