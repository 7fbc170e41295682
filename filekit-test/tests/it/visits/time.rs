//! What ends with the time, and what waits for it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use filekit::FileKitBuilder;
use filekit::axum::Extension;
use filekit::guard::Quota;
use filekit::prelude::*;
use filekit_test::{Page, Program, Visitor, advance, file};
use tokio::sync::Notify;

const NOTES: Upload = Upload::new("notes");

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What is left before an hour has passed.
const A_LITTLE: Duration = Duration::from_secs(60);

#[state]
#[derive(Default)]
struct Desk {
    note: Option<StoredFile>,
    saved: u32,
    waited: u32,
}

#[state]
impl Desk {
    #[event]
    async fn keep(&mut self, notes: Vec<UploadFile>) -> Result<()> {
        for note in notes {
            self.note = Some(note.save().await?);
            self.saved += 1;
        }
        Ok(())
    }

    #[event]
    async fn lend(&mut self, notes: Vec<UploadFile>) -> Result<()> {
        for note in notes {
            self.note = Some(note.save().expires_in(HOUR).await?);
        }
        Ok(())
    }

    #[event]
    async fn wait(&mut self, #[extract] begun: Extension<Arc<Notify>>) {
        begun.notify_one();
        tokio::time::sleep(HOUR).await;
        self.waited += 1;
    }
}

async fn index(desk: Current<Desk>, files: Files) -> Result<View> {
    let found = match &desk.note {
        Some(note) => files.find(note.key()).await?,
        None => None,
    };
    Ok(view![
        upload(id = NOTES, button("Choose")),
        button(on_click = Desk::keep(upload_files(NOTES)), "Keep"),
        button(on_click = Desk::lend(upload_files(NOTES)), "Lend"),
        button(on_click = Desk::wait, "Wait"),
        text("Saved: ", desk.saved),
        text("Waited: ", desk.waited),
        match found {
            Some(note) => link(href = note.url(), note.name()),
            None => text("No note"),
        },
    ])
}

fn program(settings: impl FnOnce(FileKitBuilder) -> FileKitBuilder) -> Program {
    Program::new(Router::new().route("/", get(index)), settings)
}

/// Whether a file with this content lies in a directory, or below it.
fn lies_in(directory: &Path, content: &[u8]) -> bool {
    std::fs::read_dir(directory).into_iter().flatten().any(|entry| {
        let path = entry.expect("an entry").path();
        // What is just being removed is neither.
        lies_in(&path, content) || std::fs::read(&path).is_ok_and(|bytes| bytes == content)
    })
}

/// A visitor of the desk, and its page.
async fn visit(settings: impl FnOnce(FileKitBuilder) -> FileKitBuilder) -> (Visitor, Page) {
    let visitor = program(settings).visitor();
    let page = visitor.open("/").await;
    (visitor, page)
}

#[tokio::test]
async fn a_file_and_its_link_end_with_their_time() {
    let (ada, mut page) = visit(|kit| kit).await;
    page.choose("notes", [file("a.txt", "roses")]).click("Lend").await;
    advance(HOUR - A_LITTLE).await;
    page.click("a.txt").await;
    assert_eq!(page.downloads()[0].bytes, b"roses");
    advance(A_LITTLE * 2).await;
    ada.open("/").await.assert_text("No note");
    page.click("a.txt").await;
    assert_eq!(page.downloads().len(), 1, "{}", page.outline());
}

#[tokio::test]
async fn files_are_removed_when_their_time_is_over() {
    let program = program(|kit| kit.retention(HOUR));
    let mut page = program.open("/").await;
    page.choose("notes", [file("a.txt", "roses")]).click("Keep").await.assert_text("a.txt");
    let stored = || lies_in(&program.directory(), b"roses");
    assert!(stored());
    advance(HOUR * 2).await;
    let removed = async {
        while stored() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), removed).await.expect("it is removed");
}

#[tokio::test]
async fn an_upload_that_broke_off_is_kept_for_its_time() {
    let (_ada, mut page) = visit(|kit| kit.partial_ttl(HOUR)).await;
    advance(HOUR * 24).await;
    page.choose("notes", [file("a.txt", "a".repeat(3_000_000))]).break_after(1_000_000).click("Keep").await;
    advance(HOUR - A_LITTLE).await;
    page.resume().await.assert_text("Saved: 1");
}

#[tokio::test]
async fn a_session_ends_an_hour_after_it_was_used() {
    let (ada, mut page) = visit(|kit| kit.session_ttl(HOUR)).await;
    page.choose("notes", [file("a.txt", "roses")]).click("Keep").await.assert_text("Saved: 1");
    for _ in 0..3 {
        advance(HOUR - A_LITTLE).await;
        ada.open("/").await.assert_text("Saved: 1");
    }
    advance(HOUR).await;
    ada.open("/").await.assert_text("Saved: 0");
}

#[tokio::test]
async fn a_visitor_who_was_too_fast_may_go_on_later() {
    let (_ada, mut page) = visit(|kit| kit.quota(Quota::new().uploads_per_minute(1))).await;
    page.choose("notes", [file("a.txt", "roses")]).click("Keep").await.assert_text("Saved: 1");
    page.choose("notes", [file("b.txt", "violets")]).click("Keep").await.assert_text("Saved: 1");
    assert_eq!(page.messages().len(), 1, "{}", page.outline());
    advance(Duration::from_secs(61)).await;
    page.click("Keep").await.assert_text("Saved: 2");
}

#[tokio::test]
async fn what_the_program_waits_for_goes_on() {
    let begun = Arc::new(Notify::new());
    let pages = Router::new().route("/", get(index)).layer(Extension(begun.clone()));
    let mut page = Program::new(pages, |kit| kit).open("/").await;
    let pass = async {
        begun.notified().await;
        advance(HOUR).await;
    };
    tokio::join!(page.click("Wait"), pass).0.assert_text("Waited: 1");
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "time moves only where the runtime has one thread: take `#[tokio::test]` without")]
async fn a_runtime_of_several_threads_has_no_time_of_its_own() {
    advance(HOUR).await;
}
