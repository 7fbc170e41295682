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
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f";
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0";
const MP3_BARE: &[u8] = b"\xff\xfa\x90\x64\0";
const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";
const TIFF: &[u8] = b"II*\0\x08\0\0\0\x0b\0\xfe\0";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
const SVG_DECLARED: &[u8] = b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg/>";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
const CSV: &[u8] = b"name,size\na,1\n";
const CSV_WITH_MARK: &[u8] = b"\xef\xbb\xbfname;size\r\na;1\r\n";
const CSV_UTF_16: &[u8] = b"\xff\xfen\0a\0m\0e\0\t\0s\0\r\0\n\0";
const CSV_LATIN: &[u8] = b"name,place\nJos\xe9,M\xfcnchen\n";
const TEXT: &[u8] = b"Just text.\n";
const NULS: &[u8] = b"text\0and more";

fn docx() -> Vec<u8> {
    [ZIP, &[0; 16], b"\x08\0\0\0word/document.xml"].concat()
}

/// The list, then names with contents that it accepts, then those that it does not.
type Case<'a> = (&'a str, &'a [(&'a str, &'a [u8])], &'a [(&'a str, &'a [u8])]);

fn check(cases: &[Case<'_>]) {
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
    check(&[
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
    check(&[(
        "image/svg+xml",
        &[("a.svg", SVG), ("a.svg", SVG_DECLARED), ("a.svg", b"\n<!DOCTYPE svg PUBLIC \"x\">\n<svg/>")],
        &[("a.svg", HTML), ("a.svg", TEXT), ("a.svg", PNG), ("a.svg", b""), ("a.xml", SVG), ("a.html", SVG)],
    )]);
}

#[test]
fn text_has_no_signature_but_looks_like_text() {
    check(&[
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
    check(&[
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
    check(&[
        ("video/mp4", &[("a.mp4", MP4), ("a.m4v", MP4)], &[("a.mp4", HEIC), ("a.mov", MOV), ("a.mp4", TEXT)]),
        ("video/quicktime", &[("a.mov", MOV), ("a.mov", MP4)], &[("a.mp4", MOV), ("a.mov", HEIC)]),
        ("audio/mp4", &[("a.m4a", M4A), ("a.m4a", MP4)], &[("a.m4a", MP3)]),
        ("audio/*", &[("a.m4a", M4A), ("a.mp3", MP3), ("a.wav", WAV)], &[("a.mov", MOV), ("a.mp3", TEXT)]),
        ("audio/mpeg", &[("a.mp3", MP3), ("a.mp3", MP3_BARE)], &[("a.mp3", WAV), ("a.wav", MP3)]),
        ("audio/mp3", &[("a.mp3", MP3)], &[]),
        ("audio/wav", &[("a.wav", WAV)], &[("a.wav", TEXT)]),
        ("video/webm", &[("a.webm", WEBM)], &[("a.webm", MP4), ("a.mkv", WEBM)]),
        ("audio/ogg", &[("a.ogg", b"OggS\0\x02"), ("a.opus", b"OggS\0\x02")], &[("a.ogg", MP3)]),
    ]);
}

#[test]
fn what_has_no_known_signature_goes_by_its_name() {
    check(&[
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
    assert_eq!(extensions(&entries("image/png,.HEIC")), ["heic", "heif", "png", "pnz"]);
    assert_eq!(extensions(&entries(".tar.gz")), ["gz"]);
    assert_eq!(extensions(&entries("")), [""; 0]);
    let images = extensions(&entries("image/*"));
    for extension in ["png", "jpg", "jpeg", "svg", "webp", "heic"] {
        assert!(images.iter().any(|known| known == extension), "{extension}");
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
