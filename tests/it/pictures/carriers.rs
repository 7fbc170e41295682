//! Metadata goes whatever brings a picture, and a broken one is refused the same.

use axum::body::Body;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use filekit::image::metadata::Orientation;
use filekit::storage::Sha256;
use filekit_tests::{BOUNDARY, Entries, Log, Reply, TestApp, Visitor};

use super::splice::jpeg;
use super::{app, picture};

/// A photo with the place where it was taken, and what is to be left of it.
struct Photo {
    sent: Vec<u8>,
    left: Vec<u8>,
}

impl Photo {
    /// One that is held in memory, and one that goes to the disk.
    fn small_and_large() -> [Self; 2] {
        [0, 5_000_000].map(|more| {
            let plain = picture("plain.jpg");
            let sent = jpeg::with(&plain, &[jpeg::exif(b"II", Orientation::NoTransforms)]);
            // The film of a motion photo.
            Self { sent: [sent, vec![7; more]].concat(), left: plain }
        })
    }

    /// The photo up to the middle of its image.
    fn half(&self) -> &[u8] {
        &self.sent[..self.left.len()]
    }
}

/// Checks that a photo was kept, as the only one.
fn assert_kept(app: &TestApp, reply: &Reply, photo: &Photo) {
    assert!(reply.status().is_success() || reply.status().is_redirection(), "{}", reply.text());
    assert!(app.files().stored("a.jpg") == photo.left);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

/// Checks that a photo was refused, and nothing is left of it.
fn assert_refused(app: &TestApp, reply: &Reply) {
    assert_eq!((reply.status(), &*reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, "upload.image-broken"));
    assert!(reply.message().contains("a.jpg"), "{}", reply.message());
    assert_eq!(app.stored_names(), [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn in_a_form_of_a_browser_without_scripts() {
    for photo in Photo::small_and_large() {
        let app = app();
        let entries = |bytes: &[u8]| Entries::new().file("photos", "a.jpg", bytes);
        let refused = app.visitor().await.submit("Keep", entries(photo.half())).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("is damaged or incomplete"), "{}", refused.text());
        let reply = app.visitor().await.submit("Keep", entries(&photo.sent)).await;
        assert_kept(&app, &reply, &photo);
    }
}

#[tokio::test]
async fn behind_its_plan() {
    for photo in Photo::small_and_large() {
        let app = app();
        let mut visitor = app.visitor().await;
        let at_once = |visitor: &Visitor, bytes: &[u8]| {
            visitor.plan_with_bytes(&visitor.plan("photos", &[("a.jpg", bytes)]), bytes)
        };
        let request = at_once(&visitor, photo.half());
        assert_refused(&app, &visitor.send(request).await);
        let request = at_once(&visitor, &photo.sent);
        assert_kept(&app, &visitor.send(request).await, &photo);
    }
}

#[tokio::test]
async fn in_parts() {
    for photo in Photo::small_and_large() {
        let app = app();
        let mut visitor = app.visitor().await;
        let (first, rest) = photo.sent.split_at(photo.sent.len() - 100);
        let upload = visitor.begin_upload("photos", &[("a.jpg", &photo.sent)]).await;
        visitor.send(visitor.part(&upload, 0, false, first.to_vec())).await;
        let progress = visitor.ask(&upload).await;
        assert_eq!(progress.header("upload-offset"), first.len().to_string(), "bytes are counted as they are sent");
        let reply = visitor.send(visitor.part(&upload, first.len(), true, rest.to_vec())).await;
        assert_kept(&app, &reply, &photo);
        let progress = visitor.ask(&upload).await;
        assert_eq!(progress.header("upload-offset"), photo.sent.len().to_string());
    }
}

#[tokio::test]
async fn in_parts_a_broken_one_is_refused_for_good() {
    let [photo, _] = Photo::small_and_large();
    let app = app();
    let mut visitor = app.visitor().await;
    let upload = visitor.begin_upload("photos", &[("a.jpg", photo.half())]).await;
    let reply = visitor.send(visitor.part(&upload, 0, true, photo.half().to_vec())).await;
    assert_refused(&app, &reply);
    // A browser that has not seen the answer asks again.
    let reply = visitor.send(visitor.part(&upload, photo.half().len(), true, Vec::new())).await;
    assert_refused(&app, &reply);
}

/// The URL to which other programs send photos.
fn endpoint(visitor: &Visitor) -> String {
    let code = visitor.page().named("code");
    code.first().expect("an endpoint").text()
}

#[tokio::test]
async fn by_tus() {
    for photo in Photo::small_and_large() {
        let app = app();
        let visitor = app.visitor().await;
        let url = endpoint(&visitor);
        let refused = by_tus_to(&app, &url, photo.half()).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("“a.jpg” is damaged"), "{}", refused.text());
        assert_eq!(app.stored_names(), [""; 0]);
        assert_kept(&app, &by_tus_to(&app, &url, &photo.sent).await, &photo);
    }
}

/// Sends a file with its creation.
async fn by_tus_to(app: &TestApp, url: &str, bytes: &[u8]) -> Reply {
    let mut program = app.stranger();
    let request = axum::http::Request::post(url)
        .header("host", "filekit.test")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", bytes.len())
        .header("content-length", bytes.len())
        .header("upload-metadata", format!("filename {}", STANDARD.encode("a.jpg")))
        .header("content-type", "application/offset+octet-stream")
        .body(bytes.to_vec().into());
    program.send(request.expect("a request")).await
}

#[tokio::test]
async fn by_tus_bytes_that_were_changed_on_their_way_are_sent_again() {
    let [photo, _] = Photo::small_and_large();
    let app = app();
    let url = endpoint(&app.visitor().await);
    let mut program = app.stranger();
    let request = |method: &str, url: &str| {
        let request = axum::http::Request::builder().method(method).uri(url);
        request.header("host", "filekit.test").header("tus-resumable", "1.0.0")
    };
    let named = format!("filename {}", STANDARD.encode("a.jpg"));
    let creation = request("POST", &url).header("upload-length", photo.sent.len()).header("upload-metadata", named);
    let created = program.send(creation.body(Body::empty()).expect("a request")).await;
    let digest = STANDARD.encode(Sha256::of(&photo.sent));
    let bytes = |bytes: &[u8]| {
        let request = request("PATCH", created.header("location")).header("upload-offset", 0);
        let request = request.header("content-type", "application/offset+octet-stream");
        let request =
            request.header("content-length", bytes.len()).header("upload-checksum", format!("sha256 {digest}"));
        request.body(Body::from(bytes.to_vec())).expect("a request")
    };
    let mut changed = photo.sent.clone();
    // The length of the first segment.
    changed[4] ^= 0xff;
    assert_eq!(program.send(bytes(&changed)).await.status().as_u16(), 460);
    assert_kept(&app, &program.send(bytes(&photo.sent)).await, &photo);
}

#[tokio::test]
async fn in_a_form_of_another_program() {
    for photo in Photo::small_and_large() {
        let app = app();
        let visitor = app.visitor().await;
        let url = endpoint(&visitor);
        assert_refused(&app, &in_a_form_to(&app, &url, photo.half()).await);
        assert_kept(&app, &in_a_form_to(&app, &url, &photo.sent).await, &photo);
    }
}

async fn in_a_form_to(app: &TestApp, url: &str, bytes: &[u8]) -> Reply {
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n");
    let body = [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
    let request = axum::http::Request::post(url)
        .header("host", "filekit.test")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(body.into());
    app.stranger().send(request.expect("a request")).await
}

#[tokio::test]
async fn while_it_arrives_as_a_whole_and_not_in_chunks() {
    let log = Log::record();
    for photo in Photo::small_and_large() {
        let app = app();
        let mut visitor = app.visitor().await;
        assert_refused(&app, &visitor.upload("stream", [("a.jpg", photo.half())]).await);
        let reply = visitor.upload("stream", [("chunks.jpg", &photo.sent)]).await;
        assert_eq!((reply.status(), &*reply.code()), (StatusCode::INTERNAL_SERVER_ERROR, "event.failed"));
        assert!(log.text().contains("the upload `stream` says `strip_metadata`"), "{}", log.text());
        assert_kept(&app, &visitor.upload("stream", [("a.jpg", &photo.sent)]).await, &photo);
    }
}
