//! Puts into pictures what cameras and phones write, and no program at hand does.

use filekit::image::metadata::Orientation;

use super::SECRET;

/// EXIF as of a camera: maker, orientation, the place, and a thumbnail. In this order of bytes.
pub(super) fn exif(order: &[u8; 2], orientation: Orientation) -> Vec<u8> {
    let is_big = order == b"MM";
    let short = |number: u16| if is_big { number.to_be_bytes() } else { number.to_le_bytes() };
    let long = |number: u32| if is_big { number.to_be_bytes() } else { number.to_le_bytes() };
    let entry = |tag, kind, count, value: [u8; 4]| [&short(tag)[..], &short(kind), &long(count), &value].concat();
    let [high, low] = short(orientation.to_exif().into());
    let (first, gps, second) = (8, 8 + 2 + 3 * 12 + 4, 8 + 2 * 2 + 5 * 12 + 2 * 4);
    let values = second + 2 + 2 * 12 + 4;
    let maker = SECRET.len() as u32;
    let directories = [
        &short(3)[..],
        &entry(0x010f, 2, maker, long(values)),
        &entry(0x0112, 3, 1, [high, low, 0, 0]),
        &entry(0x8825, 4, 1, long(gps)),
        &long(second),
        &short(2),
        &entry(1, 2, 2, *b"N\0\0\0"),
        &entry(2, 5, 3, long(values + maker)),
        &long(0),
        &short(2),
        &entry(0x0201, 4, 1, long(values + maker + 24)),
        &entry(0x0202, 4, 1, long(maker + 4)),
        &long(0),
    ];
    let latitude: Vec<u8> = [48, 1, 51, 1, 296, 10].into_iter().flat_map(long).collect();
    let thumbnail = [b"\xff\xd8", SECRET.as_bytes(), b"\xff\xd9"].concat();
    let bytes = [order, &short(42)[..], &long(first), &directories.concat(), SECRET.as_bytes(), &latitude, &thumbnail];
    bytes.concat()
}

pub(super) mod jpeg {
    use super::*;

    pub(in super::super) fn segment(marker: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u16::try_from(content.len() + 2).expect("a short segment");
        [&[0xff, marker][..], &length.to_be_bytes(), &content].concat()
    }

    pub(in super::super) fn exif(order: &[u8; 2], orientation: Orientation) -> Vec<u8> {
        segment(0xe1, &[b"Exif\0\0", &super::exif(order, orientation)])
    }

    /// The picture with segments behind its beginning.
    pub(in super::super) fn with(picture: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
        [&picture[..2], &segments.concat(), &picture[2..]].concat()
    }
}

pub(super) mod png {
    pub(in super::super) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let named = [kind, data].concat();
        let length = u32::try_from(data.len()).expect("a short chunk");
        [&length.to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
    }

    /// The check value of a chunk (PNG specification, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        let bit = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
        !bytes.iter().fold(u32::MAX, byte)
    }

    /// The picture with chunks behind its head.
    pub(in super::super) fn with(picture: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
        let (head, rest) = picture.split_at(8 + 25);
        [head, &chunks.concat(), rest].concat()
    }
}

pub(super) mod webp {
    pub(in super::super) fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("a short chunk");
        [kind, &length.to_le_bytes()[..], content, &[0][..content.len() % 2]].concat()
    }

    /// The picture, which is in the extended format then, with these flags more and with chunks at its end.
    pub(in super::super) fn with(picture: &[u8], flags: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
        let mut content = picture[12..].to_vec();
        if !content.starts_with(b"VP8X") {
            content = [chunk(b"VP8X", &[0, 0, 0, 0, 23, 0, 0, 15, 0, 0]), content].concat();
        }
        content[8] |= flags;
        content.extend(chunks.concat());
        let length = u32::try_from(content.len() + 4).expect("a short file");
        [b"RIFF", &length.to_le_bytes()[..], b"WEBP", &content].concat()
    }
}
