//! Checks of uploaded files: what they may say, and that no way of sending a file leads past them.

mod clamav;
mod servers;
mod verdicts;
mod ways;

use std::future::pending;

use filekit::FileKitBuilder;
use filekit::prelude::*;
use filekit_tests::{Reply, TestApp};

/// What came in.
#[state]
#[derive(Default)]
struct Inbox {
    names: Vec<String>,
}

#[state]
impl Inbox {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.names.push(file.name().to_string());
            file.save().await?;
        }
        Ok(())
    }

    #[event]
    async fn take_one(&mut self, file: UploadFile) -> Result<()> {
        self.take(vec![file]).await
    }

    #[event]
    async fn count(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(file) = files.next_file().await? {
            self.names.push(file.name().to_string());
        }
        Ok(())
    }
}

/// Says what a file asks for.
async fn as_told(file: &UploadFile) -> Result<Verdict> {
    Ok(match &*file.text().await? {
        "a virus" => Verdict::Refuse("It holds a <virus>.".to_owned()),
        "a riddle" => Verdict::Unknown,
        "a blow" => panic!("hit by a file"),
        "a maze" => pending().await,
        "a fault" => return Err(std::io::Error::other("the scanner is on fire").into()),
        _ => Verdict::Clean,
    })
}

/// An upload that is declared with its check, for an element and for an event that says less of it.
fn papers() -> Upload {
    Upload::new("papers").max_files(3).check(as_told)
}

async fn page(inbox: Current<Inbox>) -> View {
    view![
        upload(id = "files", check = as_told, "Files"),
        upload(id = papers(), "Papers"),
        upload(id = "bare", "Without a check on its element"),
        upload(
            id = "closure",
            check = async |file: &UploadFile| match file.size() {
                0 => Verdict::Refuse("It is empty.".to_owned()),
                _ => Verdict::Clean,
            },
            "By a closure"
        ),
        upload(id = "stream", check = as_told, "While they arrive"),
        button(on_click = Inbox::take(upload_files("files")), "Take"),
        button(on_click = Inbox::take(upload_files(papers())), "Take papers"),
        button(on_click = Inbox::take(upload_files(Upload::new("bare").check(as_told))), "Take bare"),
        button(on_click = Inbox::take(upload_files("closure")), "Take by a closure"),
        button(on_click = Inbox::count(upload_files("stream")), "Count"),
        code(id = "endpoint", upload_endpoint(Inbox::take_one(upload_files("files")))),
        ul(for name in &inbox.names {
            li(name)
        }),
    ]
}

fn app() -> TestApp {
    app_with(|kit| kit)
}

fn app_with(settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> TestApp {
    TestApp::with(Router::new().route("/", get(page)), settings)
}

/// That a file was refused, with these words, and that nothing is left of the whole upload.
#[track_caller]
fn assert_refused(app: &TestApp, reply: &Reply, (status, code): (u16, &str)) {
    assert_eq!((reply.status().as_u16(), &*reply.code()), (status, code), "{}", reply.text());
    assert_nothing_kept(app);
}

#[track_caller]
fn assert_nothing_kept(app: &TestApp) {
    assert_eq!(app.stored_names(), [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

const REFUSED: (u16, &str) = (422, "upload.refused-by-check");
const NOT_CHECKED: (u16, &str) = (503, "upload.not-checked");
