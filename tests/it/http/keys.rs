//! Keys of stored files: a link opens the one file that it was made for, and no later one with the same name.

use std::sync::Mutex;

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Connection, Multipart, Server, Site, TestApp, UploadDir, Visitor, until};

#[state]
#[derive(Default)]
struct Desk {
    files: Vec<StoredFile>,
    keys: Vec<String>,
}

/// Links that handlers gave away before they failed, by the name of the test's file.
static GIVEN_AWAY: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

async fn save_and_give_away(file: UploadFile) -> Result<StoredFile> {
    let stored = file.save().await?;
    GIVEN_AWAY.lock().expect("no panic with it").push((stored.name().to_owned(), stored.url()));
    Ok(stored)
}

fn given_away(name: &str) -> Option<String> {
    let links = GIVEN_AWAY.lock().expect("no panic with it");
    links.iter().find(|(known, _)| known == name).map(|(_, link)| link.clone())
}

#[state]
impl Desk {
    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        self.files.push(file.save().await?);
        Ok(())
    }

    #[event]
    async fn fail(&mut self, file: UploadFile) -> Result<()> {
        save_and_give_away(file).await?;
        Err(Error::user("Not today."))
    }

    #[event]
    async fn panic(&mut self, file: UploadFile) {
        save_and_give_away(file).await.expect("a disk");
        panic!("on purpose");
    }

    /// Keeps each file when it has arrived, while the next one is on its way.
    #[event]
    async fn stream(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(file) = files.next_file().await? {
            self.files.push(save_and_give_away(file.receive().await?).await?);
        }
        Ok(())
    }

    #[event]
    async fn replace(&mut self, file: UploadFile) -> Result<()> {
        self.files = vec![file.save_as("report.txt").await?];
        Ok(())
    }

    #[event]
    async fn remove(&mut self, key: String) -> Result<()> {
        self.files.retain(|file| file.key() != key);
        Ok(tokio::fs::remove_file(upload_dir().join(key)).await?)
    }

    #[event]
    fn look_up(&mut self, key: String) {
        self.keys.push(key);
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "kept", "a"),
        button(on_click = Desk::keep(upload_files("kept")), "Keep"),
        upload(id = "failing", "a"),
        button(on_click = Desk::fail(upload_files("failing")), "Fail"),
        upload(id = "panicking", "a"),
        button(on_click = Desk::panic(upload_files("panicking")), "Panic"),
        upload(id = "streamed", "a"),
        button(on_click = Desk::stream(upload_files("streamed")), "Stream"),
        upload(id = "replaced", "a"),
        button(on_click = Desk::replace(upload_files("replaced")), "Replace"),
        input(id = "key"),
        button(on_click = Desk::look_up(value_of("key")), "Look up"),
        for file in &desk.files {
            link(href = file.url(), file.name());
            button(on_click = Desk::remove(file.key().to_owned()), "Remove");
        },
        for key in &desk.keys {
            link(href = upload_url(key), "looked up")
        },
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// Another visitor stores a file of this name. It must not be what `link` opens.
async fn assert_opens_nothing(app: &TestApp, name: &str, link: &str) {
    let mut victim = app.visitor().await;
    let reply = victim.upload("kept", [(name, "of the victim")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let own = victim.page().href(name).to_owned();
    assert_eq!(victim.get(&own).await.text(), "of the victim");
    let reply = app.stranger().get(link).await;
    assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{}", reply.text());
}

#[tokio::test]
async fn a_stranger_whose_event_failed_does_not_read_the_next_file_of_that_name() {
    let app = app();
    for (id, name) in [("failing", "failed.pdf"), ("panicking", "panicked.pdf")] {
        let mut stranger = app.visitor().await;
        let reply = stranger.upload(id, [(name, "bait")]).await;
        assert_ne!(reply.status(), StatusCode::OK, "{}", reply.text());
        let link = given_away(name).expect("the handler gave a link away");
        assert_opens_nothing(&app, name, &link).await;
    }
}

#[tokio::test]
async fn a_stranger_who_hangs_up_does_not_read_the_next_file_of_that_name() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let stranger = Visitor::at(site.clone(), "/").await;
    let Site::Address(address) = site else { panic!("only a connection can break off") };
    let mut connection = Connection::open(address).await;
    let mut request = stranger.upload_request(axum::body::Body::empty());
    request.headers_mut().insert(axum::http::header::CONTENT_LENGTH, 1_000_000.into());
    connection.send_head(&request).await;
    let body = Multipart::new(&stranger.upload_call("streamed")).file("streamed", "passport.pdf", b"bait");
    connection.send(&body.file_head("streamed", "next.pdf").unfinished()).await;
    let link = until("the first file is saved", async || given_away("passport.pdf")).await;
    assert_eq!(app.stranger().get(&link).await.text(), "bait", "a link is good while the event runs");

    drop(connection);
    until("all is undone", async || app.stored_names().is_empty().then_some(())).await;
    assert_opens_nothing(&app, "passport.pdf", &link).await;
}

#[tokio::test]
async fn a_link_to_a_removed_file_does_not_open_the_next_file_of_that_name() {
    let app = app();
    let mut visitor = app.visitor().await;
    visitor.upload("kept", [("letter.txt", "mine")]).await;
    let link = visitor.page().href("letter.txt").to_owned();
    visitor.click("Remove").await;
    assert_opens_nothing(&app, "letter.txt", &link).await;
}

#[tokio::test]
pub(super) async fn a_server_that_is_killed_in_an_event_keeps_nothing_of_it_and_no_link_to_it_comes_back() {
    const FILES: usize = 500;
    let files = UploadDir::new();
    let server = Server::start_shelf(&files).await;
    let stranger = server.visitor().await;
    let mut body = Multipart::new(&stranger.upload_call("files"));
    for _ in 0..FILES {
        body = body.file("files", "passport.pdf", b"bait");
    }
    let body = body.finish();
    let mut request = stranger.upload_request(axum::body::Body::empty());
    request.headers_mut().insert(axum::http::header::CONTENT_LENGTH, body.len().into());
    let mut connection = Connection::open(server.address()).await;
    connection.send_head(&request).await;
    connection.send(&body).await;
    connection.read_until("/_upload/").await;
    let link = connection.read_until("\\\"").await;
    server.kill().await;
    let saved = files.stored_names().len();
    assert!((1..FILES).contains(&saved), "it was killed in the middle, after {saved} files");

    let server = Server::start_shelf(&files).await;
    until("all is undone", async || files.stored_names().is_empty().then_some(())).await;
    let link = link.strip_suffix("\\\"").expect("the end of an attribute in JSON");
    assert!(link.contains("?signature="), "{link}");
    let mut victim = server.visitor().await;
    let body = Multipart::new(&victim.upload_call("files")).file("files", "passport.pdf", b"of the victim");
    let request = victim.upload_request(body.finish());
    assert_eq!(victim.send(request).await.status(), StatusCode::OK);
    assert_eq!(files.stored("passport.pdf"), b"of the victim");
    assert_eq!(stranger_gets(&server, link).await, StatusCode::NOT_FOUND);
}

async fn stranger_gets(server: &Server, link: &str) -> StatusCode {
    Visitor::stranger(server.site()).get(&format!("/_upload/{link}")).await.status()
}

#[tokio::test]
async fn a_visitor_who_guesses_a_key_is_signed_nothing() {
    let app = app();
    let mut owner = app.visitor().await;
    owner.upload("kept", [("photo.jpg", "private")]).await;
    let mut visitor = app.visitor().await;
    for guess in ["photo.jpg", "photo.000000000000.jpg", "../secret", ".filekit", "", "photo-1.jpg"] {
        visitor.click_with("Look up", &[("key", guess.into())]).await;
        let link = visitor.page().href("looked up").to_owned();
        assert!(!link.contains("signature"), "{guess}: {link}");
        assert_eq!(visitor.get(&link).await.status(), StatusCode::NOT_FOUND, "{guess}: {link}");
        visitor = app.visitor().await;
    }
}

#[tokio::test]
pub(super) async fn a_link_to_a_key_that_the_program_chose_shows_what_is_there_now() {
    let app = app();
    let mut visitor = app.visitor().await;
    visitor.upload("replaced", [("a.txt", "first")]).await;
    let link = visitor.page().href("report.txt").to_owned();
    visitor.upload("replaced", [("b.txt", "second")]).await;
    assert_eq!(visitor.get(&link).await.text(), "second");
}
