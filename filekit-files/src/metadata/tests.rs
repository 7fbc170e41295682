//! Pictures made byte by byte: what stays of them, what goes, and which are refused.

use std::slice::from_ref;

use super::memory::rewrite;
use super::{Fault, Picture};

const SECRET: &[u8] = b"48 deg 51' 29.6\" N";

/// What is left of a picture that is whole. What is left of that is the same.
fn stripped(picture: Picture, file: &[u8]) -> Vec<u8> {
    let bytes = rewrite(picture, file).expect("a whole picture").bytes;
    let again = rewrite(picture, &bytes).expect("a whole picture is left");
    assert!(again.bytes == bytes && again.inserted.is_empty(), "{}", bytes.escape_ascii());
    bytes
}

fn refusal(picture: Picture, file: &[u8]) -> &'static str {
    match rewrite(picture, file) {
        Err(Fault::Broken(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn assert_left(picture: Picture, file: &[u8], expected: &[u8]) {
    let left = stripped(picture, file);
    assert!(left == expected, "{}\nis left, and not\n{}", left.escape_ascii(), expected.escape_ascii());
}

/// A TIFF structure with an entry before the orientation, one behind it, and something that they lead to.
fn tiff(order: &[u8; 2], orientation: u16) -> Vec<u8> {
    tiff_with(order, [0x0112, 3, 1, u32::from(orientation)])
}

fn tiff_with(order: &[u8; 2], [tag, kind, count, value]: [u32; 4]) -> Vec<u8> {
    let is_big = order == b"MM";
    let short = |number: u32| {
        let number = number as u16;
        if is_big { number.to_be_bytes() } else { number.to_le_bytes() }
    };
    let long = |number: u32| if is_big { number.to_be_bytes() } else { number.to_le_bytes() };
    let entry = |tag, kind, count, value: [u8; 4]| [&short(tag)[..], &short(kind), &long(count), &value].concat();
    let [high, low] = short(value);
    let value = if kind == 3 { [high, low, 0, 0] } else { long(value) };
    let make = entry(0x010f, 2, SECRET.len() as u32, long(56));
    let gps = entry(0x8825, 4, 1, long(56));
    let directory = [&short(3)[..], &make, &entry(tag, kind, count, value), &gps].concat();
    [order, &short(42)[..], &long(10), b"..", &directory, &long(0), b"....", SECRET].concat()
}

/// A structure that says an orientation and nothing else.
fn block(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    block[19] = orientation;
    block
}

/// Structures that say nothing, to a decoder.
fn saying_nothing() -> Vec<Vec<u8>> {
    let whole = tiff(b"II", 6);
    let mut nothing: Vec<_> = (0..30).map(|length| whole[..length].to_vec()).collect();
    let far = [&whole[..4], &u32::MAX.to_le_bytes(), &whole[8..]].concat();
    nothing.extend([far, tiff(b"II", 0), tiff(b"MM", 1), tiff(b"MM", 9), tiff(b"II", 0x0600), tiff(b"XX", 6)]);
    nothing.extend([[0x0112, 4, 1, 6], [0x0112, 3, 2, 6], [0x0113, 3, 1, 6]].map(|entry| tiff_with(b"MM", entry)));
    nothing
}

mod jpeg {
    use super::*;

    const JFIF: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x02\x01\0\x48\0\x48\0\0";
    const ADOBE: &[u8] = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01";
    const TABLE: &[u8] = b"\xff\xdb\0\x05\0\x01\x02";
    const FRAME: &[u8] = b"\xff\xc2\0\x04\x08\0";
    /// With stuffed bytes, restart markers and a fill byte.
    const SCAN: &[u8] = b"\xff\xda\0\x03\x01\x12\xff\0\x34\xff\xd0\x56\xff\xff\xd7\xff\0\xff\xff\0\x78";
    const LINES: &[u8] = b"\xff\xdc\0\x04\0\x08";
    const END: &[u8] = b"\xff\xd9";

    fn segment(marker: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        [&[0xff, marker][..], &(content.len() as u16 + 2).to_be_bytes(), &content].concat()
    }

    fn jpeg(parts: &[&[u8]]) -> Vec<u8> {
        [b"\xff\xd8", &parts.concat()[..], TABLE, FRAME, SCAN, LINES, TABLE, SCAN, END].concat()
    }

    fn exif(tiff: &[u8]) -> Vec<u8> {
        segment(0xe1, &[b"Exif\0\0", tiff])
    }

    #[test]
    fn what_makes_the_image_stays() {
        let profile = [1, 2].map(|nth| segment(0xe2, &[b"ICC_PROFILE\0", &[nth, 2], b"colours"]));
        let whole = jpeg(&[JFIF, &profile[0], &profile[1], ADOBE, &segment(0xdd, &[&[0, 8]])]);
        assert_left(Picture::Jpeg, &whole, &whole);
        assert!(rewrite(Picture::Jpeg, &whole).unwrap().inserted.is_empty());
    }

    #[test]
    fn what_applications_have_added_goes() {
        let added: [(u8, &[u8]); 12] = [
            (0xe0, b"JFXX\0\x10"),
            (0xe0, b"JFIF\0"),
            (0xe1, b"http://ns.adobe.com/xap/1.0/\0"),
            (0xe1, b"http://ns.adobe.com/xmp/extension/\0"),
            (0xe1, b"Exif\0"),
            (0xe2, b"MPF\0"),
            (0xe2, b"ICC"),
            (0xe2, b"urn:iso:std:iso:ts:21496:-1\0"),
            (0xed, b"Photoshop 3.0\0"),
            (0xee, b"Adobe"),
            (0xef, b""),
            (0xfe, b""),
        ];
        for (marker, name) in added {
            let secret = if name.ends_with(b"JFIF\0") || name == b"Adobe" { b"" } else { SECRET };
            let added = segment(marker, &[name, secret]);
            let before_scans = jpeg(&[JFIF, &added, ADOBE]);
            assert_left(Picture::Jpeg, &before_scans, &jpeg(&[JFIF, ADOBE]));
            let between_scans = [b"\xff\xd8", FRAME, SCAN, &added, SCAN, &added, END].concat();
            assert_left(Picture::Jpeg, &between_scans, &[b"\xff\xd8", FRAME, SCAN, SCAN, END].concat());
        }
    }

    #[test]
    fn what_is_longer_than_its_meaning_is_cut() {
        let thumbnail = segment(0xe0, &[&JFIF[4..16], &[2, 1], b"pixels"]);
        assert_left(Picture::Jpeg, &jpeg(&[&thumbnail]), &jpeg(&[JFIF]));
        assert_left(Picture::Jpeg, &jpeg(&[&segment(0xee, &[&ADOBE[4..], SECRET])]), &jpeg(&[ADOBE]));
    }

    #[test]
    fn what_stands_behind_the_image_goes() {
        let photo = jpeg(&[JFIF]);
        for behind in [SECRET, b"\0\0\0\x18ftypmp42", &jpeg(&[&exif(&tiff(b"II", 3))])] {
            assert_left(Picture::Jpeg, &[&photo, behind].concat(), &photo);
        }
    }

    #[test]
    fn what_decoders_skip_goes() {
        let skipped: [&[u8]; 5] =
            [b"\xff\xff\xff", SECRET, b"\xff\0\xff\0", b"\xff\xd3\xff\x01", b"a\xff\xff\0b\xff\xff"];
        for skipped in skipped {
            assert_left(Picture::Jpeg, &jpeg(&[skipped, JFIF, skipped]), &jpeg(&[JFIF]));
        }
    }

    #[test]
    fn of_exif_the_orientation_stays() {
        for order in [b"II", b"MM"] {
            for orientation in 2..=8 {
                let expected = jpeg(&[JFIF, &exif(&block(orientation as u8))]);
                let others = [exif(&tiff(order, orientation)), exif(&tiff(order, 4))].concat();
                assert_left(Picture::Jpeg, &jpeg(&[JFIF, &others]), &expected);
            }
        }
        for nothing in saying_nothing() {
            assert_left(Picture::Jpeg, &jpeg(&[&exif(&nothing), &exif(&tiff(b"II", 5))]), &jpeg(&[]));
        }
    }

    #[test]
    fn what_is_no_whole_image_is_refused() {
        let whole = jpeg(&[JFIF, &exif(&tiff(b"II", 6))]);
        for length in 0..whole.len() {
            refusal(Picture::Jpeg, &whole[..length]);
        }
        let start = b"\xff\xd8";
        for (rest, reason) in [
            (&[END][..], "there is no image in it"),
            (&[TABLE, END], "there is no image in it"),
            (&[start, FRAME, SCAN, END], "another image begins in it"),
            (&[b"\xff\xe0\0\x01", FRAME, SCAN, END], "a segment has a wrong length"),
            (&[b"\xff\xf7\0\x02", SCAN, END], "there is a marker in it that means nothing"),
            (&[b"\xff\x02\0\x02", SCAN, END], "there is a marker in it that means nothing"),
        ] {
            assert_eq!(refusal(Picture::Jpeg, &[start, &rest.concat()[..]].concat()), reason);
        }
        assert_eq!(refusal(Picture::Jpeg, SECRET), "it does not begin like a JPEG");
    }
}

mod png {
    use super::*;

    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let named = [kind, data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
    }

    fn png(before: &[Vec<u8>], behind: &[Vec<u8>]) -> Vec<u8> {
        let (head, image, end) = (chunk(b"IHDR", &[8; 13]), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b""));
        [SIGNATURE, &head, &before.concat(), &image, &image, &behind.concat(), &end].concat()
    }

    #[test]
    fn what_makes_the_image_stays() {
        let before = [b"gAMA", b"iCCP", b"cICP", b"PLTE", b"tRNS", b"pHYs", b"acTL", b"fcTL"];
        let before = before.map(|kind| chunk(kind, b"needed"));
        let whole = png(&before, &[chunk(b"fcTL", b"frame"), chunk(b"fdAT", b"pixels")]);
        assert_left(Picture::Png, &whole, &whole);
        assert_eq!(rewrite(Picture::Png, &whole).unwrap().inserted.len(), 0);
    }

    #[test]
    fn everything_else_goes() {
        let kinds = [b"tEXt", b"zTXt", b"iTXt", b"tIME", b"sPLT", b"iDOT", b"caBX", b"prVt", b"exIf", b"zxIf", b"gPSl"];
        for kind in kinds {
            let added = chunk(kind, SECRET);
            assert_left(Picture::Png, &png(from_ref(&added), from_ref(&added)), &png(&[], &[]));
        }
        assert_left(Picture::Png, &[&png(&[], &[])[..], SECRET].concat(), &png(&[], &[]));
    }

    #[test]
    fn of_exif_the_orientation_stays() {
        let exif = |tiff: &[u8]| chunk(b"eXIf", tiff);
        for orientation in 2..=8 {
            let expected = exif(&block(orientation as u8));
            let others = [exif(&tiff(b"II", orientation)), exif(&tiff(b"MM", 5))];
            assert_left(Picture::Png, &png(&others, &[]), &png(from_ref(&expected), &[]));
            assert_left(Picture::Png, &png(&[], &others), &png(&[], &[expected]));
        }
        for nothing in saying_nothing() {
            assert_left(Picture::Png, &png(&[exif(&nothing), exif(&tiff(b"II", 6))], &[]), &png(&[], &[]));
        }
        let mut wrong = exif(&tiff(b"II", 6));
        *wrong.last_mut().unwrap() ^= 1;
        assert_left(Picture::Png, &png(&[wrong], &[]), &png(&[], &[]));
    }

    #[test]
    fn what_is_no_whole_image_is_refused() {
        let whole = png(&[chunk(b"eXIf", &tiff(b"II", 6)), chunk(b"tEXt", SECRET)], &[]);
        for length in 0..whole.len() {
            refusal(Picture::Png, &whole[..length]);
        }
        let (head, image, end) = (chunk(b"IHDR", &[8; 13]), chunk(b"IDAT", b""), chunk(b"IEND", b""));
        for (chunks, reason) in [
            (&[&image, &head, &end][..], "its head is not the first chunk"),
            (&[&chunk(b"IHDR", b""), &image, &end], "its head is not the first chunk"),
            (&[&head, &end], "there is no image in it"),
            (&[&head, &image, &chunk(b"IEND", SECRET)], "its end is not empty"),
            (&[&head, &chunk(b"CgBI", b"1234"), &image, &end], "there is a chunk in it that decoders do not know"),
        ] {
            let chunks = chunks.iter().flat_map(|chunk| chunk.iter().copied());
            let file: Vec<u8> = SIGNATURE.iter().copied().chain(chunks).collect();
            assert_eq!(refusal(Picture::Png, &file), reason);
        }
        assert_eq!(refusal(Picture::Png, &SECRET[..8]), "it does not begin like a PNG");
    }
}

mod webp {
    use super::*;

    const EXIF: u8 = 0x08;
    const XMP: u8 = 0x04;
    const KEPT_FLAGS: u8 = 0x32;

    fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let padding = &[0][..content.len() % 2];
        [kind, &(content.len() as u32).to_le_bytes()[..], content, padding].concat()
    }

    fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
        let chunks = chunks.concat();
        [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
    }

    fn extended(flags: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
        let head = chunk(b"VP8X", &[flags, 0, 0, 0, 7, 0, 0, 9, 0, 0]);
        riff(&[&[head], chunks].concat())
    }

    fn image() -> Vec<u8> {
        chunk(b"VP8L", b"pixel")
    }

    fn frame(chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"ANMF", &[&[3; 16][..], &chunks.concat()].concat())
    }

    #[test]
    fn what_makes_the_image_stays() {
        let alpha = chunk(b"ALPH", b"odd");
        for whole in [
            riff(&[image()]),
            riff(&[chunk(b"VP8 ", b"pixels")]),
            extended(KEPT_FLAGS, &[chunk(b"ICCP", b"colours"), alpha.clone(), chunk(b"VP8 ", b"pixels")]),
            extended(0x12, &[chunk(b"ANIM", &[0; 6]), frame(&[alpha, chunk(b"VP8 ", b"pixels")]), frame(&[image()])]),
        ] {
            assert_left(Picture::WebP, &whole, &whole);
            assert_eq!(rewrite(Picture::WebP, &whole).unwrap().inserted.len(), 0);
        }
    }

    #[test]
    fn everything_else_goes() {
        for (kind, flag) in [(b"XMP ", XMP), (b"EXIF", EXIF), (b"EXIF", 0), (b"junk", 0xc1)] {
            let added = [&[][..], b"1"].map(|more| chunk(kind, &[SECRET, more].concat()));
            for added in added {
                let file = extended(flag | 0x10, &[added.clone(), image(), added.clone()]);
                assert_left(Picture::WebP, &file, &extended(0x10, &[image()]));
                let file = extended(flag, &[frame(&[added.clone(), image(), added.clone()])]);
                assert_left(Picture::WebP, &file, &extended(0, &[frame(&[image()])]));
                assert_left(Picture::WebP, &riff(&[image(), added]), &riff(&[image()]));
            }
        }
        let longer = chunk(b"VP8X", &[0, 1, 2, 3, 7, 0, 0, 9, 0, 0, b's', b'e', b'c']);
        assert_left(Picture::WebP, &riff(&[longer, image()]), &extended(0, &[image()]));
        assert_left(Picture::WebP, &[&riff(&[image()])[..], SECRET].concat(), &riff(&[image()]));
    }

    #[test]
    fn of_exif_the_orientation_stays() {
        for prefix in [&b""[..], b"Exif\0\0"] {
            let exif = |tiff: &[u8]| chunk(b"EXIF", &[prefix, tiff].concat());
            for orientation in 2..=8 {
                let file = extended(EXIF | XMP, &[image(), exif(&tiff(b"II", orientation)), exif(&tiff(b"II", 3))]);
                let expected = extended(EXIF, &[image(), exif(&block(orientation as u8))]);
                assert_left(Picture::WebP, &file, &expected);
                let file = extended(0, &[image(), exif(&tiff(b"MM", orientation))]);
                assert_left(Picture::WebP, &file, &extended(0, &[image()]));
            }
            for nothing in saying_nothing() {
                let file = extended(EXIF, &[image(), exif(&nothing), exif(&tiff(b"II", 6))]);
                assert_left(Picture::WebP, &file, &extended(0, &[image()]));
            }
        }
    }

    #[test]
    fn a_byte_that_makes_a_length_even_may_be_missing_at_the_end() {
        let mut file = riff(&[image()]);
        file.pop();
        file[4] -= 1;
        assert_left(Picture::WebP, &file, &riff(&[image()]));
        let mut frames = extended(2, &[frame(&[image()])]);
        frames.pop();
        frames[4] -= 1;
        frames[34] -= 1;
        assert_left(Picture::WebP, &frames, &extended(2, &[frame(&[image()])]));
    }

    #[test]
    fn what_is_no_whole_image_is_refused() {
        let exif = chunk(b"EXIF", &tiff(b"II", 6));
        for whole in [riff(&[image()]), extended(EXIF, &[image(), exif]), extended(2, &[frame(&[image()])])] {
            for length in 0..whole.len() {
                refusal(Picture::WebP, &whole[..length]);
            }
        }
        for (file, reason) in [
            (extended(0, &[]), "there is no image in it"),
            (riff(&[chunk(b"ICCP", b""), image()]), "there is no image in it"),
            (riff(&[]), "it ends early"),
            (riff(&[chunk(b"VP8X", &[0; 8]), image()]), "it ends early"),
            (extended(2, &[frame(&[])]), "a frame has no image"),
            (extended(2, &[chunk(b"ANMF", &[0; 12])]), "it ends early"),
            ([&b"RIFF\x04\0\0\0WAVE"[..], SECRET].concat(), "it does not begin like a WebP"),
            (SECRET.to_vec(), "it does not begin like a WebP"),
        ] {
            assert_eq!(refusal(Picture::WebP, &file), reason);
        }
    }
}

#[test]
fn other_types_are_left_alone() {
    assert_eq!(Picture::of_type("image/apng"), Some(Picture::Png));
    for mime in ["image/heic", "image/avif", "image/gif", "image/tiff", "application/pdf", "video/mp4", "text/plain"] {
        assert_eq!(Picture::of_type(mime), None, "{mime}");
    }
}
