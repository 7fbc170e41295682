//! Files whose names say one thing and whose content is another: where both are welcome, a file is kept as what it is.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{PDF, PNG, TestApp};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";

#[state]
#[derive(Default)]
struct Album {
    notes: Vec<String>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let (name, path) = (file.name().to_string(), file.path().to_string());
            let (client_name, mime) = (file.client_name().to_owned(), file.mime().to_owned());
            let stored = file.save().await?;
            assert_eq!(stored.mime(), mime);
            self.notes.push(format!("{client_name} is {mime}: {name}, {path}, kept as {}", stored.name()));
        }
        Ok(())
    }

    #[event]
    async fn stream(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            let name = file.name().to_string();
            file.next_chunk().await?;
            let mime = file.mime();
            let stored = file.save().await?;
            self.notes.push(format!("{name} is {mime}, kept as {}", stored.name()));
        }
        Ok(())
    }

    #[event]
    async fn call_it(&mut self, file: UploadFile) -> Result<()> {
        self.notes.push(file.save_as("cover.jpg").await?.name().to_owned());
        Ok(())
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        ul(for note in &album.notes {
            li(note)
        }),
        upload(id = "images", accept = "image/*"),
        button(on_click = Album::keep(upload_files("images")), "Images"),
        upload(id = "both", accept = "image/jpeg, .webp, application/pdf"),
        button(on_click = Album::keep(upload_files("both")), "Both"),
        upload(id = "jpeg", accept = ".jpg"),
        button(on_click = Album::keep(upload_files("jpeg")), "JPEG"),
        upload(id = "texts", accept = ".txt, .csv, .docx, .svg"),
        button(on_click = Album::keep(upload_files("texts")), "Texts"),
        upload(id = "all"),
        button(on_click = Album::keep(upload_files("all")), "All"),
        upload(id = "streamed", accept = "image/*"),
        button(on_click = Album::stream(upload_files("streamed")), "Stream"),
        upload(id = "cover", accept = "image/*"),
        button(on_click = Album::call_it(upload_files("cover")), "Cover"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// What the page notes of a file that was sent to an upload.
async fn noted(upload: &str, name: &str, content: &[u8]) -> (String, Vec<String>) {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload(upload, [(name, content)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{upload} takes {name}: {}", reply.text());
    (visitor.page().named("li")[0].text(), app.stored_names())
}

#[tokio::test]
pub(super) async fn a_file_that_is_welcome_under_another_name_is_kept_under_the_right_one() {
    for (upload, sent, content, mime, kept) in [
        ("images", "IMG_1.HEIC", JPEG, "image/jpeg", "IMG_1.jpg"),
        ("images", "photo.jpg", WEBP, "image/webp", "photo.webp"),
        ("images", "photo.v2.jpg", PNG, "image/png", "photo.v2.png"),
        ("both", "photo.jpeg", WEBP, "image/webp", "photo.webp"),
        ("both", "scan.jpg", PDF, "application/pdf", "scan.pdf"),
        ("images", "photo.JPG", JPEG, "image/jpeg", "photo.JPG"),
        ("images", "photo", WEBP, "image/webp", "photo"),
        ("all", "photo.jpg", WEBP, "image/webp", "photo.jpg"),
    ] {
        let (note, stored) = noted(upload, sent, content).await;
        assert_eq!(note, format!("{sent} is {mime}: {kept}, {kept}, kept as {kept}"), "{upload}");
        assert_eq!(stored, [kept], "{upload}");
    }
}

#[tokio::test]
pub(super) async fn the_folders_of_a_misnamed_file_stay() {
    let (note, stored) = noted("images", "trip.jpg/IMG_1.HEIC", JPEG).await;
    assert_eq!(note, "trip.jpg/IMG_1.HEIC is image/jpeg: IMG_1.jpg, trip.jpg/IMG_1.jpg, kept as IMG_1.jpg");
    assert_eq!(stored, ["IMG_1.jpg"]);
}

#[tokio::test]
pub(super) async fn a_misnamed_file_that_is_streamed_is_kept_under_the_right_name() {
    let (note, stored) = noted("streamed", "photo.jpg", WEBP).await;
    assert_eq!(note, "photo.jpg is image/webp, kept as photo.webp");
    assert_eq!(stored, ["photo.webp"]);
}

#[tokio::test]
pub(super) async fn a_name_that_the_program_chooses_is_the_program_s() {
    assert_eq!(noted("cover", "photo.jpg", WEBP).await, ("cover.jpg".to_owned(), vec!["cover.jpg".to_owned()]));
}

#[tokio::test]
pub(super) async fn files_of_the_same_right_name_are_both_kept() {
    let app = app();
    let mut visitor = app.visitor().await;
    visitor.upload("images", [("photo.webp", WEBP), ("photo.jpg", WEBP)]).await;
    assert_eq!(app.stored_names(), ["photo.webp", "photo.webp"]);
}

#[tokio::test]
pub(super) async fn where_a_misnamed_file_is_not_welcome_the_words_say_what_it_is() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (upload, name, content, message) in [
        ("jpeg", "photo.jpg", WEBP, "“photo.jpg” is a WEBP file, although its name says otherwise. Accepted: JPG."),
        ("both", "a.jpg", PNG, "“a.jpg” is a PNG file, although its name says otherwise. Accepted: JPEG, WEBP, PDF."),
        ("images", "a.png", PDF, "“a.png” is a PDF file, although its name says otherwise. Accepted: images."),
        ("images", "a.pdf", PDF, "“a.pdf” is not accepted here. Accepted: images."),
        ("images", "a.bin", b"\x01\x02", "“a.bin” is not accepted here. Accepted: images."),
        ("images", "a.exe", b"", "“a.exe” is not accepted here. Accepted: images."),
    ] {
        let reply = visitor.upload(upload, [(name, content)]).await;
        assert_eq!(
            (reply.status(), reply.message()),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned()),
            "{name}"
        );
        assert_eq!(reply.code(), "upload.type-not-accepted");
        assert_eq!(app.stored_names(), [""; 0]);
    }
}

#[tokio::test]
pub(super) async fn of_a_file_that_is_accepted_by_its_name_the_words_say_what_is_wrong_with_its_content() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (upload, name, content, message) in [
        ("images", "a.png", &b"\x01\x02"[..], "“a.png” is damaged, or is no PNG file, although its name says so."),
        ("jpeg", "a.jpeg", b"\x01\x02", "“a.jpeg” is damaged, or is no JPEG file, although its name says so."),
        ("texts", "a.docx", b"\x01\x02", "“a.docx” is damaged, or is no DOCX file, although its name says so."),
        ("texts", "a.svg", b"\x01\x02", "“a.svg” is damaged, or is no SVG file, although its name says so."),
        ("texts", "a.txt", b"\x01\x02", "“a.txt” does not hold text, although its name says so."),
        ("texts", "a.CSV", b"a\0\x01\x02", "“a.CSV” does not hold text, although its name says so."),
        ("images", "a.png", b"", "“a.png” is empty."),
        ("images", "photo", b"", "“photo” is empty."),
        ("texts", "a.docx", b"", "“a.docx” is empty."),
        ("texts", "a.svg", b"", "“a.svg” is empty."),
    ] {
        let reply = visitor.upload(upload, [(name, content)]).await;
        assert_eq!(
            (reply.status(), reply.code().as_str(), reply.message().as_str()),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "upload.type-not-accepted", message),
            "{name}"
        );
        assert_eq!(reply.json()["error"]["file"], name);
        assert_eq!(app.stored_names(), [""; 0]);
    }
    let reply = visitor.upload("texts", [("empty.txt", "")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "a text may be empty: {}", reply.text());
}
