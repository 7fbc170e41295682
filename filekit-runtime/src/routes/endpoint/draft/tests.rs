//! What the draft asks of an endpoint, clause by clause, without a server.

use super::*;

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn creation_of(fields: &[(&str, &str)]) -> Result<Creation, EndpointRefusal> {
    creation(&headers(fields))
}

fn append_of(interop: Interop, fields: &[(&str, &str)]) -> Result<Append, EndpointRefusal> {
    let kind = [("content-type", MEDIA_TYPE)];
    append(interop, &headers(&[&kind, fields].concat()))
}

#[test]
fn the_length_is_told_or_counted() {
    for (fields, length, is_last) in [
        (&[(COMPLETE, "?1"), ("content-length", "5")][..], Some(5), true),
        (&[(COMPLETE, "?1"), ("content-length", "5"), (LENGTH, "5")], Some(5), true),
        (&[(COMPLETE, "?0"), ("content-length", "5"), (LENGTH, "9")], Some(9), false),
        (&[(COMPLETE, "?0"), ("content-length", "5")], None, false),
        (&[(COMPLETE, "?1")], None, true),
        (&[(COMPLETE, "?0"), (LENGTH, "-1")], None, false),
    ] {
        let creation = creation_of(fields).unwrap();
        assert_eq!((creation.length, creation.content.unwrap().is_last), (length, is_last), "{fields:?}");
    }
    let twofold = creation_of(&[(COMPLETE, "?1"), ("content-length", "5"), (LENGTH, "6")]);
    assert!(matches!(twofold, Err(EndpointRefusal::InconsistentLength)));
    assert!(matches!(creation_of(&[(COMPLETE, "yes")]), Err(EndpointRefusal::Malformed(_))));
}

#[test]
fn a_file_is_named_as_in_an_answer() {
    let fields =
        [(COMPLETE, "?1"), ("content-type", "image/png"), ("content-disposition", "inline; filename=\"a.png\"")];
    let file = creation_of(&fields).unwrap().file;
    assert_eq!((file.name.as_deref(), file.mime.as_deref()), (Some("a.png"), Some("image/png")));
    // tus-js-client.
    let fields = [
        (COMPLETE, "?0"),
        ("content-type", MEDIA_TYPE),
        ("upload-metadata", "filename YS5wbmc=,filetype aW1hZ2UvcG5n"),
    ];
    let file = creation_of(&fields).unwrap().file;
    assert_eq!((file.name.as_deref(), file.mime.as_deref()), (Some("a.png"), Some("image/png")));
    assert_eq!(creation_of(&[(COMPLETE, "?1")]).unwrap().file, ClaimedFile::default());
}

#[test]
fn a_form_is_no_file() {
    let fields = [(COMPLETE, "?0"), ("content-type", "multipart/form-data; boundary=x")];
    assert!(matches!(creation_of(&fields), Err(EndpointRefusal::WrongMediaType(_))));
}

#[test]
fn bytes_are_added_where_the_others_end() {
    let added = append_of(Interop::Eight, &[(OFFSET, "70"), (COMPLETE, "?1"), ("content-length", "30")]).unwrap();
    assert_eq!((added.offset, added.length, added.content.is_last), (70, Some(100), true));
    let fields = [(OFFSET, "70"), (COMPLETE, "?1"), ("content-length", "30"), (LENGTH, "101")];
    assert!(matches!(append_of(Interop::Eight, &fields), Err(EndpointRefusal::InconsistentLength)));
    for fields in [
        &[(COMPLETE, "?1")][..],
        &[(OFFSET, "-1"), (COMPLETE, "?1")],
        &[(OFFSET, "1"), (OFFSET, "1"), (COMPLETE, "?1")],
    ] {
        assert!(matches!(append_of(Interop::Eight, fields), Err(EndpointRefusal::Malformed(_))), "{fields:?}");
    }
    let kind = headers(&[("content-type", "application/octet-stream"), (OFFSET, "0"), (COMPLETE, "?1")]);
    assert!(matches!(append(Interop::Eight, &kind), Err(EndpointRefusal::WrongMediaType(MEDIA_TYPE))));
}

#[test]
fn the_versions_differ_in_what_may_be_missing() {
    assert!(!append_of(Interop::Six, &[(OFFSET, "1")]).unwrap().content.is_last);
    assert!(matches!(append_of(Interop::Eight, &[(OFFSET, "1")]), Err(EndpointRefusal::Malformed(_))));
    let with_offset = headers(&[(OFFSET, "1")]);
    for method in [Method::HEAD, Method::DELETE] {
        assert!(read(Interop::Eight, &method, &with_offset, true).is_ok(), "{method}");
        assert!(
            matches!(read(Interop::Six, &method, &with_offset, true), Err(EndpointRefusal::Malformed(_))),
            "{method}"
        );
    }
}

#[test]
fn other_versions_bring_whole_files_at_most() {
    for (version, complete, expected) in [
        ("8", "?0", Some(Interop::Eight)),
        ("6", "?1", Some(Interop::Six)),
        ("5", "?1", Some(Interop::Eight)),
        ("5", "?0", None),
        ("x", "?0", Some(Interop::Eight)),
    ] {
        let found = Interop::of(&headers(&[(INTEROP, version), (COMPLETE, complete)])).ok();
        assert_eq!(found, expected, "{version} {complete}");
    }
    assert!(Interop::of(&headers(&[(INTEROP, "5"), (COMPLETE, "?1"), (OFFSET, "9")])).is_err());
}

#[test]
fn the_strongest_digest_counts() {
    let digest = |text| digest(&headers(&[("content-digest", text)])).unwrap();
    assert_eq!(
        digest("sha-256=:aGk=:, sha-512=:aG8=:").unwrap(),
        ExpectedDigest { algorithm: Algorithm::Sha512, value: b"ho".to_vec() }
    );
    assert_eq!(digest("sha-256=:aGk=:").unwrap().algorithm, Algorithm::Sha256);
    for text in ["md5=:aGk=:", "sha-256=1", "sha-256=:!:", ""] {
        assert_eq!(digest(text), None, "{text}");
    }
}

#[test]
fn requests_are_told_by_their_method() {
    let read = |method: &str, is_to_upload| {
        read(Interop::Eight, &method.parse().unwrap(), &headers(&[(COMPLETE, "?1")]), is_to_upload)
    };
    for method in ["HEAD", "GET"] {
        assert_eq!(read(method, true).unwrap(), EndpointRequest::Offset);
    }
    assert_eq!(read("DELETE", true).unwrap(), EndpointRequest::Discard);
    assert!(matches!(read("PUT", false).unwrap(), EndpointRequest::Create(_)));
    for (method, is_to_upload) in [("GET", false), ("PATCH", false), ("POST", true)] {
        assert!(matches!(read(method, is_to_upload), Err(EndpointRefusal::WrongMethod(_))), "{method}");
    }
}
