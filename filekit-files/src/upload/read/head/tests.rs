//! Heads as programs write them: one table of values that were sent, and every short name in each way of writing it.

use http::{HeaderMap, HeaderValue};

use super::*;

fn read(disposition: &str) -> Result<PartHead, FileRejection> {
    PartHead::of_fields([("Content-Disposition", disposition.as_bytes())])
}

/// The file name in a disposition that has one.
fn file_name(disposition: &str) -> String {
    let head = read(disposition).unwrap_or_else(|error| panic!("{disposition}: {error}"));
    assert_eq!(head.name, "a", "{disposition}");
    head.file_name.unwrap_or_else(|| panic!("{disposition}: no file name"))
}

fn assert_malformed(fields: &[(&str, &[u8])]) {
    let read = PartHead::of_fields(fields.iter().copied());
    assert!(matches!(read, Err(FileRejection::Malformed { .. })), "{fields:?}: {read:?}");
}

#[test]
fn names_are_read_in_every_way_of_writing_them() {
    for (disposition, expected) in [
        // As browsers do.
        (r#"form-data; name="a"; filename="b c;d=e.txt""#, "b c;d=e.txt"),
        (r#"form-data; name="a"; filename="5%22 disk.img""#, r#"5" disk.img"#),
        (r#"form-data; name="a"; filename="%22all%22;%0D%0A.txt""#, "\"all\";\r\n.txt"),
        (r#"form-data; name="a"; filename="50% off %20.txt""#, "50% off %20.txt"),
        (r#"form-data; name="a"; filename="folder\b.txt""#, r"folder\b.txt"),
        (r#"form-data; name="a"; filename="folder\""#, r"folder\"),
        (r#"form-data; name="a"; filename="""#, ""),
        // As RFC 9110 does.
        (r#"form-data; name="a"; filename="5\" disk.img""#, r#"5" disk.img"#),
        (r#"form-data; name="a"; filename="a\";b.txt""#, r#"a";b.txt"#),
        (r#"form-data; name="a"; filename="a\"; b=c.txt""#, r#"a"; b=c.txt"#),
        (r#"form-data; name="a"; filename="a\"; b=\"c\"""#, r#"a"; b="c""#),
        (r#"form-data; name="a"; filename="tail\\""#, r"tail\"),
        (r#"form-data; name="a"; filename="50%22 \"off\".txt""#, r#"50%22 "off".txt"#),
        (r#"form-data; filename="写真.png"; name="a""#, "写真.png"),
        // As those do that escape nothing.
        (r#"form-data; name="a"; filename="5" disk.img""#, r#"5" disk.img"#),
        (r#"form-data; name="a"; filename=""all".txt""#, r#""all".txt"#),
        (r#"form-data; name="a"; filename="a";b.txt""#, r#"a";b.txt"#),
        (r#"form-data; name="a"; filename="a"; b=c.txt""#, r#"a"; b=c.txt"#),
        (r#"form-data; name="a"; filename="tail\"; read-date="Sun, 1 Nov""#, r"tail\"),
        (r#"form-data; name="a"; filename="5" disk"; read-date="Sun, 1 Nov""#, r#"5" disk"#),
        (r#"form-data; filename="5" disk"; name=a"#, r#"5" disk"#),
        // Without quotes.
        ("form-data ; Name = a ; FileName = b.txt ", "b.txt"),
        ("form-data;name=a;filename=b c.txt;", "b c.txt"),
        (r#"form-data; name=a; filename="b.txt" ; ; size=5"#, "b.txt"),
        // Extended.
        ("form-data; name=a; filename*=UTF-8''%E5%86%99%20b.png", "写 b.png"),
        ("form-data; name=a; filename*=iso-8859-1'fr'caf%E9.txt", "café.txt"),
        (r#"form-data; name*=utf-8''%61; filename*="UTF-8''b.txt""#, "b.txt"),
        ("form-data; name=a; name*=utf-8''b; filename*=UTF-8''c; filename=b", "b"),
        (r#"form-data; name=a; filename="b"; filename*=KOI8-R''%C1"#, "b"),
        (r#"form-data; name=a; filename=""; filename*=UTF-8''c"#, "c"),
        (r#"form-data; name=a; filename="=?utf-8?B?5YaZLnBuZw==?="; filename*=utf-8''%E5%86%99.png"#, "写.png"),
        (r#"form-data; name=a; filename="=?utf-8?B?5YaZLnBuZw==?=""#, "=?utf-8?B?5YaZLnBuZw==?="),
    ] {
        assert_eq!(file_name(disposition), expected, "{disposition}");
    }
}

#[test]
fn names_of_controls_are_compared_as_browsers_write_them() {
    let name = |disposition: &str| read(disposition).unwrap().name;
    for id in ["photos", "5\" disk", "a\r\nb", "50%", "a%22b", "写真"] {
        let sent = name(&format!("form-data; name=\"{}\"", browser(id)));
        assert!(is_name_of(id, &sent), "{id:?} was sent as {sent:?}");
    }
    assert!(is_name_of("my photos", &name("form-data; name*=utf-8''my%20photos; filename=\"a\"")));
    assert!(!is_name_of("photos", &name("form-data; name=Photos")));
}

/// All texts of up to `length` signs, which are those that mean something in a head, and two that do not.
fn texts(length: usize) -> Vec<String> {
    let signs = ["\"", "\\", ";", "=", "%", " ", "a", "é"];
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let longer: Vec<String> =
            all[from..].iter().flat_map(|text| signs.iter().map(move |sign| format!("{text}{sign}"))).collect();
        from = all.len();
        all.extend(longer);
    }
    all
}

/// HTML standard, "multipart/form-data encoding algorithm".
fn browser(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[test]
fn what_browsers_write_comes_back_as_it_was() {
    let breaks = ["", "\r\n", "\n"];
    for text in texts(4).iter().flat_map(|text| breaks.map(|end| format!("{end}{text}"))) {
        if text.contains("\\\\") {
            // Two separators of folders in a row are one.
            continue;
        }
        assert_eq!(file_name(&format!(r#"form-data; name="a"; filename="{}""#, browser(&text))), text, "{text:?}");
    }
}

#[test]
fn what_is_escaped_by_backslashes_comes_back_as_it_was() {
    for text in texts(5) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        assert_eq!(file_name(&format!(r#"form-data; name="a"; filename="{escaped}""#)), text, "{text:?}");
    }
}

#[test]
fn what_is_not_escaped_is_never_shortened() {
    // Longer ones can be whole parameters, and are taken for them.
    for text in texts(4) {
        let read = file_name(&format!(r#"form-data; name="a"; filename="{text}""#));
        let pairs = text.replace("\\\\", "\\").replace("\\\"", "\"");
        assert!(read == text || read == pairs || read.len() >= pairs.len(), "{text:?} became {read:?}");
        let ends = [read.chars().next(), read.chars().last()];
        assert!(text.contains('\\') || ends == [text.chars().next(), text.chars().last()], "{text:?} became {read:?}");
    }
}

#[test]
fn a_disposition_whose_end_cannot_be_told_is_refused() {
    for disposition in [
        "",
        "form-data",
        "form-data; filename=a",
        "form-data; name=\"\"; filename=a",
        "attachment; name=a; filename=b",
        "form-data; name=a; name=b",
        "form-data; name=a; filename=b; filename=c",
        "form-data; name=a; filename*=UTF-8''b; FILENAME*=UTF-8''c",
        "form-data; name=a; filename=\"open",
        "form-data; name=a; filename=\"open\\\"b",
        "form-data; name=a; filename=\"b\" c",
        "form-data; name=a; filename=b\"c\"",
        "form-data; name=a; filename=b;c.txt",
        "form-data; name=a; filename",
        "form-data; name=a; =b",
        "form-data; name=a; filename*=UTF-8''%E5",
        "form-data; name=a; filename*=b.txt",
        "form-data; name=a; filename*=KOI8-R''%C1",
    ] {
        assert_malformed(&[("Content-Disposition", disposition.as_bytes())]);
    }
}

const DISPOSITION: (&str, &[u8]) = ("Content-Disposition", b"form-data; name=a; filename=b");

#[test]
fn a_head_that_two_readers_read_in_two_ways_is_refused() {
    for fields in [
        &[DISPOSITION, DISPOSITION][..],
        &[DISPOSITION, ("Content-Type", b"text/plain"), ("content-type", b"text/html")],
        &[DISPOSITION, ("--x", b"y")],
        &[DISPOSITION, ("", b"y")],
        &[DISPOSITION, (" X", b"y")],
        &[("Content-Disposition ", b"form-data; name=a")],
        &[DISPOSITION, ("X", b"\xff")],
        &[DISPOSITION, ("X", b"a\rb")],
        &[("Content-Disposition", b"form-data; name=a; filename=\"b\nc\"")],
        &[("Content-Disposition", b"form-data; name=a; filename=\"b\0c\"")],
        &[DISPOSITION, ("Content-Transfer-Encoding", b"base64")],
        &[DISPOSITION, ("Content-Transfer-Encoding", b"quoted-printable")],
        &[DISPOSITION, ("Content-Transfer-Encoding", b"binary"), ("Content-Transfer-Encoding", b"binary")],
    ] {
        assert_malformed(fields);
    }
}

#[test]
fn what_other_fields_say_does_not_matter() {
    for encoding in ["7bit", "8BIT", " binary "] {
        let fields = [DISPOSITION, ("content-transfer-encoding", encoding.as_bytes()), ("X-Other", b"a: b")];
        assert!(PartHead::of_fields(fields).is_ok(), "{encoding}");
    }
}

#[test]
fn a_part_that_holds_parts_is_told_from_a_file_of_such_a_type() {
    let mixed = ("Content-Type", &b"Multipart/Mixed; boundary=y"[..]);
    let nested = PartHead::of_fields([("Content-Disposition", &b"form-data; name=a"[..]), mixed]);
    assert!(matches!(nested, Err(FileRejection::NestedMultipart { name }) if name == "a"));
    assert!(PartHead::of_fields([DISPOSITION, ("Content-Type", b"multipart/related")]).is_ok());
}

#[test]
fn a_head_may_come_as_a_header_map() {
    let mut map = HeaderMap::new();
    let disposition = "form-data; name=\"a\"; filename=\"写真.png\"";
    map.insert("content-disposition", HeaderValue::from_bytes(disposition.as_bytes()).unwrap());
    map.insert("content-type", HeaderValue::from_static("image/png"));
    let head = PartHead::of_fields(map.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))).unwrap();
    let expected = PartHead {
        name: "a".to_owned(),
        file_name: Some("写真.png".to_owned()),
        content_type: Some("image/png".to_owned()),
    };
    assert_eq!(head, expected);
}
