//! What is left of a picture is the same picture, without what was put into it; half a picture is refused.

use filekit::image::metadata::Orientation;
use filekit_tests::{PDF, patterned};

use super::splice::{exif, jpeg, png, webp};
use super::{PICTURES, SECRET, app, exif as exif_of, find, frames, picture, shown, stored_of, stripped};

const ORIENTATIONS: [Orientation; 8] = [
    Orientation::NoTransforms,
    Orientation::FlipHorizontal,
    Orientation::Rotate180,
    Orientation::FlipVertical,
    Orientation::Rotate90FlipH,
    Orientation::Rotate90,
    Orientation::Rotate270FlipH,
    Orientation::Rotate270,
];

/// A photo as of a phone: metadata in all places of a JPEG, fill bytes in front of markers, a second image, and a film behind it.
fn photo(picture: &[u8], order: &[u8; 2], orientation: Orientation) -> Vec<u8> {
    let secret = SECRET.as_bytes();
    let second = jpeg::with(picture, &[jpeg::exif(order, orientation)]);
    let segments = [
        jpeg::segment(0xe0, &[b"JFXX\0\x10\xff\xd8", secret]),
        jpeg::exif(order, orientation),
        b"\xff\xff\xff".to_vec(),
        jpeg::segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>", secret]),
        jpeg::segment(0xe1, &[b"http://ns.adobe.com/xmp/extension/\0", &[b'0'; 40], secret]),
        jpeg::segment(0xe2, &[b"ICC_PROFILE\0\x01\x02", &patterned(400)]),
        jpeg::segment(0xe2, &[b"ICC_PROFILE\0\x02\x02", &patterned(300)]),
        jpeg::segment(0xe2, &[b"MPF\0MM\0*\0\0\0\x08", secret]),
        jpeg::segment(0xed, &[b"Photoshop 3.0\x008BIM\x04\x04", secret]),
        jpeg::segment(0xfe, &[secret]),
    ];
    [&jpeg::with(picture, &segments), &second[..], b"\0\0\0\x18ftypmp42\xa9xyz+48.8577+002.295/", secret].concat()
}

/// Pictures of each kind with metadata in them, which is shown in this orientation.
fn spoilt(name: &str, order: &[u8; 2], orientation: Orientation) -> Vec<u8> {
    let (picture, secret) = (picture(name), SECRET.as_bytes());
    if name.ends_with(".jpg") {
        return photo(&picture, order, orientation);
    }
    if name.ends_with(".webp") {
        let chunks = [
            webp::chunk(b"EXIF", &exif(order, orientation)),
            webp::chunk(b"XMP ", secret),
            webp::chunk(b"note", &[secret, b"!"].concat()),
        ];
        return [&webp::with(&picture, 0x0c, &chunks), secret].concat();
    }
    let chunks = [
        png::chunk(b"eXIf", &exif(order, orientation)),
        png::chunk(b"tEXt", &[b"Comment\0", secret].concat()),
        png::chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", secret].concat()),
        png::chunk(b"zTXt", &[b"Raw profile type iptc\0\0", secret].concat()),
        png::chunk(b"tIME", &[7, 230, 1, 2, 3, 4, 5]),
        png::chunk(b"caBX", secret),
    ];
    [&png::with(&picture, &chunks), secret].concat()
}

#[tokio::test]
async fn pictures_are_shown_as_before_and_hold_nothing_else() {
    for name in PICTURES {
        for (order, orientation) in [(b"II", Orientation::Rotate90), (b"MM", Orientation::FlipVertical)] {
            let before = spoilt(name, order, orientation);
            assert!(find(&before, SECRET.as_bytes()).is_some() && exif_of(&before).unwrap().len() > 100, "{name}");
            let after = stripped(name, &before).await;
            assert_eq!(shown(&after), shown(&before), "{name}");
            assert_eq!(shown(&after).orientation, orientation, "{name}");
            assert_eq!(find(&after, SECRET.as_bytes()), None, "{name}");
            assert_eq!(find(&after, b"48.8577"), None, "{name}");
            assert_eq!(exif_of(&after).unwrap().len(), 26, "{name}: a block with one entry");
            assert!(after.len() < picture(name).len() + 900, "{name}: {} bytes", after.len());
        }
    }
}

#[tokio::test]
async fn each_orientation_stays_and_upright_needs_no_words() {
    for name in ["plain.jpg", "plain.png", "lossy.webp"] {
        for orientation in ORIENTATIONS {
            let after = stripped(name, &spoilt(name, b"MM", orientation)).await;
            assert_eq!(shown(&after).orientation, orientation, "{name}");
            assert_eq!(exif_of(&after).is_some(), orientation != Orientation::NoTransforms, "{name}");
        }
    }
}

#[tokio::test]
async fn moving_pictures_move_on() {
    for name in ["animated.png", "animated.webp"] {
        let before = frames(name, &picture(name));
        assert_eq!(before.len(), 2);
        let after = frames(name, &stripped(name, &spoilt(name, b"II", Orientation::Rotate180)).await);
        let known = |frame: &filekit::image::Frame| (frame.delay(), frame.buffer().clone());
        assert!(after.iter().map(known).eq(before.iter().map(known)), "{name}");
    }
}

#[tokio::test]
async fn pictures_without_metadata_and_other_files_are_left_alone() {
    // In that one apngasm names itself.
    for name in PICTURES.into_iter().filter(|name| *name != "animated.png") {
        assert!(stripped(name, &picture(name)).await == picture(name), "{name}");
    }
    let heic: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    for (name, file) in [("a.heic", heic), ("a.gif", b"GIF89a\x01\0\x01\0\0\0\0;"), ("a.txt", SECRET.as_bytes())] {
        assert!(stripped(name, file).await == file, "{name}");
    }
    let photo = spoilt("plain.jpg", b"II", Orientation::Rotate90);
    for (name, file) in [("plain.jpg", &photo[..]), ("a.pdf", PDF)] {
        assert!(stored_of("as-sent", name, file).await == file, "{name} is sent to an upload without the rule");
    }
}

#[tokio::test]
async fn large_pictures_are_rewritten_on_the_disk() {
    let large: Vec<Vec<u8>> = (0..20).map(|_| png::chunk(b"IDAT", &patterned(200_000))).collect();
    let note = png::chunk(b"tEXt", SECRET.as_bytes());
    let between: Vec<Vec<u8>> = large.iter().flat_map(|image| [image.clone(), note.clone()]).collect();
    let (before, after) = (png::with(&picture("plain.png"), &between), png::with(&picture("plain.png"), &large));
    assert!(stripped("large.png", &before).await == after);
    assert!(stripped("large.png", &after).await == after);
}

#[tokio::test]
async fn half_a_picture_is_refused_or_whole() {
    let app = app();
    for name in ["progressive.jpg", "animated.png", "clear.webp"] {
        let file = spoilt(name, b"II", Orientation::Rotate270);
        let whole = stripped(name, &file).await;
        let mut visitor = app.visitor().await;
        let (mut refused, mut taken) = (0, 0);
        for length in 0..file.len() {
            let name = format!("{length}-{name}");
            let reply = visitor.upload("photos", [(&name, &file[..length])]).await;
            match reply.code().as_str() {
                "" => {
                    assert!(app.files().stored(&name) == whole, "{name}");
                    std::fs::remove_file(app.files().path_of(&name)).unwrap();
                    taken += 1;
                }
                "upload.image-broken" => refused += 1,
                "upload.type-not-accepted" => assert!(length < 16, "{name} is known as a picture"),
                other => panic!("{name}: {other}"),
            }
        }
        assert!(refused > 300 && taken > 10, "{name}: {refused} refused, {taken} taken");
        assert_eq!(app.stored_names(), [""; 0]);
        assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
    }
}
