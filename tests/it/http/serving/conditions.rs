//! What a request's conditions decide: the table of RFC 9110, section 13.2.2, row by row.

use std::{
    fs::File,
    path::Path,
    time::{Duration, SystemTime},
};

use axum::http::Method;
use filekit_tests::TestApp;

use super::{app as private, ask, ask_get, public, uploaded};

/// `Sun, 09 Sep 2001 01:46:40 GMT`, and half a second.
const CHANGED: Duration = Duration::from_millis(1_000_000_000_500);

fn date_back(path: &Path) {
    let file = File::options().write(true).open(path).expect("a file");
    file.set_modified(SystemTime::UNIX_EPOCH + CHANGED).expect("a file system with times");
}

/// An app with a file of ten bytes that is old.
fn app() -> TestApp {
    let app = public(&[("a.txt", b"0123456789")]);
    date_back(&app.files().path().join("a.txt"));
    app
}

type Headers = &'static [(&'static str, &'static str)];

/// Headers, and the statuses of `GET` and `HEAD`. `TAG` is the file's entity tag; `BEFORE`, `AT` and `AFTER` are dates
/// as seen from its last change.
const TABLE: &[(Headers, u16, u16)] = &[
    (&[], 200, 200),
    // Step 1: If-Match, by strong comparison.
    (&[("if-match", "TAG")], 200, 200),
    (&[("if-match", "*")], 200, 200),
    (&[("if-match", "\"other\"")], 412, 412),
    (&[("if-match", "\"\"")], 412, 412),
    (&[("if-match", "W/TAG")], 412, 412),
    (&[("if-match", "\"a,b\" , TAG")], 200, 200),
    (&[("if-match", "no tag")], 412, 412),
    (&[("if-match", "TAG"), ("if-unmodified-since", "BEFORE")], 200, 200),
    (&[("if-match", "\"other\""), ("if-unmodified-since", "AFTER")], 412, 412),
    // Step 2: If-Unmodified-Since, where there is no If-Match.
    (&[("if-unmodified-since", "BEFORE")], 412, 412),
    (&[("if-unmodified-since", "AT")], 200, 200),
    (&[("if-unmodified-since", "AFTER")], 200, 200),
    (&[("if-unmodified-since", "yesterday")], 200, 200),
    (&[("if-unmodified-since", "BEFORE"), ("if-none-match", "TAG")], 412, 412),
    (&[("if-unmodified-since", "AFTER"), ("if-none-match", "TAG")], 304, 304),
    // Step 3: If-None-Match, by weak comparison.
    (&[("if-none-match", "TAG")], 304, 304),
    (&[("if-none-match", "W/TAG")], 304, 304),
    (&[("if-none-match", "*")], 304, 304),
    (&[("if-none-match", "\"other\"")], 200, 200),
    (&[("if-none-match", "\"other\", W/\"another\", TAG")], 304, 304),
    (&[("if-none-match", "no tag")], 200, 200),
    (&[("if-none-match", "\"other\""), ("if-modified-since", "AFTER")], 200, 200),
    (&[("if-none-match", "TAG"), ("if-modified-since", "BEFORE")], 304, 304),
    (&[("if-match", "TAG"), ("if-none-match", "TAG")], 304, 304),
    (&[("if-match", "TAG"), ("if-none-match", "\"other\"")], 200, 200),
    (&[("if-match", "\"other\""), ("if-none-match", "TAG")], 412, 412),
    // Step 4: If-Modified-Since, where there is no If-None-Match. All three forms of dates are read.
    (&[("if-modified-since", "BEFORE")], 200, 200),
    (&[("if-modified-since", "AT")], 304, 304),
    (&[("if-modified-since", "AFTER")], 304, 304),
    (&[("if-modified-since", "yesterday")], 200, 200),
    (&[("if-modified-since", "Sunday, 09-Sep-01 01:46:40 GMT")], 304, 304),
    (&[("if-modified-since", "Sun Sep  9 01:46:40 2001")], 304, 304),
    (&[("if-modified-since", "Sun Sep  9 01:46:39 2001")], 200, 200),
    (&[("if-match", "TAG"), ("if-modified-since", "AT")], 304, 304),
    // Step 5: ranges, and If-Range, of `GET` alone.
    (&[("range", "bytes=2-4")], 206, 200),
    (&[("range", "bytes=2-4"), ("if-range", "TAG")], 206, 200),
    (&[("range", "bytes=2-4"), ("if-range", "W/TAG")], 200, 200),
    (&[("range", "bytes=2-4"), ("if-range", "\"other\"")], 200, 200),
    (&[("range", "bytes=2-4"), ("if-range", "*")], 200, 200),
    (&[("range", "bytes=2-4"), ("if-range", "AT")], 206, 200),
    (&[("range", "bytes=2-4"), ("if-range", "BEFORE")], 200, 200),
    (&[("range", "bytes=2-4"), ("if-range", "AFTER")], 200, 200),
    (&[("range", "bytes=2-4"), ("if-range", "yesterday")], 200, 200),
    (&[("if-range", "\"other\"")], 200, 200),
    (&[("range", "bytes=10-")], 416, 200),
    (&[("range", "bytes=10-"), ("if-range", "TAG")], 416, 200),
    (&[("range", "bytes=10-"), ("if-range", "\"other\"")], 200, 200),
    (&[("range", "bytes=10-"), ("if-none-match", "TAG")], 304, 304),
    (&[("range", "bytes=2-4"), ("if-none-match", "TAG")], 304, 304),
    (&[("range", "bytes=2-4"), ("if-match", "\"other\"")], 412, 412),
    (&[("range", "bytes=2-4"), ("if-modified-since", "AT")], 304, 304),
    (&[("range", "bytes=2-4"), ("if-unmodified-since", "BEFORE")], 412, 412),
    (&[("range", "bytes=2-4"), ("if-match", "TAG"), ("if-range", "TAG")], 206, 200),
];

/// Headers that stand there twice, which many proxies refuse.
const TWICE: &[(Headers, u16, u16)] = &[
    (&[("if-match", "\"other\""), ("if-match", "TAG")], 200, 200),
    (&[("if-none-match", "\"other\""), ("if-none-match", "TAG")], 304, 304),
    (&[("range", "bytes=2-4"), ("if-range", "TAG"), ("if-range", "TAG")], 200, 200),
];

#[tokio::test]
pub(super) async fn every_row_of_the_table_is_as_the_standard_says() {
    assert_answers(TABLE).await;
}

#[tokio::test]
async fn lists_in_two_headers_are_one_and_two_validators_are_none() {
    assert_answers(TWICE).await;
}

async fn assert_answers(table: &[(Headers, u16, u16)]) {
    let app = app();
    let first = ask_get(&app, "/_upload/a.txt", &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{tag:?} is a strong tag");
    assert_eq!(first.header("last-modified"), "Sun, 09 Sep 2001 01:46:40 GMT");

    for (headers, get, head) in table {
        let headers = headers.iter().map(|(name, value)| {
            let value = value.replace("TAG", &tag);
            let value = value.replace("BEFORE", "Sun, 09 Sep 2001 01:46:39 GMT");
            let value = value.replace("AT", "Sun, 09 Sep 2001 01:46:40 GMT");
            (*name, value.replace("AFTER", "Sun, 09 Sep 2001 01:46:41 GMT"))
        });
        let headers: Vec<(&str, String)> = headers.collect();
        let borrowed: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for (method, expected) in [(Method::GET, *get), (Method::HEAD, *head)] {
            let reply = ask(&app, method.clone(), "/_upload/a.txt", &borrowed).await;
            assert_eq!(reply.status(), expected, "{method} {headers:?}");
            let body = match (method, expected) {
                (Method::GET, 200) => "0123456789",
                (Method::GET, 206) => "234",
                _ => "",
            };
            assert_eq!(reply.text(), body, "{headers:?}");
            assert_eq!(reply.header("etag"), tag, "{headers:?}");
            assert_eq!(reply.header("cache-control"), "public, no-cache", "{headers:?}");
        }
    }
}

#[tokio::test]
pub(super) async fn a_file_that_changed_has_another_tag_whatever_its_date_and_size() {
    let app = app();
    let path = app.files().path().join("a.txt");
    let mut tags = Vec::new();
    for content in ["0123456789", "9876543210", "0123456789"] {
        // As a restored backup is: another file, or other content in the same one, under the old date.
        if tags.len() == 1 {
            std::fs::write(path.with_extension("new"), content).expect("a writable folder");
            std::fs::rename(path.with_extension("new"), &path).expect("a writable folder");
        } else {
            std::fs::write(&path, content).expect("a writable folder");
        }
        date_back(&path);
        let reply = ask_get(&app, "/_upload/a.txt", &[]).await;
        assert_eq!(reply.header("last-modified"), "Sun, 09 Sep 2001 01:46:40 GMT");
        let tag = reply.header("etag").to_owned();
        assert!(!tags.contains(&tag), "{tag} was another version's");
        tags.push(tag);
    }
}

#[tokio::test]
pub(super) async fn a_download_that_goes_on_never_mixes_two_versions() {
    let app = public(&[("a.txt", b"old old old")]);
    let first = ask_get(&app, "/_upload/a.txt", &[]).await;
    app.files().keep("a.txt", "new new new");
    // In the same second the date is the same, too: it is no proof.
    for validator in [first.header("etag"), first.header("last-modified")] {
        let reply = ask_get(&app, "/_upload/a.txt", &[("range", "bytes=4-"), ("if-range", validator)]).await;
        assert_eq!((reply.status().as_u16(), reply.text()), (200, "new new new"), "{validator}");
    }
}

#[tokio::test]
pub(super) async fn a_file_without_a_date_that_http_can_express_is_served() {
    let app = public(&[("a.txt", b"0123456789")]);
    let path = app.files().path().join("a.txt");
    for time in
        [SystemTime::UNIX_EPOCH - Duration::from_secs(10), SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 33)]
    {
        let file = File::options().write(true).open(&path).expect("a file");
        file.set_modified(time).expect("a file system with times");
        let reply = ask_get(&app, "/_upload/a.txt", &[]).await;
        assert_eq!((reply.status().as_u16(), reply.text()), (200, "0123456789"), "{time:?}");
        assert_ne!(reply.header("etag"), "");
    }
}

#[tokio::test]
pub(super) async fn a_download_goes_on_where_the_validator_is_that_of_the_file() {
    let app = private();
    let mut visitor = app.visitor().await;
    let href = uploaded(&mut visitor, "a.txt", b"0123456789").await;
    date_back(&app.files().path_of("a.txt"));
    let first = ask_get(&app, &href, &[]).await;
    for (validator, status, body) in [
        (first.header("etag"), 206, "456"),
        ("Sun, 09 Sep 2001 01:46:40 GMT", 206, "456"),
        ("\"other\"", 200, "0123456789"),
        ("Sun, 09 Sep 2001 01:46:41 GMT", 200, "0123456789"),
    ] {
        let reply = ask_get(&app, &href, &[("range", "bytes=4-6"), ("if-range", validator)]).await;
        assert_eq!((reply.status().as_u16(), reply.text()), (status, body), "{validator}");
        assert_eq!(reply.header("etag"), first.header("etag"));
        assert_eq!(reply.header("content-range"), if status == 206 { "bytes 4-6/10" } else { "" }, "{validator}");
    }
}
