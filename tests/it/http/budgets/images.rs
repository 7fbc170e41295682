//! Images: what a decoder holds beside its pixels counts, and slow ones of one visitor hold up no other's.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit::upload::ImageLimits;
use filekit_tests::{PNG, TestApp, until};
use tokio::task::JoinSet;

/// How many slow images have come, and how many were decoded.
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static DECODED: AtomicUsize = AtomicUsize::new(0);

#[state]
#[derive(Default)]
struct Album {
    sizes: Vec<u32>,
}

#[state]
impl Album {
    #[event]
    async fn decode(&mut self, image: UploadFile) -> Result<()> {
        self.sizes.push(image.image().await?.width());
        Ok(())
    }

    #[event]
    async fn decode_slowly(&self, image: UploadFile) -> Result<()> {
        BEGUN.fetch_add(1, Ordering::SeqCst);
        image.image().await?;
        DECODED.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    #[event]
    async fn decode_in_little(&mut self, image: UploadFile) -> Result<()> {
        self.sizes.push(image.image_with(ImageLimits::new().max_memory(2_500_000)).await?.width());
        Ok(())
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        p(album.sizes.len()),
        upload(id = "any"),
        button(on_click = Album::decode(upload_files("any")), "Decode"),
        upload(id = "slow"),
        button(on_click = Album::decode_slowly(upload_files("slow")), "Decode slowly"),
        upload(id = "little"),
        button(on_click = Album::decode_in_little(upload_files("little")), "Decode in little memory"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// A grey JPEG of the size `side` × `side`, whose scans have a few bytes each and say that there is nothing in all blocks. The marker
/// says how it is coded: C0 in one scan, C2 progressively.
fn jpeg(marker: u8, side: u16, scans: usize) -> Vec<u8> {
    let mut jpeg = b"\xff\xd8\xff\xdb\x00\x43\x00".to_vec();
    jpeg.extend([1; 64]);
    jpeg.extend([0xff, marker, 0, 11, 8]);
    jpeg.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
    jpeg.extend([1, 1, 0x11, 0]);
    // Tables of one code each, a zero: for no difference, and for the end of 2¹⁴ blocks and as many more as the next 14 bits say.
    for table in [[0x00, 0x00], [0x10, 0xe0]] {
        jpeg.extend([0xff, 0xc4, 0, 20, table[0], 1]);
        jpeg.extend([0; 15]);
        jpeg.push(table[1]);
    }
    let blocks = usize::from(side).div_ceil(8).pow(2);
    for nth in 0..scans {
        let spectrum = match (marker, nth) {
            (0xc0, _) => [0, 63],
            (_, 0) => [0, 0],
            _ => [1, 63],
        };
        jpeg.extend([0xff, 0xda, 0, 8, 1, 1, 0, spectrum[0], spectrum[1], 0]);
        // A bit for each block at first, then one code of 15 bits for thousands of them.
        let bytes = if nth == 0 { blocks.div_ceil(8) } else { (blocks >> 14).div_ceil(1) * 2 + 2 };
        jpeg.extend(vec![0; bytes]);
    }
    jpeg.extend(b"\xff\xd9");
    jpeg
}

#[tokio::test]
async fn the_coefficients_that_a_decoder_holds_count_as_memory() {
    let app = app();
    let mut visitor = app.visitor().await;
    // A million pixels, and twice that in coefficients.
    for (marker, scans, code) in [(0xc0, 1, ""), (0xc2, 2, "upload.image-too-large")] {
        let reply = visitor.upload("little", [("a.jpg", jpeg(marker, 1_000, scans))]).await;
        let refused = if reply.status() == StatusCode::OK { String::new() } else { reply.code() };
        assert_eq!(refused, code, "{marker:x}: {}", reply.text());
    }
    let reply = visitor.upload("any", [("a.jpg", jpeg(0xc2, 1_000, 2))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "there is room for both: {}", reply.text());
}

#[tokio::test]
async fn an_image_whose_scans_have_no_end_is_refused_before_it_is_decoded() {
    let bomb = jpeg(0xc2, 8_000, 101);
    assert!(bomb.len() < 400_000, "{}", bomb.len());
    let reply = app().visitor().await.upload("any", [("bomb.jpg", bomb)]).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, "upload.image-too-large".to_owned()));
    assert!(reply.message().contains("bomb.jpg"), "{}", reply.message());
}

#[tokio::test]
async fn slow_images_of_one_visitor_do_not_hold_up_another() {
    const COUNT: usize = 6;
    let app = app();
    let (greedy, mut victim) = (app.visitor().await, app.visitor().await);
    let slow = jpeg(0xc2, 2_500, 80);
    let mut all = JoinSet::new();
    for _ in 0..COUNT {
        let (mut greedy, slow) = (greedy.clone(), slow.clone());
        all.spawn(async move { greedy.upload("slow", [("slow.jpg", slow)]).await });
    }
    until("that all have come", async || (BEGUN.load(Ordering::SeqCst) == COUNT).then_some(())).await;
    let reply = victim.upload("any", [("pixel.png", PNG)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let before = DECODED.load(Ordering::SeqCst);
    assert!(before < COUNT / 2, "{before} slow images came before that of another visitor");
    let others = all.join_all().await;
    assert!(others.iter().all(|reply| reply.status() == StatusCode::OK));
}
