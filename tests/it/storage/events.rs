//! What events do with stored files, wherever these are kept: all or nothing, and links that are right.

use axum::http::{HeaderMap, StatusCode, header};
use filekit::prelude::*;
use filekit::storage::FolderEntry;
use filekit_tests::{Element, Reply, TestApp, Visitor, patterned};
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

#[state]
#[derive(Default)]
pub(super) struct Desk {
    files: Vec<StoredFile>,
    notes: Vec<String>,
}

impl Desk {
    fn key(&self, name: &str) -> String {
        let file = self.files.iter().find(|file| file.name() == name);
        file.map_or_else(|| name.to_owned(), |file| file.key().to_owned())
    }
}

#[state]
impl Desk {
    /// Keeps a file in the folder that is its name's first word.
    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        let kept = match file.name().split_once(' ') {
            Some((folder, _)) => {
                let folder = folder.replace('.', "/");
                file.save_in(folder).await?
            }
            None => file.save().await?,
        };
        self.files.push(kept);
        Ok(())
    }

    #[event]
    async fn keep_as(&mut self, file: UploadFile) -> Result<()> {
        let key = format!("chosen/{}", file.name());
        self.files.retain(|kept| kept.key() != key);
        self.files.push(file.save_as(key).await?);
        Ok(())
    }

    #[event]
    async fn remove(&mut self, #[extract] files: Files, name: String) -> Result<()> {
        let key = self.key(&name);
        self.notes = vec![files.remove(&key).await?.to_string(), files.find(&key).await?.is_some().to_string()];
        self.files.retain(|file| file.key() != key);
        Ok(())
    }

    #[event]
    async fn rename(&mut self, #[extract] files: Files, name: String, to: String) -> Result<()> {
        let renamed = files.rename(self.key(&name), to).await?;
        self.files = vec![renamed];
        Ok(())
    }

    #[event]
    async fn move_in(&mut self, #[extract] files: Files, name: String, to: String) -> Result<()> {
        self.files = vec![files.move_in(self.key(&name), to).await?];
        Ok(())
    }

    #[event]
    async fn copy_in(&mut self, #[extract] files: Files, name: String, to: String) -> Result<()> {
        self.files.push(files.copy_in(self.key(&name), to).await?);
        Ok(())
    }

    #[event]
    async fn rename_as(&mut self, #[extract] files: Files, name: String, to: String) -> Result<()> {
        self.files = vec![files.rename_as(self.key(&name), to).await?];
        Ok(())
    }

    /// Does everything, and fails.
    #[event]
    async fn fail(&mut self, #[extract] files: Files, file: UploadFile) -> Result<()> {
        let chosen = self.key("chosen.txt");
        files.copy_in(&chosen, "copies").await?;
        files.rename(self.key("first.txt"), "renamed.txt").await?;
        files.remove(self.key("second.txt")).await?;
        let copy = files.copy_as(&chosen, "copies/as.txt").await?;
        assert!(files.find(copy.key()).await?.is_some(), "a copy stands at once");
        self.files = vec![file.save_as("chosen/chosen.txt").await?];
        Err(Error::user("Not today."))
    }

    /// Removes a file and puts another one in its place.
    #[event]
    async fn swap(&mut self, #[extract] files: Files, file: UploadFile) -> Result<()> {
        files.remove("chosen/chosen.txt").await?;
        self.files = vec![file.save_as("chosen/chosen.txt").await?];
        Ok(())
    }

    #[event]
    async fn read(&mut self, #[extract] files: Files, name: String) -> Result<()> {
        let mut reader = files.open(self.key(&name)).await?;
        let (mut beginning, mut end) = ([0; 3], Vec::new());
        reader.read_exact(&mut beginning).await?;
        reader.seek(std::io::SeekFrom::End(-2)).await?;
        reader.read_to_end(&mut end).await?;
        self.notes = vec![String::from_utf8_lossy(&beginning).into(), String::from_utf8_lossy(&end).into()];
        Ok(())
    }

    #[event]
    fn download(&self, name: String) -> Download {
        Download::stored(self.key(&name))
    }

    #[event]
    fn zip(&self) -> Download {
        Download::zip(
            self.files
                .iter()
                .map(|file| Download::stored(file.key()).filename(format!("{}/{}", file.folder(), file.name()))),
        )
    }
}

async fn page(desk: Current<Desk>, files: Files) -> Result<View> {
    let all: Vec<StoredFile> = files.list("").try_collect().await?;
    let level: Vec<FolderEntry> = files.list_folder("")?.try_collect().await?;
    Ok(view![
        upload(id = "kept", "a"),
        button(on_click = Desk::keep(upload_files("kept")), "Keep"),
        upload(id = "chosen", "a"),
        button(on_click = Desk::keep_as(upload_files("chosen")), "Keep as"),
        upload(id = "failing", "a"),
        button(on_click = Desk::fail(upload_files("failing")), "Fail"),
        upload(id = "swapped", "a"),
        button(on_click = Desk::swap(upload_files("swapped")), "Swap"),
        input(id = "name"),
        input(id = "to"),
        button(on_click = Desk::remove(value_of("name")), "Remove"),
        button(on_click = Desk::rename(value_of("name"), value_of("to")), "Rename"),
        button(on_click = Desk::move_in(value_of("name"), value_of("to")), "Move"),
        button(on_click = Desk::copy_in(value_of("name"), value_of("to")), "Copy"),
        button(on_click = Desk::rename_as(value_of("name"), value_of("to")), "Rename as"),
        button(on_click = Desk::read(value_of("name")), "Read"),
        link(href = Desk::zip(), "Zip"),
        for file in &desk.files {
            link(href = file.url(), file.name());
            link(href = Desk::download(file.name().to_owned()), "Download ", file.name());
        },
        for note in &desk.notes {
            p(class = "note", note)
        },
        for file in &all {
            p(
                class = "stored",
                file.folder().as_str(),
                "/",
                file.name(),
                " ",
                file.size().to_string(),
                " ",
                file.mime(),
            )
        },
        for entry in &level {
            p(
                class = "level",
                match entry {
                    FolderEntry::Folder(folder) => format!("{folder}/"),
                    FolderEntry::File(file) => file.name().to_owned(),
                },
            )
        },
    ])
}

pub(super) fn pages() -> Router {
    Router::new().route("/", get(page))
}

async fn keep(visitor: &mut Visitor, name: &str, content: impl Into<Vec<u8>>) {
    let reply = visitor.upload("kept", [(name, content.into())]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}

async fn keep_as(visitor: &mut Visitor, name: &str, content: &'static str) {
    let reply = visitor.upload("chosen", [(name, content)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}

async fn act(visitor: &mut Visitor, button: &str, name: &str, to: &str) -> Reply {
    visitor.click_with(button, &[("name", name.into()), ("to", to.into())]).await
}

async fn acted(visitor: &mut Visitor, button: &str, name: &str, to: &str) {
    let reply = act(visitor, button, name, to).await;
    assert_eq!(reply.status(), StatusCode::OK, "{button} {name} {to}: {}", reply.text());
}

/// What a link opens.
async fn opened(app: &TestApp, link: &str, headers: &[(header::HeaderName, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut visitor = app.stranger();
    for (name, value) in headers {
        visitor.always_send(Box::leak(name.to_string().into_boxed_str()), value);
    }
    let reply = visitor.get(link).await;
    (reply.status(), reply.headers().clone(), reply.bytes().to_vec())
}

async fn status(app: &TestApp, link: &str) -> StatusCode {
    opened(app, link, &[]).await.0
}

async fn text(app: &TestApp, link: &str) -> String {
    let (status, _, bytes) = opened(app, link, &[]).await;
    assert_eq!(status, StatusCode::OK, "{link}");
    String::from_utf8(bytes).expect("text")
}

/// The texts of the page's elements with a class.
fn texts(visitor: &Visitor, class: &str) -> Vec<String> {
    let elements = visitor.page().elements().into_iter();
    elements.filter(|element| element.attribute("class") == Some(class)).map(Element::text).collect()
}

/// The stored files, as the page lists them.
async fn stored(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    texts(visitor, "stored")
}

pub(super) async fn what_is_saved_in_folders_is_served(app: TestApp) {
    let mut visitor = app.visitor().await;
    let bytes = patterned(300_000);
    keep(&mut visitor, "claims.42 large.bin", bytes.clone()).await;
    keep(&mut visitor, "claims a.txt", "small").await;
    keep(&mut visitor, "empty.txt", "").await;
    assert_eq!(
        stored(&mut visitor).await,
        [
            "claims/42/claims.42 large.bin 300000 application/octet-stream",
            "claims/claims a.txt 5 text/plain",
            "/empty.txt 0 text/plain"
        ]
    );
    assert_eq!(texts(&visitor, "level"), ["claims/", "empty.txt"]);
    let link = visitor.page().href("claims.42 large.bin").to_owned();
    assert!(link.contains("/_upload/claims/42/claims.42%20large."), "{link}");
    let (status, headers, body) = opened(&app, &link, &[]).await;
    assert_eq!((status, body == bytes), (StatusCode::OK, true));
    assert_eq!(headers[header::CONTENT_LENGTH], "300000");
    assert!(headers[header::CONTENT_DISPOSITION].to_str().expect("text").contains("claims.42 large.bin"));
    let etag = headers[header::ETAG].to_str().expect("text").to_owned();
    let (status, _, body) = opened(&app, &link, &[(header::IF_NONE_MATCH, &etag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    let (status, headers, body) =
        opened(&app, &link, &[(header::RANGE, "bytes=100000-199999"), (header::IF_RANGE, &etag)]).await;
    assert_eq!(status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(headers[header::CONTENT_RANGE], "bytes 100000-199999/300000");
    assert!(body == bytes[100_000..200_000]);
    let (status, _, body) = opened(&app, &link, &[(header::RANGE, "bytes=0-9,-10")]).await;
    assert_eq!(status, StatusCode::PARTIAL_CONTENT);
    let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    assert!(has(&bytes[..10]) && has(&bytes[bytes.len() - 10..]));
    let (status, headers, _) = opened(&app, &link, &[(header::RANGE, "bytes=300000-")]).await;
    assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(headers[header::CONTENT_RANGE], "bytes */300000");
    let empty = visitor.page().href("empty.txt").to_owned();
    assert_eq!(text(&app, &empty).await, "");
    assert_eq!(text(&app, visitor.page().href("claims a.txt")).await, "small");
}

pub(super) async fn what_a_failed_event_has_done_is_undone(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep(&mut visitor, "first.txt", "first").await;
    keep(&mut visitor, "second.txt", "second").await;
    keep_as(&mut visitor, "chosen.txt", "chosen").await;
    let before = stored(&mut visitor).await;
    assert_eq!(before.len(), 3);
    let links = ["first.txt", "second.txt", "chosen.txt"].map(|name| visitor.page().href(name).to_owned());
    let reply = visitor.upload("failing", [("new.txt", "new")]).await;
    assert_eq!(reply.message(), "Not today.");
    filekit_tests::until("all is as it was", async || (stored(&mut visitor).await == before).then_some(())).await;
    for (link, content) in links.iter().zip(["first", "second", "chosen"]) {
        assert_eq!(text(&app, link).await, content);
    }
}

pub(super) async fn what_is_removed_is_gone_and_its_link_dead(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep(&mut visitor, "claims.42 a.txt", "a").await;
    let link = visitor.page().href("claims.42 a.txt").to_owned();
    acted(&mut visitor, "Remove", "claims.42 a.txt", "").await;
    assert_eq!(texts(&visitor, "note"), ["true", "false"], "it was there, and the event does not find it any more");
    assert_eq!(status(&app, &link).await, StatusCode::NOT_FOUND);
    assert_eq!(stored(&mut visitor).await, [""; 0]);
    acted(&mut visitor, "Remove", "claims.42 a.txt", "").await;
    assert_eq!(texts(&visitor, "note"), ["false", "false"], "there was none");
    acted(&mut visitor, "Remove", "../.filekit/secret", "").await;
    assert_eq!(texts(&visitor, "note"), ["false", "false"]);
}

pub(super) async fn a_file_gets_another_name_folder_or_copy(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep(&mut visitor, "claims a.txt", "content").await;
    let first = visitor.page().href("claims a.txt").to_owned();
    acted(&mut visitor, "Rename", "claims a.txt", "b.txt").await;
    assert_eq!(stored(&mut visitor).await, ["claims/b.txt 7 text/plain"]);
    assert_eq!(status(&app, &first).await, StatusCode::NOT_FOUND);
    let second = visitor.page().href("b.txt").to_owned();
    assert_eq!(text(&app, &second).await, "content");
    acted(&mut visitor, "Move", "b.txt", "archive/2026").await;
    assert_eq!(stored(&mut visitor).await, ["archive/2026/b.txt 7 text/plain"]);
    assert_eq!(status(&app, &second).await, StatusCode::NOT_FOUND);
    acted(&mut visitor, "Copy", "b.txt", "").await;
    assert_eq!(stored(&mut visitor).await, ["archive/2026/b.txt 7 text/plain", "/b.txt 7 text/plain"]);
    acted(&mut visitor, "Remove", "b.txt", "").await;
    assert_eq!(stored(&mut visitor).await, ["/b.txt 7 text/plain"]);
    assert_eq!(text(&app, visitor.page().href("b.txt")).await, "content");
}

pub(super) async fn a_name_of_a_visitor_is_made_safe_or_refused(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep(&mut visitor, "a.txt", "content").await;
    let mut name = "a.txt".to_owned();
    for (to, now) in [
        ("e\u{301}.txt", "\u{e9}.txt".to_owned()),
        ("/etc/passwd", "passwd".to_owned()),
        (".hidden", "hidden".to_owned()),
        (&"x".repeat(2_000), "x".repeat(242)),
        ("CON.txt", "_CON.txt".to_owned()),
        ("語.txt", "語.txt".to_owned()),
    ] {
        acted(&mut visitor, "Rename", &name, to).await;
        assert_eq!(
            stored(&mut visitor).await,
            [format!("/{now} 7 {}", if now.ends_with(".txt") { "text/plain" } else { "application/octet-stream" })]
        );
        name = now;
    }
    for (button, to) in
        [("Rename", "../a.txt"), ("Rename", ".."), ("Move", "../a"), ("Move", "a/../../b"), ("Copy", "..")]
    {
        let reply = act(&mut visitor, button, &name, to).await;
        assert_eq!(
            (reply.status(), reply.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "upload.unsafe-name"),
            "{button} {to}"
        );
    }
    let reply = act(&mut visitor, "Move", &name, &"f/".repeat(17)).await;
    assert_eq!(reply.code(), "upload.unsafe-name");
    let reply = act(&mut visitor, "Rename", "gone.txt", "b.txt").await;
    assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::NOT_FOUND, "storage.file-gone"));
    assert_eq!(stored(&mut visitor).await, ["/語.txt 7 text/plain"]);
}

pub(super) async fn a_key_that_is_taken_is_told_and_nothing_is_lost(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep_as(&mut visitor, "a.txt", "of a").await;
    keep(&mut visitor, "b.txt", "of b").await;
    let reply = act(&mut visitor, "Rename as", "b.txt", "chosen/a.txt").await;
    assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::CONFLICT, "storage.key-taken"));
    assert_eq!(reply.message(), "There is a file “chosen/a.txt” already. Choose another name.");
    assert_eq!(stored(&mut visitor).await, ["/b.txt 4 text/plain", "chosen/a.txt 4 text/plain"]);
    assert_eq!(text(&app, visitor.page().href("a.txt")).await, "of a");
    acted(&mut visitor, "Rename as", "b.txt", "chosen/b.txt").await;
    assert_eq!(stored(&mut visitor).await, ["chosen/a.txt 4 text/plain", "chosen/b.txt 4 text/plain"]);
}

pub(super) async fn a_file_that_is_replaced_keeps_its_link(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep_as(&mut visitor, "chosen.txt", "the first").await;
    let link = visitor.page().href("chosen.txt").to_owned();
    let (_, first, _) = opened(&app, &link, &[]).await;
    keep_as(&mut visitor, "chosen.txt", "the other").await;
    let (_, second, body) = opened(&app, &link, &[]).await;
    assert_eq!(body, b"the other");
    assert_ne!(first[header::ETAG], second[header::ETAG]);
    let reply = visitor.upload("swapped", [("chosen.txt", "removed before")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(text(&app, &link).await, "removed before");
}

pub(super) async fn a_file_is_read_and_handed_over(app: TestApp) {
    let mut visitor = app.visitor().await;
    keep(&mut visitor, "claims.42 a.txt", "first to last").await;
    keep(&mut visitor, "b.txt", "b").await;
    acted(&mut visitor, "Read", "claims.42 a.txt", "").await;
    assert_eq!(texts(&visitor, "note"), ["fir", "st"]);
    let download = visitor.page().href("Download claims.42 a.txt").to_owned();
    let reply = visitor.get(&download).await;
    assert_eq!((reply.status(), reply.text()), (StatusCode::OK, "first to last"));
    assert!(reply.header("content-disposition").contains("claims.42 a.txt"), "{}", reply.header("content-disposition"));
    let zip = visitor.page().href("Zip").to_owned();
    let reply = visitor.get(&zip).await;
    assert_eq!(reply.header("content-length"), reply.bytes().len().to_string(), "the length is foreseen");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(reply.bytes().to_vec())).expect("an archive");
    let names = archive.file_names().map(|name| name.expect("a name").into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["b.txt", "claims/42/claims.42 a.txt"]);
    let mut entry = archive.by_name("claims/42/claims.42 a.txt").expect("an entry");
    let content = std::io::read_to_string(&mut entry).expect("text");
    assert_eq!(content, "first to last");
}
