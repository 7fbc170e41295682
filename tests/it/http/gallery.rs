//! `filekit-files` without pages: the program of `examples/gallery`, as a browser meets it.

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{Request, StatusCode};
use filekit_files::upload::Upload;
use filekit_files::{Store, StoreOptions};
use filekit_tests::{BOUNDARY, Multipart, PNG, UploadDir};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

#[path = "../../../examples/gallery/src/main.rs"]
#[expect(dead_code, reason = "its `main` binds a port")]
#[rustfmt::skip] // Examples have a format of their own.
mod program;

/// Status, `Location` and body of an answer.
async fn ask(app: &Router, request: Request<Body>) -> (StatusCode, Option<String>, Vec<u8>) {
    let response = app.clone().oneshot(request).await.expect("a router that cannot fail");
    let location = response.headers().get(LOCATION).map(|value| value.to_str().expect("ASCII").to_owned());
    let status = response.status();
    (status, location, response.into_body().collect().await.expect("a whole body").to_bytes().to_vec())
}

async fn get(app: &Router, path: &str) -> (StatusCode, Vec<u8>) {
    let (status, _, body) = ask(app, Request::get(path).body(Body::empty()).expect("a request")).await;
    (status, body)
}

async fn post(app: &Router, form: Multipart) -> (StatusCode, Option<String>, String) {
    let request = Request::post("/").header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    let (status, location, body) = ask(app, request.body(Body::from(form.finish())).expect("a request")).await;
    (status, location, String::from_utf8(body).expect("text"))
}

/// The addresses of the images on the page.
async fn images(app: &Router) -> Vec<String> {
    let page = String::from_utf8(get(app, "/").await.1).expect("text");
    page.split("src='").skip(1).filter_map(|rest| rest.split('\'').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_plain_program_takes_and_serves_files() {
    let files = UploadDir::new();
    let app = program::app(files.path().to_str().expect("UTF-8")).expect("a directory to write to");
    let form = Multipart::default().field("title", "Sea").file("photos", "a.png", PNG).file("photos", "b.png", PNG);
    assert_eq!(post(&app, form).await, (StatusCode::SEE_OTHER, Some("/".to_owned()), String::new()));

    let images = images(&app).await;
    assert_eq!(images.len(), 2);
    assert_eq!(get(&app, &images[0]).await, (StatusCode::OK, PNG.to_vec()));
    let unsigned = images[0].split('?').next().expect("a path");
    assert_eq!(get(&app, unsigned).await.0, StatusCode::NOT_FOUND);

    let (status, archive) = get(&app, "/all").await;
    let archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).expect("an archive");
    assert_eq!((status, archive.len()), (StatusCode::OK, 2));
}

#[tokio::test]
async fn a_plain_program_keeps_nothing_of_a_form_that_is_refused() {
    let files = UploadDir::new();
    let app = program::app(files.path().to_str().expect("UTF-8")).expect("a directory to write to");
    let form = Multipart::default().file("photos", "a.png", PNG).file("photos", "notes.txt", b"no image");
    let (status, _, words) = post(&app, form).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(words.contains("“notes.txt” is not accepted"), "{words}");
    assert_eq!(post(&app, Multipart::default().field("title", "Sea")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(images(&app).await.is_empty());
    assert!(files.stored_names().is_empty() && files.spool_is_empty());
}

#[tokio::test]
async fn a_plain_program_lists_and_removes_what_it_keeps() {
    let files = UploadDir::new();
    let directory = files.path();
    let directory = directory.to_str().expect("UTF-8");
    let app = program::app(directory).expect("a directory to write to");
    let form = Multipart::default().file("photos", "a.png", PNG).file("photos", "b.png", PNG);
    post(&app, form).await;
    drop(app);

    let app = program::app(directory).expect("a directory to write to");
    let [first, second] = images(&app).await.try_into().expect("both, also after a restart");
    let remove = Request::post(&first).body(Body::empty()).expect("a request");
    assert_eq!(ask(&app, remove).await.0, StatusCode::SEE_OTHER);
    assert_eq!(images(&app).await, [second]);
    assert_eq!(get(&app, &first).await.0, StatusCode::NOT_FOUND);
    assert_eq!(files.stored_names(), ["b.png"]);
}

#[tokio::test]
async fn a_file_that_is_renamed_is_not_read_again_for_its_digest() {
    const NOTES: Upload = Upload::new("notes");
    let directory = UploadDir::new();
    let store = Store::open(directory.path(), StoreOptions::new()).expect("a directory to write to");
    let request = Request::post("/").header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    let form = Multipart::default().file("notes", "a.txt", b"hello").finish();
    let request = request.body(Body::from(form)).expect("a request");
    let mut form = store.receive(request, &[NOTES]).await.expect("a form");
    let file = form.files(NOTES).pop().expect("a file");
    let digest = file.sha256().await.expect("a digest");
    let kept = file.save().await.expect("a disk that works");
    form.commit().await.expect("a disk that works");

    let files = store.files();
    let renamed = files.rename(&kept, "b.txt").await.expect("a disk that works");
    let found = files.find(&renamed).await.expect("a disk that works").expect("a file");
    assert_eq!(found.sha256(), Some(digest));
    assert!(files.find(&kept).await.expect("a disk that works").is_none());
}
