//! The format that the first bytes of a file tell, whatever the file is called.

use memchr::memmem;

use crate::types::signatures::{READABLE, SIGNATURES, Signature, WRITTEN};
use crate::types::text::is_plain;
use crate::types::{riff, sound, zip};

/// The type whose signature a file bears that begins with these bytes: of a family the one that they tell best.
pub(super) fn signature(head: &[u8]) -> Option<&'static str> {
    structured(head).filter(|found| !OF_LETTERS.contains(found) || !is_plain(head)).or_else(|| listed(head))
}

/// Tells whether a file with this signature may be read as text.
pub(super) fn is_readable(signature: &str) -> bool {
    signature.starts_with("image/x-portable-") || READABLE.contains(&signature)
}

/// What a list of bytes tells.
///
/// Some signatures consist of letters, with which a text may begin as well; but such files never consist of
/// characters alone.
fn listed(head: &[u8]) -> Option<&'static str> {
    let bears = |known: &&Signature| head.get(known.at..).is_some_and(|rest| rest.starts_with(known.bytes));
    let found = SIGNATURES.iter().find(bears)?;
    let is_of_letters = found.bytes.iter().all(|byte| matches!(byte, b'\n' | b' '..=b'~'));
    let is_certain = !is_of_letters || WRITTEN.contains(&found.mime) || !is_plain(head);
    is_certain.then_some(found.mime)
}

/// Formats found in another way than by a list, whose files may begin with letters alone.
const OF_LETTERS: &[&str] = &[
    "application/vnd.microsoft.portable-executable",
    "application/x-bzip2",
    "application/x-lzh-compressed",
    "application/x-shockwave-flash",
    "audio/aiff",
    "audio/midi",
    "audio/wav",
    "image/webp",
    "image/x-win-bitmap",
    "video/mp2t",
    "video/x-msvideo",
];

/// What takes more than comparing bytes.
fn structured(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Some(zip::content(head)),
        [b'R', b'I', b'F', b'F' | b'X', ..] | [b'R', b'F', b'6', b'4', ..] | [b'F', b'O', b'R', b'M', ..] => {
            riff::content(head)
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(of_brands(head)),
        // QuickTime before there were brands (Apple, "QuickTime File Format", "Atoms").
        [0, rest @ ..] if matches!(rest.get(3..7), Some(b"moov" | b"mdat" | b"wide" | b"pnot" | b"free" | b"skip")) => {
            Some("video/quicktime")
        }
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some(of_ebml(head)),
        [b'O', b'g', b'g', b'S', 0, ..] => Some(of_ogg(head)),
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => Some(of_asf(head)),
        [0xca, 0xfe, 0xba, 0xbe, ..] => Some(of_cafe_babe(head)),
        [b'B', b'M', ..] if is_bmp(head) => Some("image/bmp"),
        [b'M', b'Z', ..] => Some("application/vnd.microsoft.portable-executable"),
        [0, 0, kind @ (1 | 2), 0, ..] if is_icon(head) => Some(if *kind == 1 { ICON } else { "image/x-win-bitmap" }),
        [b'F' | b'C' | b'Z', b'W', b'S', 1..=60, ..] => Some("application/x-shockwave-flash"),
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Some("application/x-bzip2"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, ..] => Some("application/x-bzip2"),
        [0x60, 0xea, _, 0..=0x0a, ..] => Some("application/x-arj"),
        [_, _, b'-', b'l', b'h' | b'z', _, b'-', ..] => Some("application/x-lzh-compressed"),
        [b'P', b'1'..=b'6', after, ..] if after.is_ascii_whitespace() => of_netpbm(head),
        [0x0a, 0..=5, 0 | 1, 1 | 2 | 4 | 8, ..] => Some("image/x-pcx"),
        _ if is_cpio(head) => Some("application/x-cpio"),
        _ if is_pdf(head) => Some("application/pdf"),
        _ if is_tar(head) => Some("application/x-tar"),
        _ if is_transport_stream(head) => Some("video/mp2t"),
        _ if head.get(34..36) == Some(b"LP") && matches!(head[8..12], [_, 0, 1 | 2, 0]) => {
            Some("application/vnd.ms-fontobject")
        }
        _ => sound::content(head),
    }
}

const ICON: &str = "image/vnd.microsoft.icon";

/// `%PDF-` and a version at the beginning, behind a byte order mark, blank lines or words to a printer at most. (Readers look
/// for it in the first 1,024 bytes: ISO 32000-1, annex H, note 13. But a text may speak of it anywhere.)
fn is_pdf(head: &[u8]) -> bool {
    let rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let is_printed = || head.starts_with(b"\x1b%-12345X") && is_pdf_behind_something(head);
    matches!(rest, [b'%', b'P', b'D', b'F', b'-', b'0'..=b'9', b'.', ..]) || is_printed()
}

/// Tells whether a line among the first 1,024 bytes begins with `%PDF-`, which is enough if the name says PDF.
pub(super) fn is_pdf_behind_something(head: &[u8]) -> bool {
    let beginning = &head[..head.len().min(1024)];
    memmem::find_iter(beginning, b"%PDF-").any(|at| at > 0 && matches!(head[at - 1], b'\n' | b'\r' | 0))
}

/// The brands of an ISO base media file (ISO/IEC 14496-12, section 4.3).
fn of_brands(head: &[u8]) -> &'static str {
    let length = head.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let end = length.clamp(12, 256).min(head.len());
    let brands = || head.get(8..end).unwrap_or_default().chunks_exact(4);
    let has = |names: &[&[u8; 4]]| brands().any(|brand| names.iter().any(|name| brand == *name));
    let major = brands().next().unwrap_or_default();
    match major {
        b"M4A " | b"M4B " | b"M4P " => "audio/mp4",
        b"qt  " => "video/quicktime",
        b"crx " => "image/x-canon-cr3",
        b"jp2 " | b"jpx " | b"jpm " => "image/jp2",
        [b'3', b'g', b'2', _] => "video/3gpp2",
        [b'3', b'g', ..] => "video/3gpp",
        _ if has(&[b"avif", b"avis"]) => "image/avif",
        _ if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"]) => {
            "image/heic"
        }
        _ => "video/mp4",
    }
}

/// Matroska, or WebM, which is a part of it: the type stands in the head (RFC 8794, section 11.2.6), the codecs of the
/// tracks soon after (RFC 9559, section 5.1.4.1.21).
fn of_ebml(head: &[u8]) -> &'static str {
    let has = |text: &[u8]| memmem::find(head, text).is_some();
    let is_webm = memmem::find(&head[..head.len().min(64)], b"webm").is_some();
    let is_sound = has(b"A_") && !has(b"V_");
    match (is_webm, is_sound) {
        (true, false) => "video/webm",
        (true, true) => "audio/webm",
        (false, false) => "video/x-matroska",
        (false, true) => "audio/x-matroska",
    }
}

/// Ogg: the first page of each stream begins with the name of its codec (RFC 5334, section 4), and all of them come first.
fn of_ogg(head: &[u8]) -> &'static str {
    let has = |text: &[u8]| memmem::find(head, text).is_some();
    let is_film = has(b"\x80theora") || has(b"BBCD\0") || has(b"OVP80") || has(b"\x01video\0\0\0");
    if is_film { "video/ogg" } else { "audio/ogg" }
}

/// A stream of pictures has this type (Advanced Systems Format, section 10.4), in the byte order of the file.
fn of_asf(head: &[u8]) -> &'static str {
    const VIDEO: &[u8] = b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
    const AUDIO: &[u8] = b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
    let has = |stream: &[u8]| memmem::find(head, stream).is_some();
    if has(AUDIO) && !has(VIDEO) { "audio/x-ms-wma" } else { "video/x-ms-wmv" }
}

/// A class of Java has a version from 45 on where a Mach-O file has the number of its architectures.
fn of_cafe_babe(head: &[u8]) -> &'static str {
    match head.get(4..8) {
        Some([0, 0, 0, 0..=44]) => "application/x-mach-binary",
        _ => "application/java-vm",
    }
}

/// Nothing in what is reserved, and a second head of one of the sizes that there are, if it is there already.
fn is_bmp(head: &[u8]) -> bool {
    let is_size = |size: &[u8]| matches!(size, [12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]);
    head.get(6..10) == Some(&[0; 4]) && head.get(14..18).is_none_or(is_size)
}

/// At least one picture; the first is described as all are, if it is there already.
fn is_icon(head: &[u8]) -> bool {
    let has_pictures = matches!(head, [_, _, _, _, 1..=255, 0, ..]);
    has_pictures && head.get(9).is_none_or(|reserved| *reserved == 0)
}

fn of_netpbm(head: &[u8]) -> Option<&'static str> {
    let is_number = |word: &&[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let line =
        head.split(|byte| *byte == b'\n').skip(usize::from(head[2] == b'\n')).find(|line| !line.starts_with(b"#"));
    let words = line?.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
    words.filter(|word| *word != &head[..2]).take(1).find(is_number)?;
    Some(match head[1] {
        b'1' | b'4' => "image/x-portable-bitmap",
        b'2' | b'5' => "image/x-portable-graymap",
        _ => "image/x-portable-pixmap",
    })
}

/// The first head of an archive: its sum is right (POSIX, `pax`, "ustar Interchange Format"), also in what was written
/// before there was a signature.
fn is_tar(head: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.first_chunk::<512>() else { return false };
    let digits = header[SUM].trim_ascii_start();
    let end = digits.iter().position(|digit| !matches!(digit, b'0'..=b'7')).unwrap_or(digits.len());
    let said = std::str::from_utf8(&digits[..end]).ok().and_then(|text| u32::from_str_radix(text, 8).ok());
    let summed = header.iter().enumerate().map(|(at, byte)| if SUM.contains(&at) { 32 } else { u32::from(*byte) });
    header[0] != 0 && said == Some(summed.sum())
}

/// The head of an entry (`cpio(5)` of libarchive): of digits alone behind the first six, or of numbers, of
/// which the one for the length of the name is small.
fn is_cpio(head: &[u8]) -> bool {
    let has_digits =
        |count: usize| head.get(6..6 + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    match head {
        [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] => has_digits(104),
        [b'0', b'7', b'0', b'7', b'0', b'7', ..] => has_digits(70),
        [0xc7, 0x71, ..] => matches!(head.get(20..22), Some([1..=255, 0..=3])),
        [0x71, 0xc7, ..] => matches!(head.get(20..22), Some([0..=3, 1..=255])),
        _ => false,
    }
}

/// Packets of 188 bytes (ISO/IEC 13818-1, section 2.4.3.2), each behind four bytes of time in what cameras write.
fn is_transport_stream(head: &[u8]) -> bool {
    let repeats = |first: usize, size: usize| {
        head.len() > first + size && head[first..].iter().step_by(size).take(5).all(|byte| *byte == 0x47)
    };
    repeats(0, 188) || repeats(4, 192)
}
