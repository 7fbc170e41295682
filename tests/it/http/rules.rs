//! Rules of uploads: what the page says of them, and that the server enforces what it signed, early, and keeps nothing of
//! a request that it refuses.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use filekit::prelude::*;
use filekit_tests::{Connection, Multipart, PDF, PNG, Reply, Site, TestApp, Visitor};
use serde_json::{Value, json};

/// The beginning of a picture.
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";

const PHOTOS: Upload =
    Upload::new("photos").accept(&["image/png", ".HEIC"]).max_files(2).max_size(2 * KB).max_total(3 * KIB);

#[state]
#[derive(Default)]
struct Album {
    lines: Vec<String>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let stored = file.save().await?;
            self.lines.push(stored.name().to_owned());
        }
        Ok(())
    }

    #[event]
    async fn one(&mut self, file: UploadFile) -> Result<()> {
        self.keep(vec![file]).await
    }

    #[event]
    async fn perhaps(&mut self, file: Option<UploadFile>) -> Result<()> {
        self.keep(file.into_iter().collect()).await
    }

    #[event]
    async fn both(&mut self, first: Vec<UploadFile>, second: Option<UploadFile>) -> Result<()> {
        self.keep(first).await?;
        self.perhaps(second).await
    }

    #[event]
    fn chosen(&mut self, files: Vec<SelectedFileInfo>) {
        self.lines.extend(files.iter().map(|file| format!("{} has {} bytes", file.path, file.size)));
    }

    #[event]
    fn refused(&mut self, files: Vec<RejectedFileInfo>) {
        self.lines.extend(files.iter().map(|file| format!("{}: {}: {}", file.name, file.code, file.message)));
    }

    #[event]
    fn progress(&mut self, now: ProgressInfo) {
        self.lines.push(format!("{} %, {} of {}", now.percent, now.loaded, now.total));
    }

    #[event]
    fn again(&mut self) -> filekit::event::EventRef<filekit::event::Post> {
        filekit::event_reference!(Album::keep(upload_files("letter")))
    }
}

fn lines(album: &Album) -> View {
    view![ul(for line in &album.lines {
        li(line)
    })]
}

async fn page(album: Current<Album>) -> View {
    let limit = String::from("1.5 KiB");
    let unreadable = String::from("2 furlongs");
    let many = 9;
    view![
        upload(
            id = PHOTOS,
            on_drop = Album::chosen(selected_files(PHOTOS)),
            on_drop_rejected = Album::refused(rejected_files(PHOTOS)),
            on_progress = Album::progress(upload_progress(PHOTOS)),
            "Photos",
        ),
        button(on_click = Album::keep(upload_files(PHOTOS)), "Keep"),
        upload(
            id = "letter",
            accept = [".pdf", "text/plain"],
            min_files = 1,
            min_size = 3,
            max_size = &limit,
            "Letter"
        ),
        button(on_click = Album::keep(upload_files("letter")), "Letter"),
        button(on_click = Album::again, "Again"),
        upload(id = "one", accept = "text/*", "One"),
        button(on_click = Album::one(upload_files("one")), "One"),
        upload(id = "perhaps", max_files = many, "Perhaps"),
        button(on_click = Album::perhaps(upload_files("perhaps")), "Perhaps"),
        upload(id = "first", max_files = 1, "First"),
        upload(id = "second", max_size = 1, "Second"),
        button(on_click = Album::both(upload_files("first"), upload_files("second")), "Both"),
        upload(id = PHOTOS.keyed(7), max_files = 1, accept = "*/*", "More"),
        button(on_click = Album::keep(upload_files(PHOTOS.keyed(7))), "More"),
        upload(id = "closed", max_size = &unreadable, "Closed"),
        button(on_click = Album::keep(upload_files("closed")), "Closed"),
        lines(&album),
    ]
}

/// A page that takes files of an upload which stands on another one.
async fn elsewhere(album: Current<Album>) -> View {
    view![button(on_click = Album::keep(upload_files(PHOTOS)), "Keep"), lines(&album)]
}

/// A page on which the same upload takes everything.
async fn open(album: Current<Album>) -> View {
    view![
        upload(id = "photos", "Anything"),
        button(on_click = Album::keep(upload_files("photos")), "Keep"),
        lines(&album),
    ]
}

fn app() -> TestApp {
    let pages = Router::new().route("/", get(page)).route("/elsewhere", get(elsewhere)).route("/open", get(open));
    TestApp::new(pages)
}

fn png(size: usize) -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    bytes.resize(size, 0);
    bytes
}

/// The server refuses with this, and nothing is stored, half received or shown.
async fn assert_refused(app: &TestApp, visitor: &mut Visitor, reply: &Reply, status: StatusCode, code: &str) {
    assert_eq!((reply.status(), reply.code().as_str()), (status, code), "{}", reply.text());
    assert_eq!(app.stored_names(), [""; 0]);
    assert_eq!(app.files().spooled(), [""; 0]);
    visitor.open("/").await;
    assert_eq!(visitor.page().named("li").len(), 0);
}

async fn assert_kept(app: &TestApp, visitor: &mut Visitor, upload: &str, name: &str, bytes: &[u8]) {
    let reply = visitor.upload(upload, [(name, bytes)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{upload} takes {name}: {}", reply.text());
    assert_eq!(app.stored_names(), [name]);
    app.files().remove(&app.files().key_of(name));
}

#[tokio::test]
async fn the_page_says_the_rules() {
    let visitor = app().visitor().await;
    let zones = visitor.page().elements();
    let zone = |id: &str| {
        let zone = zones.iter().find(|zone| zone.attribute("data-filekit-upload") == Some(id)).expect("a zone");
        zone.attribute("data-filekit-rules").map(|rules| serde_json::from_str::<Value>(rules).expect("JSON"))
    };
    assert_eq!(
        zone("photos"),
        Some(json!({
            "accept": ["image/png", ".heic"], "accepted": "PNG, HEIC", "extensions": ["heic", "heif", "png"],
            "max_files": 2, "max_size": 2000, "max_total": 3072,
        }))
    );
    let letter = zone("letter").expect("rules");
    assert_eq!((&letter["min_files"], &letter["min_size"], &letter["max_size"]), (&json!(1), &json!(3), &json!(1536)));
    assert_eq!(zone("photos-7"), Some(json!({ "max_files": 1, "max_size": 2000, "max_total": 3072 })));
    assert_eq!(zone("closed"), Some(json!({ "max_size": 0 })), "what cannot be read lets nothing through");
}

#[tokio::test]
async fn what_is_within_the_rules_is_kept() {
    let app = app();
    let mut visitor = app.visitor().await;
    assert_kept(&app, &mut visitor, "photos", "a.PNG", &png(2_000)).await;
    assert_kept(&app, &mut visitor, "letter", "a.pdf", PDF).await;
    assert_kept(&app, &mut visitor, "letter", "a.txt", b"abc").await;
    assert_kept(&app, &mut visitor, "one", "a.csv", b"a,b").await;
    assert_kept(&app, &mut visitor, "photos-7", "a.exe", b"anything").await;
    let reply = visitor.upload("perhaps", [("", ""); 0]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}

#[tokio::test]
async fn each_rule_is_enforced() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (small, large, half) = (png(100), png(2_001), png(1_600));
    let too_large = StatusCode::PAYLOAD_TOO_LARGE;
    let wrong_number = StatusCode::UNPROCESSABLE_ENTITY;
    let wrong_type = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    type File<'a> = (&'a str, &'a [u8]);
    let cases: [(&str, &[File<'_>], StatusCode, &str); 14] = [
        ("photos", &[("good.png", &small), ("a.png", &large)], too_large, "upload.too-large"),
        ("photos", &[("a.png", &half), ("b.png", &half)], too_large, "upload.total-too-large"),
        ("photos", &[("a.png", &small), ("b.png", &small), ("c.png", &small)], wrong_number, "upload.too-many-files"),
        ("photos", &[("good.png", &small), ("a.pdf", PDF)], wrong_type, "upload.type-not-accepted"),
        ("photos", &[("a.png", b"only text")], wrong_type, "upload.type-not-accepted"),
        ("photos", &[("a.png", b"")], wrong_type, "upload.type-not-accepted"),
        ("photos", &[("a.png.html", &small)], wrong_type, "upload.type-not-accepted"),
        ("letter", &[("a.txt", b"ab")], wrong_number, "upload.too-small"),
        ("letter", &[], wrong_number, "upload.too-few-files"),
        ("letter", &[("a.txt", &small)], wrong_type, "upload.type-not-accepted"),
        ("one", &[("a.txt", b"a"), ("b.txt", b"b")], wrong_number, "upload.too-many-files"),
        ("one", &[], wrong_number, "upload.too-few-files"),
        ("perhaps", &[("a.txt", b"a"), ("b.txt", b"b")], wrong_number, "upload.too-many-files"),
        ("closed", &[("a.txt", b"a")], too_large, "upload.too-large"),
    ];
    for (upload, files, status, code) in cases {
        let reply = visitor.upload(upload, files.iter().copied()).await;
        assert_refused(&app, &mut visitor, &reply, status, code).await;
    }
}

#[tokio::test]
async fn a_refusal_names_the_file_and_the_limit() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("photos", [("big.png", png(2_001))]).await;
    assert_eq!(reply.message(), "“big.png” is larger than 2 KB.");
    let reply = visitor.upload("photos", [("a.txt", "text")]).await;
    assert_eq!(reply.message(), "“a.txt” is not accepted here. Accepted: PNG, HEIC.");
    let reply = visitor.upload("photos", [("a.png", WEBP)]).await;
    let message = "“a.png” is a WEBP file, although its name says otherwise. Accepted: PNG, HEIC.";
    assert_eq!((reply.code().as_str(), reply.message().as_str()), ("upload.type-not-accepted", message));
    let reply = visitor.upload("photos", [("a.png", png(1_600)), ("b.png", png(1_600))]).await;
    assert_eq!(reply.message(), "The files are larger than 3 KB together.");
}

#[tokio::test]
async fn rules_hold_for_each_upload_of_an_event() {
    let app = app();
    let mut visitor = app.visitor().await;
    let call = visitor.upload_call("first");
    let cases = [
        (Multipart::new(&call).file("first", "a", b"aa").file("second", "b", b"bb"), "upload.too-large"),
        (Multipart::new(&call).file("first", "a", b"aa").file("first", "b", b"bb"), "upload.too-many-files"),
        (Multipart::new(&call).file("second", "a", b"a").file("second", "b", b"b"), "upload.too-many-files"),
    ];
    for (body, code) in cases {
        let request = visitor.upload_request(body.finish());
        let reply = visitor.send(request).await;
        assert_refused(&app, &mut visitor, &reply, reply.status(), code).await;
    }
    let body = Multipart::new(&call).file("first", "a", b"aa").file("second", "b", b"b");
    let request = visitor.upload_request(body.finish());
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
    assert_eq!(app.stored_names(), ["a", "b"]);
}

#[tokio::test]
async fn what_the_browser_claims_of_a_type_plays_no_part() {
    let app = app();
    let mut visitor = app.visitor().await;
    let body = Multipart::new(&visitor.upload_call("photos")).file("photos", "a.png", b"only text").finish();
    let lie = String::from_utf8_lossy(&body).replace("application/octet-stream", "image/png");
    let request = visitor.upload_request(lie);
    let reply = visitor.send(request).await;
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    assert_refused(&app, &mut visitor, &reply, status, "upload.type-not-accepted").await;
}

#[tokio::test]
async fn rules_cannot_be_left_out_or_taken_from_another_page() {
    let app = app();
    let mut visitor = app.visitor().await;
    let strict = visitor.upload_call("photos");
    visitor.open("/open").await;
    let lax = visitor.upload_call("photos");
    assert_ne!(strict["capability"], lax["capability"]);

    let mut carried_over = strict.clone();
    carried_over["capability"] = lax["capability"].clone();
    let mut added = strict.clone();
    added["rules"] = json!({});
    for call in [carried_over, added] {
        let request = visitor.upload_request(Multipart::new(&call).file("photos", "a.txt", b"text").finish());
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{}", reply.text());
        assert_eq!(app.stored_names(), [""; 0]);
    }

    // What was signed can be read, and is worth nothing when it is written anew.
    let signed = strict["capability"].as_str().expect("a text");
    let bytes = decoded(signed);
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains(r#""max_files":2"#), "{text}");
    let place = bytes.windows(13).position(|window| window == br#""max_files":2"#).expect("the rule") + 12;
    let mut forged = bytes.clone();
    forged[place] = b'9';
    let mut call = strict.clone();
    call["capability"] = json!(encoded(&forged));
    assert_eq!(encoded(&bytes), signed);
    let request = visitor.upload_request(Multipart::new(&call).file("photos", "a.png", PNG).finish());
    let reply = visitor.send(request).await;
    assert_refused(&app, &mut visitor, &reply, StatusCode::FORBIDDEN, "event.capability-refused").await;
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for URLs, without padding.
fn decoded(text: &str) -> Vec<u8> {
    let digit = |byte: u8| ALPHABET.iter().position(|known| *known == byte).expect("base64") as u32;
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0, |bits, byte| bits << 6 | digit(*byte)) << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    };
    text.as_bytes().chunks(4).flat_map(group).collect()
}

fn encoded(bytes: &[u8]) -> String {
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        let digits = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(bits >> shift & 63) as usize]));
        digits[..=group.len()].iter().collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[tokio::test]
async fn an_event_on_a_page_without_the_upload_follows_the_constant() {
    let app = app();
    let mut visitor = Visitor::at(app.site(), "/elsewhere").await;
    let reply = visitor.upload("photos", [("a.txt", "text")]).await;
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    assert_refused(&app, &mut visitor, &reply, status, "upload.type-not-accepted").await;
}

#[tokio::test]
async fn an_event_that_a_handler_answers_with_follows_the_page() {
    let app = app();
    let mut visitor = app.visitor().await;
    let actions = visitor.click("Again").await.actions();
    let call = visitor.call_to(&actions[0]["event"], &json!([null]));
    let request = visitor.upload_request(Multipart::new(&call).file("letter", "a.png", PNG).finish());
    let reply = visitor.send(request).await;
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    assert_refused(&app, &mut visitor, &reply, status, "upload.type-not-accepted").await;
}

#[tokio::test]
async fn too_few_files_are_too_few_on_every_way() {
    let app = app();
    let mut visitor = app.visitor().await;
    let request = visitor.event(&visitor.upload_call("letter"));
    let reply = visitor.send(request).await;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    assert_refused(&app, &mut visitor, &reply, status, "upload.too-few-files").await;
}

#[tokio::test]
async fn claimed_sizes_are_believed_to_the_claimants_harm_alone() {
    let app = app();
    let mut visitor = app.visitor().await;
    let cases = [
        (json!([100, 100, 100]), "upload.too-many-files"),
        (json!([3_000, 3_000]), "upload.total-too-large"),
        (json!([2_001]), "upload.too-large"),
    ];
    for (sizes, code) in cases {
        let mut call = visitor.upload_call("photos");
        call["sizes"] = sizes;
        let request = visitor.upload_request(Multipart::new(&call).file("photos", "a.png", PNG).finish());
        let reply = visitor.send(request).await;
        assert_refused(&app, &mut visitor, &reply, reply.status(), code).await;
    }
    let mut modest = visitor.upload_call("photos");
    modest["sizes"] = json!([1]);
    let request = visitor.upload_request(Multipart::new(&modest).file("photos", "a.png", &png(2_001)).finish());
    let reply = visitor.send(request).await;
    assert_refused(&app, &mut visitor, &reply, StatusCode::PAYLOAD_TOO_LARGE, "upload.too-large").await;
}

/// Sends the beginning of an upload of 50 MB, and returns the answer that comes although the rest does not.
async fn answer_to(visitor: &Visitor, site: &Site, length: u64, beginning: &[u8]) -> String {
    let Site::Address(address) = site else { panic!("only a connection can wait") };
    let mut connection = Connection::open(*address).await;
    let mut request: Request<Body> = visitor.upload_request(Body::empty());
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    request.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    connection.send_head(&request).await;
    connection.send(beginning).await;
    connection.read_to_end().await
}

#[tokio::test]
async fn a_refusal_does_not_wait_for_the_body() {
    const LENGTH: u64 = 50_000_000;
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    let call = visitor.upload_call("perhaps");
    let text = vec![b'x'; 4 * 1024];
    let one_more = Multipart::new(&call).file("perhaps", "a.txt", b"a").file_head("perhaps", "b.txt");
    let call = visitor.upload_call("photos");
    let total = Multipart::new(&call);
    let call = visitor.upload_call("one");
    let head = Multipart::new(&call).file_head("one", "a.txt").unfinished();
    let wrong_type = [head.as_ref(), &[0; 4 * 1024]].concat();
    let call = visitor.upload_call("photos-7");
    let last = Multipart::new(&call).file_head("photos-7", "big.png");
    let call = visitor.upload_call("letter");
    let large = [Multipart::new(&call).file_head("letter", "a.txt").unfinished().as_ref(), &text].concat();
    let cases: [(&[u8], &str); 5] = [
        (&one_more.unfinished(), "upload.too-many-files"),
        (&total.file_head("photos", "a.png").unfinished(), "upload.total-too-large"),
        (&last.unfinished(), "upload.total-too-large"),
        (&wrong_type, "upload.type-not-accepted"),
        (&large, "upload.too-large"),
    ];
    for (beginning, code) in cases {
        let answer = answer_to(&visitor, &site, LENGTH, beginning).await;
        assert!(answer.contains(code), "{code}: {answer}");
        assert_eq!(app.files().spooled(), [""; 0], "{code}");
    }
    assert_eq!(app.stored_names(), [""; 0]);
    visitor.open("/").await;
    assert_eq!(visitor.page().named("li").len(), 0);
}

/// Calls the event that an attribute of the zone sets off.
async fn call_with(visitor: &mut Visitor, attribute: &str, argument: Value) -> Reply {
    let elements = visitor.page().elements();
    let actions = elements.iter().find_map(|element| element.attribute(attribute)).expect("the attribute");
    let actions: Value = serde_json::from_str(actions).expect("JSON");
    let call = visitor.call_to(&actions[0]["event"], &json!([argument]));
    let request = visitor.event(&call);
    visitor.send_event(request).await
}

#[tokio::test]
async fn events_take_what_the_browser_knows_of_its_files() {
    let app = app();
    let mut visitor = app.visitor().await;
    let chosen = json!([{
        "name": "a.png", "path": "trip/a.png", "size": 70, "size_text": "70 B", "mime": "image/png", "status": "selected",
        "progress": 0, "rate_text": "", "eta_text": "", "error": "",
    }]);
    call_with(&mut visitor, "data-filekit-on-drop", chosen).await;
    let refused = json!([{ "name": "b.txt", "code": "upload.type-not-accepted", "message": "No." }]);
    call_with(&mut visitor, "data-filekit-on-drop-rejected", refused).await;
    let now = json!({ "percent": 50, "loaded": 35, "total": 70, "rate_text": "1 B/s", "eta_text": "35 s" });
    call_with(&mut visitor, "data-filekit-on-progress", now).await;
    let lines: Vec<String> = visitor.page().named("li").into_iter().map(|line| line.text()).collect();
    assert_eq!(lines, ["trip/a.png has 70 bytes", "b.txt: upload.type-not-accepted: No.", "50 %, 35 of 70"]);

    let reply = call_with(&mut visitor, "data-filekit-on-drop", json!([{ "size": "many" }])).await;
    assert_eq!(reply.code(), "event.wrong-argument");
}
