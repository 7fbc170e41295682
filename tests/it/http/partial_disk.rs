//! Uploads in parts, and a disk that is not as it should be.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Log, TestApp, Visitor, patterned};

#[state]
#[derive(Default)]
struct Inbox {}

#[state]
impl Inbox {
    #[event]
    async fn receive(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            file.save().await?;
        }
        Ok(())
    }
}

async fn page(_inbox: Current<Inbox>) -> View {
    view![upload(id = "all", "Drop here"), button(on_click = Inbox::receive(upload_files("all")), "Send")]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// Where the uploads of all visitors are.
fn root(app: &TestApp) -> PathBuf {
    app.files().path().join(".filekit/partial")
}

/// The folder of an upload.
fn folder(app: &TestApp, upload: &str) -> PathBuf {
    let id = upload.rsplit('/').next().expect("an id");
    let owners = fs::read_dir(root(app)).expect("a folder").map(|owner| owner.expect("an owner").path());
    owners.map(|owner| owner.join(id)).find(|folder| folder.exists()).expect("the folder of the upload")
}

/// The ways in which a folder cannot be read also by those who may read everything.
fn spoil(app: &TestApp, uploads: &[String]) -> Vec<PathBuf> {
    let folders: Vec<PathBuf> = uploads.iter().map(|upload| folder(app, upload)).collect();
    fs::remove_file(folders[0].join("lock")).expect("a lock");
    fs::create_dir(folders[0].join("lock")).expect("a folder");
    fs::remove_file(folders[1].join("lock")).expect("a lock");
    symlink("lock", folders[1].join("lock")).expect("a link to itself");
    fs::write(folders[2].join("begun"), "").expect("a file");
    fs::create_dir(folders[2].join("done")).expect("a folder");
    fs::write(folders[3].join("plan"), "no plan").expect("a file");
    folders
}

async fn begin(visitor: &mut Visitor, count: usize) -> Vec<String> {
    let mut uploads = Vec::new();
    for _ in 0..count {
        uploads.push(visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await);
    }
    uploads
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_costs_its_upload_and_no_other() {
    let app = app();
    let mut visitor = app.visitor().await;
    let uploads = begin(&mut visitor, 5).await;
    let folders = spoil(&app, &uploads);
    fs::write(root(&app).join("a file"), "").expect("a file");
    let log = Log::record();
    let content = patterned(100);
    // With the folders about which something is wrong it has as many as it may.
    begin(&mut visitor, 40).await;
    let good = visitor.begin_upload("all", &[("good.bin", &content)]).await;
    let request = visitor.part(&good, 0, true, content.clone());
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
    assert_eq!(app.files().stored("good.bin"), content);
    let told = log.text();
    assert!(told.contains(&*folders[1].to_string_lossy()), "{told}");
    for upload in &uploads[..4] {
        assert!(!visitor.ask(upload).await.status().is_success());
    }
}

#[tokio::test]
async fn a_program_starts_whatever_lies_among_its_uploads() {
    let app = app();
    let mut visitor = app.visitor().await;
    let uploads = begin(&mut visitor, 5).await;
    let folders = spoil(&app, &uploads);
    fs::write(root(&app).join("a file"), "").expect("a file");
    let log = Log::record();
    // As the next start does.
    let next = FileKit::builder().upload_dir(app.files().path()).build();
    assert!(next.is_ok(), "{next:?}");
    let told = log.text();
    for folder in &folders[..3] {
        assert!(told.contains(&*folder.to_string_lossy()), "{} {told}", folder.display());
    }
    assert_eq!(visitor.ask(&uploads[4]).await.status(), StatusCode::NO_CONTENT);
}
