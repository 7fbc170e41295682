//! `strip_metadata`: pictures of real programs, with metadata of all kinds in them, are uploaded and looked at again. What stays of pictures
//! that no program writes is tested where that is decided, in `filekit-files/src/metadata/`.

mod carriers;
mod exiftool;
mod splice;
mod whole;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use filekit::image::{self, DynamicImage, ImageDecoder, ImageReader, metadata::Orientation};
use filekit::prelude::*;
use filekit::storage::Sha256;
use filekit_tests::TestApp;
use tokio::io::AsyncReadExt as _;

const PHOTOS: Upload = Upload::new("photos").accept(&["image/*", ".txt"]).sha256();

/// Stands in all metadata that tests put into pictures.
const SECRET: &str = "Secret of Ada";

#[state]
#[derive(Default)]
struct Album {
    kept: Vec<String>,
}

#[state]
impl Album {
    /// Keeps pictures, if all that is known of them is said of the same bytes.
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<()> {
        for photo in photos {
            self.keep_one(photo).await?;
        }
        Ok(())
    }

    #[event]
    async fn keep_one(&mut self, photo: UploadFile) -> Result<()> {
        let bytes = photo.bytes().await?;
        let mut opened = Vec::new();
        photo.open().await?.read_to_end(&mut opened).await?;
        assert_eq!(opened, bytes);
        assert_eq!(photo.size(), bytes.len() as u64);
        assert_eq!(photo.sha256().await?, Sha256::of(&bytes));
        let stored = photo.save().await?;
        assert_eq!((stored.size(), stored.sha256()), (bytes.len() as u64, Some(Sha256::of(&bytes))));
        self.kept.push(stored.name().to_owned());
        Ok(())
    }

    /// Keeps pictures that are taken while they arrive, but for those that are to be read in chunks.
    #[event]
    async fn stream(&mut self, mut photos: UploadStream) -> Result<()> {
        while let Some(mut photo) = photos.next_file().await? {
            if photo.name().as_str().starts_with("chunks") {
                photo.next_chunk().await?;
            }
            let photo = photo.receive().await?;
            self.keep_one(photo).await?;
        }
        Ok(())
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        upload(id = PHOTOS, strip_metadata = true, "Photos"),
        button(on_click = Album::keep(upload_files(PHOTOS)), "Keep"),
        upload(id = "as-sent", "As they are"),
        button(on_click = Album::keep(upload_files("as-sent")), "Keep as they are"),
        upload(id = "stream", strip_metadata = true, sha256 = true, "While they arrive"),
        button(on_click = Album::stream(upload_files("stream")), "Keep while they arrive"),
        code(id = "endpoint", upload_endpoint(Album::keep_one(upload_files(PHOTOS.strip_metadata(true))))),
        for name in &album.kept {
            p(name)
        },
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// What is stored of a file that is uploaded to `id`.
async fn stored_of(id: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let app = app();
    let reply = app.visitor().await.upload(id, [(name, file)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{name}: {}", reply.text());
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
    app.files().stored(name)
}

async fn stripped(name: &str, file: &[u8]) -> Vec<u8> {
    stored_of("photos", name, file).await
}

/// The names of the pictures in `tests/pictures`.
const PICTURES: [&str; 13] = [
    "adobe.jpg",
    "animated.png",
    "animated.webp",
    "clear.png",
    "clear.webp",
    "grey.jpg",
    "interlaced.png",
    "lossless.webp",
    "lossy.webp",
    "plain.jpg",
    "plain.png",
    "progressive.jpg",
    "restarts.jpg",
];

fn path_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(name)
}

fn picture(name: &str) -> Vec<u8> {
    std::fs::read(path_of(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What a decoder makes of a picture.
#[derive(Debug, PartialEq)]
struct Shown {
    orientation: Orientation,
    profile: Option<Vec<u8>>,
    pixels: DynamicImage,
}

fn shown(picture: &[u8]) -> Shown {
    let reader = ImageReader::new(Cursor::new(picture)).with_guessed_format().expect("memory");
    let mut decoder = reader.into_decoder().expect("a picture");
    let orientation = decoder.orientation().expect("an orientation");
    let profile = decoder.icc_profile().expect("a profile, or none");
    Shown { orientation, profile, pixels: DynamicImage::from_decoder(decoder).expect("pixels") }
}

/// What is left of EXIF in a picture.
fn exif(picture: &[u8]) -> Option<Vec<u8>> {
    let reader = ImageReader::new(Cursor::new(picture)).with_guessed_format().expect("memory");
    reader.into_decoder().expect("a picture").exif_metadata().expect("metadata, or none")
}

/// The frames of a moving picture, and how long each is shown.
fn frames(name: &str, picture: &[u8]) -> Vec<image::Frame> {
    use image::AnimationDecoder as _;
    use image::codecs::{png::PngDecoder, webp::WebPDecoder};
    let file = Cursor::new(picture);
    let frames = match name.ends_with(".png") {
        true => PngDecoder::new(file).and_then(PngDecoder::apng).expect("a moving PNG").into_frames(),
        false => WebPDecoder::new(file).expect("a moving WebP").into_frames(),
    };
    frames.collect_frames().expect("whole frames")
}

/// Where a text stands in a file.
fn find(file: &[u8], text: &[u8]) -> Option<usize> {
    file.windows(text.len()).position(|window| window == text)
}
