//! Pairs of right and wrong names and contents.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0";
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0";
const ELF: &[u8] = &{
    let mut head = [0; 64];
    [head[0], head[1], head[2], head[3]] = *b"\x7fELF";
    head
};
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const HEIC_OF_OTHERS: &[u8] = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix";
const AVIF: &[u8] = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2";
const M4A: &[u8] = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42";
const MOV: &[u8] = b"\0\0\0\x14ftypqt  \0\0\0\0qt  ";
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm";
const MKV: &[u8] = b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska";
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0";
const MP3_BARE: &[u8] = b"\xff\xfa\x90\x64\0";
const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";
const TIFF: &[u8] = b"II*\0\x08\0\0\0\x0b\0\xfe\0";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
const SVG_DECLARED: &[u8] = b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg/>";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
const CSV: &[u8] = b"name,size\na,1\n";
const CSV_WITH_MARK: &[u8] = b"\xef\xbb\xbfname;size\r\na;1\r\n";
const CSV_UTF_16: &[u8] = b"\xff\xfen\0a\0m\0e\0\t\0s\0\r\0\n\0";
const CSV_LATIN: &[u8] = b"name,place\nJos\xe9,M\xfcnchen\n";
const TEXT: &[u8] = b"Just text.\n";
const NULS: &[u8] = b"text\0and\0more\0";

fn docx() -> Vec<u8> {
    [ZIP, &[0; 20], b"[Content_Types].xml", ZIP, &[0; 20], b"word/document.xml"].concat()
}

/// The list, then names with contents that it accepts, then those that it does not.
type Case<'a> = (&'a str, &'a [(&'a str, &'a [u8])], &'a [(&'a str, &'a [u8])]);

fn accepts(entries: &[String], name: &str, content: &[u8]) -> bool {
    check(entries, name, content).is_ok()
}

fn check_all(cases: &[Case<'_>]) {
    for (list, right, wrong) in cases {
        let entries = entries(list);
        for (name, content) in *right {
            assert!(accepts(&entries, name, content), "{list} accepts {name}: {}", content.escape_ascii());
        }
        for (name, content) in *wrong {
            assert!(!accepts(&entries, name, content), "{list} refuses {name}: {}", content.escape_ascii());
        }
    }
}

#[test]
fn images_bear_their_signature_and_their_name() {
    check_all(&[
        (
            "image/png",
            &[("a.png", PNG), ("A.PNG", PNG), ("a.jpg.png", PNG), ("photo", PNG)],
            &[
                ("a.txt", PNG),
                ("a.png.txt", PNG),
                ("a.png.html", PNG),
                ("a.png", TEXT),
                ("a.png", JPEG),
                ("a.png", HTML),
                ("a.png", b""),
                ("a.png", EXE),
                ("a.jpg", JPEG),
                ("photo", JPEG),
                ("photo", TEXT),
                ("a.unheard-of", PNG),
            ],
        ),
        (
            "image/jpeg",
            &[("a.jpg", JPEG), ("a.JPEG", JPEG), ("a.jpe", JPEG), ("a.jfif", JPEG)],
            &[("a.jpg.html", JPEG), ("a.jpg", PNG), ("a.png", JPEG)],
        ),
        ("image/jpg", &[("a.jpg", JPEG)], &[("a.png", PNG)]),
        ("image/pjpeg", &[("a.jpeg", JPEG)], &[("a.jpeg", GIF)]),
        (".jpg", &[("a.jpg", JPEG), ("a.jpeg", JPEG)], &[("a.png", JPEG), ("jpg", JPEG), (".jpg", JPEG), ("a", JPEG)]),
        (
            "image/*",
            &[("a.png", PNG), ("a.gif", GIF), ("a.heic", HEIC), ("a.svg", SVG), ("a.tiff", TIFF), ("a.dng", TIFF)],
            &[("a.png", TEXT), ("a.tga", TEXT), ("a.mp4", MP4), ("a.pdf", PDF), ("a.txt", PNG), ("a", TEXT)],
        ),
        (
            "image/heic",
            &[("a.heic", HEIC), ("a.HEIC", HEIC_OF_OTHERS), ("a.heif", HEIC)],
            &[("a.heic", MP4), ("a.heic", JPEG), ("a.heic", AVIF), ("a.mov", HEIC)],
        ),
        (".heic", &[("a.heic", HEIC)], &[("a.heic", JPEG), ("a.jpg", JPEG)]),
        ("image/avif", &[("a.avif", AVIF)], &[("a.avif", MP4), ("a.avif", HEIC)]),
        ("image/x-icon", &[("a.ico", b"\0\0\x01\0\x01\0")], &[("a.ico", PNG)]),
    ]);
}

#[test]
fn vector_images_are_markup() {
    check_all(&[(
        "image/svg+xml",
        &[("a.svg", SVG), ("a.svg", SVG_DECLARED), ("a.svg", b"\n<!DOCTYPE svg PUBLIC \"x\">\n<svg/>")],
        &[("a.svg", HTML), ("a.svg", TEXT), ("a.svg", PNG), ("a.svg", b""), ("a.xml", SVG), ("a.html", SVG)],
    )]);
}

#[test]
fn text_has_no_signature_but_looks_like_text() {
    check_all(&[
        (
            "text/plain",
            &[
                ("a.txt", TEXT),
                ("a.txt", b""),
                ("README", TEXT),
                ("a.log", TEXT),
                ("a.txt", HTML),
                ("a.txt", CSV_LATIN),
            ],
            &[
                ("a.txt", PNG),
                ("a.txt", NULS),
                ("a.txt", PDF),
                ("a.txt", b"{\\rtf1 x}"),
                ("a.txt", EXE),
                ("a.csv", CSV),
                ("a.html", HTML),
                ("a.txt", b"\xff\xfe\0\0a\0\0\0"),
            ],
        ),
        (
            "text/csv",
            &[
                ("a.csv", CSV),
                ("a.CSV", CSV_WITH_MARK),
                ("a.csv", CSV_UTF_16),
                ("a.csv", CSV_LATIN),
                ("a.csv", b""),
                ("a.csv", b"BMI,weight\n"),
                ("a.csv", b"MZ;GIF;ID3\n"),
            ],
            &[("a.csv", OLE), ("a.csv", ZIP), ("a.csv", NULS), ("a.txt", CSV), ("a.xls", CSV), ("a.csv", PNG)],
        ),
        (".csv", &[("a.csv", CSV), ("a.csv", CSV_LATIN)], &[("a.csv", OLE), ("a.csv.exe", CSV)]),
        (
            "application/vnd.ms-excel",
            &[("a.csv", CSV), ("a.xls", OLE)],
            &[("a.csv", OLE), ("a.xls", CSV), ("a.xlsx", ZIP)],
        ),
        ("application/csv", &[("a.csv", CSV)], &[("a.tsv", CSV)]),
        ("text/*", &[("a.txt", TEXT), ("a.csv", CSV), ("a.html", HTML), ("a.md", TEXT)], &[("a.png", TEXT)]),
        ("application/json", &[("a.json", b"{}")], &[("a.json", PNG), ("a.json", b"\xff\xd8\xff\xe0")]),
        ("application/xml", &[("a.xml", SVG_DECLARED)], &[("a.xml", TEXT), ("a.xml", HTML)]),
        ("text/typescript, video/mp4", &[("a.ts", TEXT)], &[("a.mp4", TEXT)]),
        ("video/*", &[("a.mp4", MP4)], &[("a.ts", TEXT)]),
        (".yml", &[("a.yml", TEXT), ("a.yaml", TEXT)], &[("a.yml", PNG)]),
    ]);
}

#[test]
fn documents_may_be_containers() {
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let docx = docx();
    check_all(&[
        ("application/pdf", &[("a.pdf", PDF)], &[("a.pdf", TEXT), ("a.pdf", ZIP), ("a.txt", PDF), ("a.pdf.exe", EXE)]),
        (
            DOCX,
            // One with a password is wrapped up in the older format.
            &[("a.docx", &docx), ("a.docx", ZIP), ("a.docx", OLE)],
            &[("a.docx", TEXT), ("a.docx", PDF), ("a.doc", &docx), ("a.zip", ZIP), ("a.docx", PNG)],
        ),
        (".xlsx", &[("a.xlsx", ZIP)], &[("a.xlsx", &docx), ("a.xlsx", CSV)]),
        (
            "application/msword",
            &[("a.doc", OLE)],
            &[("a.doc", ZIP), ("a.docx", &docx), ("a.xls", OLE), ("a.doc", TEXT)],
        ),
        (".msg", &[("a.msg", OLE)], &[("a.msg", EXE)]),
        ("application/zip", &[("a.zip", ZIP), ("a.zip", &docx)], &[("a.docx", &docx), ("a.zip", TEXT), ("a.zip", b"")]),
        ("application/x-zip-compressed", &[("a.zip", ZIP)], &[]),
        (".tar.gz", &[("a.tar.gz", b"\x1f\x8b\x08\0")], &[("a.gz", b"\x1f\x8b\x08\0"), ("a.tar.gz", TEXT)]),
        ("application/rtf", &[("a.rtf", b"{\\rtf1 x}")], &[("a.rtf", TEXT)]),
        ("application/postscript", &[("a.ai", PDF), ("a.eps", b"%!PS-Adobe")], &[("a.ai", TEXT)]),
    ]);
}

#[test]
fn sound_and_films_go_by_families() {
    check_all(&[
        ("video/mp4", &[("a.mp4", MP4), ("a.m4v", MP4)], &[("a.mp4", HEIC), ("a.mov", MOV), ("a.mp4", TEXT)]),
        ("video/quicktime", &[("a.mov", MOV), ("a.mov", MP4)], &[("a.mp4", MOV), ("a.mov", HEIC)]),
        ("audio/mp4", &[("a.m4a", M4A), ("a.m4a", MP4)], &[("a.m4a", MP3)]),
        ("audio/*", &[("a.m4a", M4A), ("a.mp3", MP3), ("a.wav", WAV)], &[("a.mov", MOV), ("a.mp3", TEXT)]),
        ("audio/mpeg", &[("a.mp3", MP3), ("a.mp3", MP3_BARE)], &[("a.mp3", WAV), ("a.wav", MP3)]),
        ("audio/mp3", &[("a.mp3", MP3)], &[]),
        ("audio/wav", &[("a.wav", WAV)], &[("a.wav", TEXT)]),
        ("video/webm", &[("a.webm", WEBM), ("a.webm", MKV)], &[("a.webm", MP4), ("a.mkv", WEBM)]),
        ("audio/ogg", &[("a.ogg", b"OggS\0\x02"), ("a.opus", b"OggS\0\x02")], &[("a.ogg", MP3)]),
    ]);
}

#[test]
fn what_has_no_known_signature_goes_by_its_name() {
    check_all(&[
        (".step", &[("a.step", TEXT), ("a.step", b"\x01\x02\x03")], &[("a.stp", TEXT), ("a.step", EXE)]),
        (".unheard-of", &[("a.unheard-of", b"\x01\x02"), ("a.unheard-of", TEXT)], &[("a.heard-of", TEXT)]),
        (".sketch", &[("a.sketch", ZIP)], &[]),
        ("application/octet-stream", &[("a.bin", b"\x01\x02"), ("a.bin", PNG)], &[("a.png", PNG)]),
    ]);
}

#[test]
fn programs_in_disguise_are_refused() {
    for name in ["a.png", "a.pdf", "a.docx", "a.txt", "a.csv", "a.mp4", "a.svg", "a.step", "a"] {
        for content in [EXE, ELF] {
            for list in ["image/*,text/*,application/pdf,video/*,.docx,.step", "image/png,.txt,.csv"] {
                assert!(!accepts(&entries(list), name, content), "{name}");
            }
        }
    }
}

#[test]
fn lists_are_read_as_html_has_them() {
    assert_eq!(
        entries(" image/PNG ,.Heic,, text/plain;charset=utf-8"),
        ["image/png", ".heic", "text/plain;charset=utf-8"]
    );
    assert!(accepts(&entries(""), "a.exe", EXE), "no list accepts everything");
    assert!(accepts(&entries("image/png, */*"), "a.exe", EXE));
    assert!(accepts(&entries("text/plain;charset=utf-8"), "a.txt", TEXT));
    for nothing in ["png", "/", "image/", "/png", ".", "*", "./a"] {
        assert!(!accepts(&entries(nothing), "a.png", PNG), "{nothing:?} accepts nothing");
    }
}

#[test]
fn extensions_are_those_of_all_entries() {
    assert_eq!(extensions(&entries("image/png,.HEIC")), ["heic", "heif", "png"]);
    assert_eq!(extensions(&entries(".tar.gz")), ["tar.gz"]);
    assert_eq!(extensions(&entries("")), [""; 0]);
    let images = entries("image/*");
    let images = extensions(&images);
    for extension in ["png", "jpg", "jpeg", "svg", "webp", "heic"] {
        assert!(images.contains(&extension), "{extension}");
    }
}

#[test]
fn a_list_for_people_names_types_as_they_do() {
    for (list, expected) in [
        ("image/png,image/jpeg,.heic,application/pdf", "PNG, JPEG, HEIC, PDF"),
        ("image/jpeg,.jpeg,.tar.gz", "JPEG, TAR.GZ"),
        ("text/plain,text/csv,image/svg+xml,audio/mpeg,application/msword", "TXT, CSV, SVG, MP3, DOC"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"),
        ("image/*,video/*,font/*", "images, videos, font/*"),
        ("application/x-of-no-extension", "application/x-of-no-extension"),
        ("", ""),
    ] {
        assert_eq!(words(&entries(list), &Texts::english()), expected);
    }
}

/// Text, in a name that Encoding knows it by.
const OLDER: &[(&str, &[u8])] = &[
    ("Shift_JIS", b"\x93\xfa\x96{,\x93\x8c\x8b\x9e\r\n"),
    ("Shift_JIS, narrow", b"\xba\xb0\xcb\xb0,120\r\n"),
    ("EUC-JP", b"\xc6\xfc\xcb\xdc,\xc5\xec\xb5\xfe\n"),
    ("ISO-2022-JP", b"\x1b$BF|K\\\x1b(B,1\n"),
    ("GBK", b"\xd6\xd0\xb9\xfa,\xb1\xb1\xbe\xa9\n"),
    ("Big5", b"\xbbO\xc6W,\xa5x\xa5_\n"),
    ("CP949", b"\xc7\xd1\xb1\xb9,\xbc\xad\xbf\xef\n"),
    ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2;\xec\xe8\xf0\n"),
    ("KOI8-R", b"\xf0\xd2\xc9\xd7\xc5\xd4;\xcd\xc9\xd2\n"),
    ("windows-1253", b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1;\xea\xfc\xf3\xec\xe5\n"),
    ("windows-1255", b"\xf9\xec\xe5\xed,\xf2\xe5\xec\xed\n"),
    ("windows-1256", b"\xe3\xd1\xcd\xc8\xc7,\xc7\xe1\xda\xc7\xe1\xe3\n"),
    ("TIS-620", b"\xca\xc7\xd1\xca\xb4\xd5,\xe2\xc5\xa1\n"),
    ("UTF-16LE without a mark", b"n\0a\0m\0e\0,\0s\0\r\0\n\0"),
    ("UTF-16BE without a mark", b"\0n\0a\0m\0e\0,\0s\0\r\0\n"),
    ("UTF-16LE of Japanese", b"\xe5\x65\x2c\x67,\0\xe5\x65\x2c\x67\r\0\n\0"),
    ("a single NUL", b"name,size\na,\0\nb,2\n"),
    ("a final Ctrl-Z", b"name,size\r\na,1\r\n\x1a"),
    ("Ctrl-Z behind Shift_JIS", b"\x93\xfa\x96{,1\r\n\x1a"),
    ("NULs in front", b"\0\0\0\0\0\0\0\0\0\0\0\0[2026-01-01] started\n"),
    ("SWIFT", b"\x01{1:F01BANKBEBBAXXX0000000000}{2:I103BANKDEFFXXXXN}{4:\r\n:20:1\r\n-}\x03"),
    ("FIX", b"8=FIX.4.2\x019=65\x0135=A\x0149=SERVER\x0156=CLIENT\x0134=177\x0110=062\x01"),
    ("HL7 over MLLP", b"\x0bMSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.3\r\x1c\r"),
    ("a terminal", b"\x1b[32mok\x1b[0m 10 %\x08\x08\x08\x0820 %\x07\n"),
    ("a head of UTF-8 that is cut", b"name,place\nA,M\xc3"),
];

#[test]
fn a_text_may_be_in_any_encoding() {
    for (encoding, text) in OLDER {
        for (list, name) in [(".csv", "a.csv"), ("text/plain", "a.log"), ("text/*", "a.txt"), ("text/html", "a.htm")] {
            assert!(accepts(&entries(list), name, text), "{list} accepts {name} in {encoding}");
        }
    }
    for (encoding, text) in [
        ("windows-1251", &b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xcf\xf0\xe8\xe2\xe5\xf2</a>"[..]),
        ("Shift_JIS", b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x93\xfa\x96{</a>"),
        ("UTF-16 without a mark", b"<\0?\0x\0m\0l\0 \0v\0e\0r\0s\0i\0o\0n\0"),
    ] {
        assert!(accepts(&entries("application/xml"), "a.xml", text), "XML in {encoding}");
        assert!(accepts(&entries("image/svg+xml"), "a.svg", text), "SVG in {encoding}");
    }
}

#[test]
fn what_is_no_text_in_any_encoding_is_refused_as_text() {
    let mut random = 0x9e37_79b9_u32;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random.to_le_bytes()[1]
    };
    for size in [256, 300, 1_000, 4_096] {
        for _ in 0..100 {
            let noise: Vec<u8> = (0..size).map(|_| next()).collect();
            assert!(!accepts(&entries(".csv"), "a.csv", &noise), "{}", noise.escape_ascii());
        }
    }
    let numbers: Vec<u8> = (0..512_u16).flat_map(u16::to_le_bytes).collect();
    let floats: Vec<u8> = (0..512_u16).flat_map(|number| f32::from(number).to_le_bytes()).collect();
    let tone: Vec<u8> = (0..4_096_u16).map(|at| if at / 50 % 2 == 0 { 0x80 } else { 0x7f }).collect();
    for content in
        [&numbers[..], &floats, &tone, &[0; 4_096], &[0xff; 4_096], &[1, 2, 3, 4], b"\x01\x02", b"\0\x01", b"\x01\xe9"]
    {
        assert!(!accepts(&entries(".csv"), "a.csv", content), "{}", content.escape_ascii());
    }
}

#[test]
fn a_text_that_speaks_of_a_format_is_a_text() {
    for text in [
        &b"# Notes\n\nA document begins with %PDF-1.7 and ends with %%EOF.\n"[..],
        b"name,begins\nPDF,%PDF-1.4\n",
        b"first line\n%PDF-1.4\n",
        b"MZ is a name\nRIFF\n",
        b"OggS is written at the beginning",
        b"BM;1\n",
        b"MAC \xe9t\xe9\n",
    ] {
        for (list, name) in
            [("text/markdown", "a.md"), (".csv", "a.csv"), (".json", "a.json"), (".py", "a.py"), (".eml", "a.eml")]
        {
            assert!(accepts(&entries(list), name, text), "{list} accepts {name}: {}", text.escape_ascii());
        }
        assert!(!accepts(&entries(".pdf"), "a.pdf", text) || text.starts_with(b"first"), "{}", text.escape_ascii());
    }
    for pdf in
        [&b"\xef\xbb\xbf%PDF-1.4\n"[..], b"\r\n%PDF-1.4\n", b"\n\n %PDF-2.0", b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n"]
    {
        assert!(accepts(&entries("application/pdf"), "a.pdf", pdf), "{}", pdf.escape_ascii());
    }
}

#[test]
fn a_file_that_is_welcome_as_what_it_is_gets_the_right_extension() {
    for (list, name, content, right) in [
        ("image/*", "IMG_1.HEIC", JPEG, Some("jpg")),
        ("image/*", "photo.jpg", WEBP, Some("webp")),
        ("image/jpeg,image/webp", "photo.jpg", WEBP, Some("webp")),
        (".jpg,.webp", "photo.jpeg", WEBP, Some("webp")),
        ("image/jpeg, .webp", "photo.jpg", WEBP, Some("webp")),
        ("video/*", "film.mp4", WEBM, Some("webm")),
        ("video/*", "film.mp4", MOV, None),
        ("image/*", "photo.jpg", JPEG, None),
        ("image/*", "photo", WEBP, None),
        ("", "photo.jpg", WEBP, None),
    ] {
        let found = check(&entries(list), name, content);
        assert_eq!(found, Ok(right), "{list} {name} {}", content.escape_ascii());
    }
}

#[test]
fn a_file_that_is_not_welcome_as_what_it_is_is_called_that() {
    let is = |word: &str| Some(Mismatch::OtherFormat(word.to_owned()));
    for (list, name, content, mismatch) in [
        ("image/jpeg", "photo.jpg", WEBP, is("WEBP")),
        (".heic", "IMG_1.HEIC", JPEG, is("JPEG")),
        ("image/*", "a.png", TEXT, is("TXT")),
        ("image/*", "a.png", HTML, is("HTML")),
        ("image/*", "notes.txt", PNG, is("PNG")),
        ("image/*", "notes.txt", TEXT, None),
        ("image/*", "a.unheard-of", PNG, None),
    ] {
        let refused = check(&entries(list), name, content).map_err(Refusal::mismatch);
        assert_eq!(refused, Err(mismatch), "{list} {name} {}", content.escape_ascii());
    }
}

#[test]
fn of_a_file_that_is_welcome_by_its_name_it_is_told_what_its_content_lacks() {
    let no = |word: &str| Some(Mismatch::NoSuchFormat(word.to_owned()));
    for (list, name, content, mismatch) in [
        ("image/*", "a.png", &b""[..], Some(Mismatch::Empty)),
        ("image/*", "a", b"", Some(Mismatch::Empty)),
        ("image/*", "a.txt", b"\0\x01", None),
        ("image/*", "a.exe", b"", None),
        ("image/*", "a.jpg", b"\0\x01", no("JPEG")),
        (".png", "a.PNG", b"\0\x01", no("PNG")),
        ("image/*", "a", b"\0\x01", None),
        ("text/plain", "a.log", b"\0\x01", Some(Mismatch::NotText)),
        (".txt", "a.txt", b"\0\x01", Some(Mismatch::NotText)),
        (".xml", "a.xml", b"\0\x01", no("XML")),
        (".docx", "a.docx", b"\0\x01", no("DOCX")),
    ] {
        let refused = check(&entries(list), name, content).map_err(Refusal::mismatch);
        assert_eq!(refused, Err(mismatch), "{list} {name} {}", content.escape_ascii());
    }
}

#[test]
fn a_page_lists_what_people_mean() {
    assert_eq!(extensions(&entries("text/plain")), ["log", "text", "txt"]);
    assert_eq!(extensions(&entries("image/png")), ["png"]);
    assert_eq!(extensions(&entries("image/jpeg")), ["jfif", "jpe", "jpeg", "jpg"]);
    for (list, bytes) in
        [("image/*", 450), ("audio/*", 300), ("video/*", 200), ("text/*", 650), ("font/*", 60), ("application/pdf", 20)]
    {
        let written = serde_json::to_string(&extensions(&entries(list))).unwrap();
        assert!(written.len() <= bytes, "{list} takes {} bytes: {written}", written.len());
    }
    for hidden in ["cmd", "reg", "vbproj", "tlh"] {
        assert!(!extensions(&entries("text/*")).contains(&hidden), "{hidden}");
    }
}
