//! Uploads in parts, and a disk that is not as it should be.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Log, TestApp, UploadDir, Visitor, patterned, until};

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

/// A visitor with five uploads of which the folders are spoilt but for the last, and a file among the folders.
async fn spoilt() -> (TestApp, Visitor, Vec<String>, Vec<PathBuf>) {
    let app = app();
    let mut visitor = app.visitor().await;
    let uploads = begin(&mut visitor, 5).await;
    let folders = spoil(&app, &uploads);
    fs::write(root(&app).join("a file"), "").expect("a file");
    (app, visitor, uploads, folders)
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_costs_its_upload_and_no_other() {
    let (app, mut visitor, uploads, folders) = spoilt().await;
    let log = Log::record();
    let content = patterned(100);
    // With the folders about which something is wrong it has as many as it may.
    begin(&mut visitor, 40).await;
    let good = visitor.begin_upload("all", &[("good.bin", &content)]).await;
    let request = visitor.part(&good, 0, true, content.clone());
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
    assert_eq!(app.files().stored("good.bin"), content);
    // Uploads are looked through behind the answers.
    until("it is told", async || log.text().contains(&*folders[1].to_string_lossy()).then_some(())).await;
    for upload in &uploads[..4] {
        assert!(!visitor.ask(upload).await.status().is_success());
    }
}

#[tokio::test]
async fn a_program_starts_whatever_lies_among_its_uploads() {
    let (app, mut visitor, uploads, folders) = spoilt().await;
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

/// What a link in the folders of uploads could lead to.
struct Elsewhere {
    folder: UploadDir,
}

impl Elsewhere {
    fn new() -> Self {
        let folder = UploadDir::new();
        fs::create_dir_all(folder.path()).expect("a folder");
        for name in ["0", "1", "lock", "plan", "done", "begun", "new"] {
            fs::write(folder.path().join(name), "secret").expect("a file");
        }
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path()
    }

    fn assert_untouched(&self) {
        let files = fs::read_dir(self.path()).expect("a folder").map(|file| file.expect("a file").path());
        let files: Vec<_> = files.map(|file| (fs::read_to_string(&file).expect("text"), file)).collect();
        assert!(files.len() == 7 && files.iter().all(|(text, _)| text == "secret"), "{files:?}");
    }
}

/// Puts a link in the place of what is there.
fn replace(path: &Path, by: &Path) {
    if path.is_dir() {
        fs::remove_dir_all(path).expect("a folder");
    } else if path.exists() {
        fs::remove_file(path).expect("a file");
    }
    symlink(by, path).expect("a link");
}

#[tokio::test]
async fn links_in_the_place_of_files_are_not_followed() {
    let (app, elsewhere) = (app(), Elsewhere::new());
    let mut visitor = app.visitor().await;
    let content = patterned(200_000);
    for name in ["0", "1", "2", "lock", "plan", "done", "begun", "new"] {
        let sent: [(&str, &[u8]); 3] = [("a.bin", &content), ("b.bin", &content), ("empty.bin", b"")];
        let upload = visitor.begin_upload("all", &sent).await;
        let first = visitor.part(&upload, 0, false, content[..100_000].to_vec());
        assert_eq!(visitor.send(first).await.status(), StatusCode::NO_CONTENT);
        let target = if name == "2" { "1" } else { name };
        replace(&folder(&app, &upload).join(name), &elsewhere.path().join(target));
        let rest = [&content[100_000..], &content].concat();
        let request = visitor.part(&upload, 100_000, true, rest);
        let reply = visitor.send(request).await;
        elsewhere.assert_untouched();
        for key in app.files().stored_keys() {
            let path = app.files().path().join(&key);
            assert!(!fs::read(&path).expect("a file").starts_with(b"secret"), "{name}: {key}");
            let is_file = fs::symlink_metadata(&path).expect("a file").is_file();
            assert!(is_file, "{name}: {key} {}", reply.text());
        }
        let request = visitor.plan_request(&taking_over(&visitor, &upload, &sent));
        let reply = visitor.send(request).await;
        assert!(!reply.text().contains("secret"), "{}", reply.text());
        visitor.discard(&upload).await;
        elsewhere.assert_untouched();
    }
}

/// A plan of files of which an upload has a part.
fn taking_over(visitor: &Visitor, upload: &str, sent: &[(&str, &[u8])]) -> serde_json::Value {
    let mut plan = visitor.plan("all", sent);
    for (nth, file) in plan["files"].as_array_mut().expect("files").iter_mut().enumerate() {
        file["from"] = format!("{}/{nth}", upload.rsplit('/').next().expect("an id")).into();
    }
    plan
}

#[tokio::test]
async fn links_in_the_place_of_folders_are_not_followed() {
    let app = app();
    for of_owner in [false, true] {
        let elsewhere = Elsewhere::new();
        let mut visitor = app.visitor().await;
        let content = patterned(100);
        let upload = visitor.begin_upload("all", &[("a.bin", &content)]).await;
        let path = folder(&app, &upload);
        let replaced = if of_owner { path.parent().expect("the folder of the visitor") } else { &path };
        let by = if of_owner { elsewhere.path().join("owner") } else { elsewhere.path() };
        if of_owner {
            fs::rename(replaced, &by).expect("a folder");
        }
        replace(replaced, &by);
        assert_eq!(visitor.ask(&upload).await.status(), StatusCode::NOT_FOUND, "of owner: {of_owner}");
        let request = visitor.part(&upload, 0, true, content.clone());
        assert_eq!(visitor.send(request).await.status(), StatusCode::NOT_FOUND);
        let plan = visitor.plan_request(&visitor.plan("all", &[("b.bin", b"1")]));
        let status = visitor.send(plan).await.status();
        assert_eq!(status.is_success(), !of_owner, "{status}");
        visitor.discard(&upload).await;
        let next = FileKit::builder().upload_dir(app.files().path()).build();
        assert!(next.is_ok(), "{next:?}");
        if of_owner {
            assert!(by.join(path.file_name().expect("a name")).join("plan").exists());
            fs::remove_dir_all(by).expect("a folder");
        }
        elsewhere.assert_untouched();
    }
}
