//! Events that read their files while these arrive.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use filekit::prelude::*;
use filekit_tests::{Connection, Multipart, PNG, Site, TestApp, Visitor, patterned, until};
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Desk {
    notes: Vec<String>,
    /// Makes the page large.
    ballast: String,
}

#[state]
impl Desk {
    /// Notes every file with all that is known of it.
    #[event]
    async fn list(&mut self, title: String, mut files: UploadStream) -> Result<Toast> {
        while let Some(mut file) = files.next_file().await? {
            let mut text = Vec::new();
            while let Some(chunk) = file.next_chunk().await? {
                assert!(!chunk.is_empty());
                text.extend_from_slice(&chunk);
                assert_eq!(file.offset(), text.len() as u64);
            }
            assert_eq!(file.next_chunk().await?, None, "the end stays the end");
            let known = (file.name(), file.path(), file.client_name(), file.claimed_size(), file.claimed_mime());
            let (name, path, client_name, size, mime) = known;
            let text = String::from_utf8(text).unwrap_or_else(|error| format!("{} bytes", error.as_bytes().len()));
            let judged = file.mime();
            self.notes.push(format!("{name}|{path}|{client_name}|{size:?}|{mime:?}|{judged}|{text}"));
        }
        assert!(files.next_file().await?.is_none(), "the end stays the end");
        Ok(Toast::success(title))
    }

    /// Shows how far it is after each chunk.
    #[event]
    async fn count(&mut self, updates: Updates, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            let mut lines = 0;
            while let Some(chunk) = file.next_chunk().await? {
                lines += chunk.iter().filter(|byte| **byte == b'\n').count();
                self.notes.push(format!("{} has {lines} lines", file.name()));
                updates.send(self).await?;
            }
        }
        Ok(())
    }

    /// Looks at the beginning of each file.
    #[event]
    async fn peek(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            let first = file.next_chunk().await?.unwrap_or_default();
            self.notes.push(format!("{} begins with {:?}", file.name(), first.first()));
        }
        Ok(())
    }

    /// Looks at nothing but the first name.
    #[event]
    async fn first_name(&mut self, mut files: UploadStream) -> Result<()> {
        if let Some(file) = files.next_file().await? {
            self.notes.push(file.name().to_string());
        }
        Ok(())
    }

    #[event]
    async fn keep(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(file) = files.next_file().await? {
            let stored = file.save().await?;
            self.notes.push(format!("{} {} {}", stored.name(), stored.size(), stored.mime()));
        }
        Ok(())
    }

    /// Keeps what comes after the first chunk under another name.
    #[event]
    async fn keep_rest(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            let first = file.next_chunk().await?.map_or(0, |chunk| chunk.len());
            let stored = file.save_as("rest").await?;
            self.notes.push(format!("{} and {} {}", first, stored.size(), stored.mime()));
        }
        Ok(())
    }

    /// Makes nothing of any error.
    #[event]
    async fn swallow(&mut self, mut files: UploadStream) {
        self.notes.push("begun".to_owned());
        while let Ok(Some(file)) = files.next_file().await {
            if let Ok(stored) = file.save().await {
                self.notes.push(stored.name().to_owned());
            }
        }
    }

    #[event]
    async fn look(&self, mut files: UploadStream) -> Result<Toast> {
        let mut size = 0;
        while let Some(mut file) = files.next_file().await? {
            while let Some(chunk) = file.next_chunk().await? {
                size += chunk.len();
            }
        }
        Ok(Toast::info(format!("{size} bytes")))
    }

    #[event]
    fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    #[event]
    fn weigh_down(&mut self) {
        self.ballast = "x".repeat(200_000);
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        ul(for note in &desk.notes {
            li(note)
        }),
        p(&desk.ballast),
        upload(id = "listed"),
        button(on_click = Desk::list("All read.", upload_files("listed")), "List"),
        upload(id = "counted"),
        button(on_click = Desk::count(upload_files("counted")), "Count"),
        upload(id = "peeked"),
        button(on_click = Desk::peek(upload_files("peeked")), "Peek"),
        upload(id = "named"),
        button(on_click = Desk::first_name(upload_files("named")), "Name"),
        upload(id = "kept"),
        button(on_click = Desk::keep(upload_files("kept")), "Keep"),
        upload(id = "rest"),
        button(on_click = Desk::keep_rest(upload_files("rest")), "Keep the rest"),
        upload(id = "swallowed"),
        button(on_click = Desk::swallow(upload_files("swallowed")), "Swallow"),
        upload(id = "ruled", accept = ["text/csv"], max_size = 100_000, max_total = 150_000, min_files = 2),
        button(on_click = Desk::keep(upload_files("ruled")), "Keep within rules"),
        upload(id = "looked_at"),
        button(on_click = Desk::look(upload_files("looked_at")), "Look"),
        button(on_click = Desk::note("noted"), "Note"),
        button(on_click = Desk::weigh_down, "Weigh down"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// The notes on the page, loaded afresh.
async fn notes(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    visitor.page().named("li").into_iter().map(|item| item.text()).collect()
}

/// Sends the head of an upload of `length` bytes, and the call with the head of the first file.
async fn begin(visitor: &Visitor, site: &Site, id: &str, length: usize) -> Connection {
    let Site::Address(address) = site else { panic!("only a connection can be slow") };
    let body = Multipart::new(&visitor.upload_call(id)).file_head(id, "a.csv").unfinished();
    let mut request: Request<Body> = visitor.upload_request(Body::empty());
    let whole = body.len() + length + Multipart::end().len();
    request.headers_mut().insert(header::CONTENT_LENGTH, whole.into());
    request.headers_mut().insert(header::CONNECTION, "close".parse().expect("a value"));
    let mut connection = Connection::open(*address).await;
    connection.send_head(&request).await;
    connection.send(&body).await;
    connection
}

fn assert_refused(reply: &filekit_tests::Reply, status: StatusCode, code: &str) {
    assert_eq!((reply.status(), reply.code().as_str()), (status, code), "{}", reply.text());
    assert_ne!(reply.message(), "");
}

#[tokio::test]
pub(super) async fn an_event_sees_the_first_bytes_while_the_last_are_still_to_come() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    let mut connection = begin(&visitor, &site, "counted", 8).await;
    connection.send(b"1\n2\n").await;
    let so_far = connection.read_until("a.csv has 2 lines").await;
    assert!(so_far.starts_with("HTTP/1.1 200 OK") && so_far.contains("{\"update\":"), "{so_far}");

    connection.send(b"3\n4\n").await;
    connection.send(Multipart::end().as_bytes()).await;
    let rest = connection.read_to_end().await;
    assert!(rest.contains("a.csv has 4 lines") && rest.contains("\"actions\":[]"), "{rest}");
    assert_eq!(notes(&mut visitor).await.last().expect("notes"), "a.csv has 4 lines");
}

#[tokio::test]
pub(super) async fn files_come_one_after_the_other_each_with_its_own_name_and_bytes() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut call = visitor.upload_call("listed");
    call["sizes"] = json!([5, 0, 3]);
    let body = Multipart::new(&call)
        .file("listed", "notes.txt", b"first")
        .file("listed", "empty.txt", b"")
        .file("listed", "folder/notes.txt", b"two")
        .file("listed", "pixel.txt", PNG)
        .finish();
    let request = visitor.upload_request(body);
    let reply = visitor.send_event(request).await;
    assert_eq!(reply.actions()[0]["text"], "All read.", "{}", reply.text());

    let claimed = r#"Some("application/octet-stream")"#;
    let notes = notes(&mut visitor).await;
    assert_eq!(notes[0], format!("notes.txt|notes.txt|notes.txt|Some(5)|{claimed}|text/plain|first"));
    assert_eq!(notes[1], format!("empty.txt|empty.txt|empty.txt|Some(0)|{claimed}|text/plain|"));
    assert_eq!(notes[2], format!("notes.txt|folder/notes.txt|folder/notes.txt|Some(3)|{claimed}|text/plain|two"));
    let pixels = format!("{} bytes", PNG.len());
    assert_eq!(notes[3], format!("pixel.txt|pixel.txt|pixel.txt|None|{claimed}|image/png|{pixels}"));
    assert_eq!(notes.len(), 4);
    assert!(app.stored_names().is_empty() && app.spool_is_empty(), "what is only read is stored nowhere");
}

#[tokio::test]
pub(super) async fn an_upload_without_files_is_a_stream_that_ends_at_once() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("listed", [("", ""); 0]).await;
    assert_eq!(reply.actions()[0]["text"], "All read.", "{}", reply.text());
    // A form without scripts sends one part for a control in which nothing was chosen.
    let reply = visitor.upload("listed", [("", "")]).await;
    assert_eq!(reply.actions()[0]["text"], "All read.", "{}", reply.text());
    assert_eq!(notes(&mut visitor).await, [""; 0]);
}

#[tokio::test]
pub(super) async fn what_an_event_leaves_of_a_file_is_skipped() {
    let app = app();
    let mut visitor = app.visitor().await;
    let big = patterned(3_000_000);
    let reply = visitor.upload("peeked", [("a", &big[..]), ("b", &big[1..]), ("c", b"c")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let first = |name: &str, bytes: &[u8]| format!("{name} begins with {:?}", bytes.first());
    assert_eq!(notes(&mut visitor).await, [first("a", &big), first("b", &big[1..]), first("c", b"c")]);
}

#[tokio::test]
pub(super) async fn an_event_that_ends_before_its_files_do_is_answered_all_the_same() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site, "/").await;
    let reply = visitor.upload("named", [("a.bin", patterned(3_000_000)), ("b.bin", patterned(100_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(notes(&mut visitor).await, ["a.bin"]);
}

#[tokio::test]
pub(super) async fn a_file_can_be_saved_as_it_comes() {
    let app = app();
    let mut visitor = app.visitor().await;
    let big = patterned(3_000_000);
    let files = [("big.bin", big.as_slice()), ("one.txt", PNG), ("two.txt", b"second"), ("empty", b"")];
    let reply = visitor.upload("kept", files).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(
        notes(&mut visitor).await,
        [
            "big.bin 3000000 application/octet-stream".to_owned(),
            format!("one.txt {} image/png", PNG.len()),
            "two.txt 6 text/plain".to_owned(),
            "empty 0 application/octet-stream".to_owned()
        ]
    );
    assert!(app.files().stored("big.bin") == big);
    assert_eq!(app.files().stored("one.txt"), PNG);
    assert_eq!(app.files().stored("two.txt"), b"second");
    assert!(app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn what_was_not_taken_of_a_file_can_be_saved() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut content = PNG.to_vec();
    content.extend(patterned(500_000));
    visitor.upload("rest", [("a.png", &content)]).await;
    let rest = app.files().stored("rest");
    assert!(rest.len() < content.len() && content.ends_with(&rest));
    let (taken, left) = (content.len() - rest.len(), rest.len());
    assert_eq!(notes(&mut visitor).await, [format!("{taken} and {left} image/png")], "the type is that of the whole");
}

#[tokio::test]
pub(super) async fn a_body_that_breaks_off_fails_the_event_whatever_the_event_makes_of_it() {
    let app = app();
    let mut visitor = app.visitor().await;
    for id in ["kept", "swallowed", "looked_at"] {
        let body = Multipart::new(&visitor.upload_call(id)).file(id, "whole.txt", b"whole");
        let body = body.file(id, "half.bin", &patterned(100_000)).finish();
        let request = visitor.upload_request(body.slice(..body.len() - 50_000));
        let reply = visitor.send(request).await;
        assert_refused(&reply, StatusCode::BAD_REQUEST, "upload.truncated");
        assert_eq!(app.stored_names(), [""; 0], "{id}");
        assert!(app.spool_is_empty(), "{id}");
        assert_eq!(notes(&mut visitor).await, [""; 0], "{id}");
    }
}

#[tokio::test]
pub(super) async fn a_refusal_in_the_middle_reaches_the_visitor() {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.max_body(200_000));
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site, "/").await;
    let content = patterned(1_000_000);
    for id in ["kept", "swallowed"] {
        let body = Multipart::new(&visitor.upload_call(id)).file(id, "a.bin", &content).finish();
        // Without a length, it is found out while reading.
        let chunks: Vec<_> = body.chunks(50_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
        let request = visitor.upload_request(Body::from_stream(futures_util::stream::iter(chunks)));
        assert_refused(&visitor.send(request).await, StatusCode::PAYLOAD_TOO_LARGE, "upload.total-too-large");
        let body = Multipart::new(&visitor.upload_call(id)).file(id, "good.txt", b"good").file(id, "../evil.txt", b"");
        let request = visitor.upload_request(body.finish());
        assert_refused(&visitor.send(request).await, StatusCode::UNPROCESSABLE_ENTITY, "upload.unsafe-name");
        assert_eq!(app.stored_names(), [""; 0]);
        assert_eq!(notes(&mut visitor).await, [""; 0]);
    }
}

#[tokio::test]
pub(super) async fn a_visitor_who_goes_away_undoes_what_was_saved_already() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    let mut connection = begin(&visitor, &site, "kept", 1_000_000).await;
    let next = Multipart::default().file_head("kept", "b.bin").unfinished();
    connection.send(&[b"whole\r\n", &next[..], &patterned(400_000)].concat()).await;
    let saved = "the first file is saved and the second has begun";
    until(saved, async || (app.stored_names() == ["a.csv"] && !app.spool_is_empty()).then_some(())).await;

    drop(connection);
    until("everything is undone", async || app.stored_names().is_empty().then_some(())).await;
    until("the spool is empty", async || app.spool_is_empty().then_some(())).await;
    assert_eq!(notes(&mut visitor).await, [""; 0]);
}

#[tokio::test]
pub(super) async fn an_event_that_changes_its_state_holds_it_while_it_reads() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let visitor = Visitor::at(site.clone(), "/").await;
    let mut connection = begin(&visitor, &site, "counted", 4).await;
    connection.send(b"1\n").await;
    connection.read_until("a.csv has 1 lines").await;

    let mut tab = visitor.clone();
    let noted = tokio::spawn(async move { tab.click("Note").await });
    // A visitor of their own waits for nobody.
    let mut other = Visitor::at(site, "/").await;
    other.click("Note").await;
    assert_eq!(notes(&mut other).await, ["noted"]);
    connection.send(b"2\n").await;
    connection.send(Multipart::end().as_bytes()).await;
    connection.read_to_end().await;
    let view = noted.await.expect("it went well").view().expect("a view");
    let notes: Vec<String> = view.named("li").into_iter().map(|item| item.text()).collect();
    assert_eq!(notes, ["a.csv has 1 lines", "a.csv has 2 lines", "noted"]);
}

#[tokio::test]
pub(super) async fn an_event_that_only_reads_its_state_keeps_nobody_waiting() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    let mut connection = begin(&visitor, &site, "looked_at", 8).await;
    connection.send(b"1\n2\n").await;
    visitor.click("Note").await;
    assert_eq!(notes(&mut visitor).await, ["noted"]);
    connection.send(b"3\n4\n").await;
    connection.send(Multipart::end().as_bytes()).await;
    let reply = connection.read_to_end().await;
    assert!(reply.contains("8 bytes"), "{reply}");
}

#[tokio::test]
pub(super) async fn a_sender_who_reads_the_answer_last_is_not_waited_for() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    visitor.click("Weigh down").await;
    let content = patterned(16_000_000);
    let mut connection = begin(&visitor, &site, "counted", content.len()).await;
    // Far more updates than any connection holds, and nobody reads them: that's how browsers send.
    connection.send(&content).await;
    connection.send(Multipart::end().as_bytes()).await;
    let reply = connection.read_to_end().await;
    let last: &str = reply.lines().rfind(|line| line.starts_with('{')).expect("a reply");
    let last: Value = serde_json::from_str(last).expect("a line of JSON");
    assert_eq!(last["actions"], json!([]));
    let lines = content.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(notes(&mut visitor).await.last().expect("notes"), &format!("a.csv has {lines} lines"));
}

#[tokio::test]
pub(super) async fn rules_hold_while_a_stream_is_read() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (small, large) = (vec![b'1'; 80_000], vec![b'1'; 100_001]);
    let refused: [(&[_], _, _); 4] = [
        (&[("a.csv", &small[..]), ("b.csv", &large)], StatusCode::PAYLOAD_TOO_LARGE, "upload.too-large"),
        (&[("a.csv", &small[..]), ("b.csv", &small)], StatusCode::PAYLOAD_TOO_LARGE, "upload.total-too-large"),
        (&[("a.csv", b"1"), ("b.csv", PNG)], StatusCode::UNSUPPORTED_MEDIA_TYPE, "upload.type-not-accepted"),
        (&[("a.csv", b"1")], StatusCode::UNPROCESSABLE_ENTITY, "upload.too-few-files"),
    ];
    for (files, status, code) in refused {
        let reply = visitor.upload("ruled", files.iter().copied()).await;
        assert_refused(&reply, status, code);
        assert_eq!(app.stored_names(), [""; 0], "{code}");
        assert!(app.spool_is_empty());
    }
    let reply = visitor.upload("ruled", [("a.csv", "1"), ("b.csv", "2")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(app.stored_names(), ["a.csv", "b.csv"]);
}
