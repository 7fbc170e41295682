//! What an event learns of a file's content: its digest, and the image that it is.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit::upload::ImageLimits;
use filekit_tests::{Log, PNG, Reply, TestApp, patterned};
use sha2::Digest as _;

const SEALED: Upload = Upload::new("sealed").sha256();

#[state]
#[derive(Default)]
struct Notes {
    notes: Vec<String>,
}

#[state]
impl Notes {
    /// Saves each file and notes its digest, as far as it is known without asking.
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let stored = file.save().await?;
            self.notes.push(stored.sha256().map_or_else(String::new, |digest| digest.to_string()));
        }
        Ok(())
    }

    /// The same, but asks.
    #[event]
    async fn ask(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let digest = file.sha256().await?;
            assert_eq!(file.sha256().await?, digest);
            assert_eq!(file.save().await?.sha256(), Some(digest));
            self.notes.push(digest.to_string());
        }
        Ok(())
    }

    /// The same, of what comes after the first chunk, and of the whole.
    #[event]
    async fn stream(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            if file.name().as_str() == "rest" {
                file.next_chunk().await?;
            }
            let file = file.receive().await?;
            self.notes.push(file.sha256().await?.to_string());
            assert_eq!(filekit::storage::Sha256::of(&file.bytes().await?).to_string(), *self.notes.last().unwrap());
        }
        Ok(())
    }

    #[event]
    async fn decode(&mut self, picture: UploadFile) -> Result<()> {
        let image = picture.image().await?;
        self.notes.push(format!("{} x {}", image.width(), image.height()));
        Ok(())
    }

    #[event]
    async fn decode_tiny(&mut self, picture: UploadFile) -> Result<()> {
        picture.image_with(ImageLimits::new().max_pixels(15)).await?;
        Ok(())
    }

    #[event]
    async fn decode_in_little(&mut self, picture: UploadFile) -> Result<()> {
        picture.image_with(ImageLimits::new().max_memory(16)).await?;
        Ok(())
    }

    #[event]
    async fn decode_once(&mut self, picture: UploadFile) -> Result<()> {
        picture.image_with(ImageLimits::new().max_memory(400_000)).await?;
        Ok(())
    }
}

async fn page(notes: Current<Notes>) -> View {
    view![
        ul(for note in &notes.notes {
            li(note)
        }),
        upload(id = "plain"),
        button(on_click = Notes::keep(upload_files("plain")), "Keep"),
        upload(id = SEALED),
        button(on_click = Notes::keep(upload_files(SEALED)), "Keep sealed"),
        upload(id = "asked"),
        button(on_click = Notes::ask(upload_files("asked")), "Ask"),
        upload(id = "streamed", sha256 = true),
        button(on_click = Notes::stream(upload_files("streamed")), "Stream"),
        upload(id = "picture"),
        button(on_click = Notes::decode(upload_files("picture")), "Decode"),
        upload(id = "tiny"),
        button(on_click = Notes::decode_tiny(upload_files("tiny")), "Decode tiny"),
        upload(id = "little"),
        button(on_click = Notes::decode_in_little(upload_files("little")), "Decode in little memory"),
        upload(id = "once"),
        button(on_click = Notes::decode_once(upload_files("once")), "Decode in memory for one"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

fn notes(reply: &Reply) -> Vec<String> {
    let view = reply.view().unwrap_or_else(|| panic!("no view: {}", reply.text()));
    view.named("li").into_iter().map(|item| item.text()).collect()
}

fn digest(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
pub(super) async fn a_digest_is_computed_on_the_way_if_the_upload_asks_for_it() {
    let app = app();
    let big = patterned(3_000_000);
    let files = [("big", &big[..]), ("empty", b""), ("small", b"small")];
    let digests = files.map(|(_, bytes)| digest(bytes));
    for (id, expected) in [("sealed", digests.clone()), ("asked", digests.clone()), ("plain", Default::default())] {
        let reply = app.visitor().await.upload(id, files).await;
        assert_eq!(notes(&reply), expected, "{id}");
    }
    let reply = app.visitor().await.upload("streamed", [("big", &big[..]), ("rest", &big)]).await;
    let notes = notes(&reply);
    assert_eq!(notes[0], digests[0]);
    assert_ne!(notes[1], digests[0], "a part of a file is another file");
}

/// A PNG that has a head, and nothing to draw: 57 bytes, however large it says it is.
fn png(width: u32, height: u32) -> Vec<u8> {
    png_with(width, height, &[])
}

/// As [`png`], with other chunks before its end.
fn png_with(width: u32, height: u32, others: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [(b"IHDR", &head[..])];
    for (kind, content) in head.iter().chain(others).chain(&[(b"IDAT", &b""[..]), (b"IEND", b"")]) {
        let chunk = [&kind[..], content].concat();
        png.extend(u32::try_from(content.len()).expect("a short chunk").to_be_bytes());
        png.extend(&chunk);
        png.extend(crc(&chunk).to_be_bytes());
    }
    png
}

/// The check value of a chunk (PNG specification, annex D).
fn crc(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

/// A BMP of one colour, whole.
fn bmp(width: u32, height: u32) -> Vec<u8> {
    let row = (width * 3).next_multiple_of(4);
    let size = 54 + row * height;
    let mut bmp = b"BM".to_vec();
    for number in [size, 0, 54, 40, width, height, 1 | (24 << 16), 0, row * height, 0, 0, 0, 0] {
        bmp.extend(number.to_le_bytes());
    }
    bmp.resize(size as usize, 0x7f);
    bmp
}

#[tokio::test]
pub(super) async fn images_are_known_by_their_content() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("picture", [("holiday.jpg", bmp(4, 5))]).await;
    assert_eq!(notes(&reply), ["4 x 5"]);
    let reply = visitor.upload("picture", [("pixel.png", PNG)]).await;
    assert_eq!(notes(&reply), ["4 x 5", "1 x 1"]);
}

#[tokio::test]
pub(super) async fn an_image_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (id, bomb) in [("picture", png(64_000, 64_000)), ("tiny", bmp(4, 4)), ("little", bmp(4, 4))] {
        assert!(bomb.len() < 200);
        let reply = visitor.upload(id, [("bomb.png", bomb)]).await;
        assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE, "{id}: {}", reply.text());
        assert_eq!(reply.code(), "upload.image-too-large");
        assert!(reply.message().contains("bomb.png"), "{}", reply.message());
    }
    let reply = visitor.upload("tiny", [("a.bmp", bmp(3, 5))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "fifteen pixels are allowed: {}", reply.text());
}

#[tokio::test]
pub(super) async fn the_memory_for_turning_an_image_counts_as_well() {
    /// That the camera lay on its side: an entry of type SHORT with the value 6 (TIFF 6.0, "Orientation").
    const ON_ITS_SIDE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let app = app();
    let mut visitor = app.visitor().await;
    // 360 kB of pixels; there is nothing to draw, which is noticed later.
    let reply = visitor.upload("once", [("upright.png", png(300, 300))]).await;
    assert_eq!(reply.code(), "upload.not-an-image");
    let reply = visitor.upload("once", [("turned.png", png_with(300, 300, &[(b"eXIf", ON_ITS_SIDE)]))]).await;
    assert_eq!(reply.code(), "upload.image-too-large");
}

#[tokio::test]
pub(super) async fn a_file_that_is_read_before_it_is_decoded_counts_as_memory() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (length, code) in [(1_000, "upload.not-an-image"), (500_000, "upload.image-too-large")] {
        let mut jpeg = b"\xff\xd8\xff\xe0".to_vec();
        jpeg.resize(length, 0);
        assert_eq!(visitor.upload("once", [("a.jpg", jpeg)]).await.code(), code, "{length} bytes");
    }
}

#[tokio::test]
pub(super) async fn what_is_no_image_or_half_of_one_is_refused_with_its_name() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let half = &bmp(40, 40)[..1000];
    for (name, content) in [("notes.png", &b"just words"[..]), ("half.bmp", half), ("empty.png", b"")] {
        let reply = visitor.upload("picture", [(name, content)]).await;
        assert_eq!(reply.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{name}: {}", reply.text());
        assert_eq!(reply.code(), "upload.not-an-image");
        assert!(reply.message().contains(name), "{}", reply.message());
        assert!(log.text().contains(name), "the log says why: {}", log.text());
    }
    let reply = visitor.upload("picture", [("claims.png", png(10, 10))]).await;
    assert_eq!(reply.code(), "upload.not-an-image", "a head alone is no image");
}
