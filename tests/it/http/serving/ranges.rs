//! Parts of files: which bytes come, under which headers, and what many ranges cost.

use axum::http::{Method, StatusCode};
use filekit_tests::{Reply, TestApp, patterned};

use super::{ask, ask_get, public};

const SIZE: usize = 300_000;

/// Apps with a file that is read at once, and with one that is read piece by piece, and what is in them.
fn apps() -> [(TestApp, Vec<u8>); 2] {
    [1_000, SIZE].map(|size| {
        let bytes = patterned(size);
        (public(&[("a.bin", &bytes)]), bytes)
    })
}

async fn part(app: &TestApp, range: &str) -> Reply {
    ask_get(app, "/_upload/a.bin", &[("range", range)]).await
}

#[tokio::test]
pub(super) async fn a_range_has_the_right_bytes_at_every_border() {
    for (app, bytes) in apps() {
        let size = bytes.len();
        let last = size - 1;
        for (range, expected) in [
            ("bytes=0-0".to_owned(), 0..1),
            ("bytes=0-".to_owned(), 0..size),
            (format!("bytes={last}-"), last..size),
            (format!("bytes={last}-{last}"), last..size),
            (format!("bytes=0-{last}"), 0..size),
            (format!("bytes=10-{}", size + 100), 10..size),
            ("bytes=-1".to_owned(), last..size),
            (format!("bytes=-{size}"), 0..size),
            (format!("bytes=-{}", size + 1), 0..size),
            ("bytes=500-700".to_owned(), 500..701),
            ("BYTES=5-5".to_owned(), 5..6),
        ] {
            let reply = part(&app, &range).await;
            assert_eq!(reply.status(), StatusCode::PARTIAL_CONTENT, "{range}");
            let content_range = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
            assert_eq!(reply.header("content-range"), content_range, "{range}");
            assert_eq!(reply.header("content-length"), expected.len().to_string(), "{range}");
            assert_eq!(reply.header("accept-ranges"), "bytes", "{range}");
            assert!(reply.bytes() == &bytes[expected], "other bytes for {range}");
        }
    }
}

#[tokio::test]
pub(super) async fn what_the_file_does_not_have_is_refused_with_its_size() {
    for (app, bytes) in apps() {
        let size = bytes.len();
        for range in [format!("bytes={size}-"), format!("bytes={size}-{size}"), "bytes=-0".to_owned()] {
            let reply = part(&app, &range).await;
            assert_eq!(reply.status(), StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
            assert_eq!(reply.header("content-range"), format!("bytes */{size}"), "{range}");
            assert!(reply.bytes().is_empty(), "{range}");
        }
    }
}

#[tokio::test]
pub(super) async fn an_empty_file_has_no_ranges() {
    let app = public(&[("a.bin", b"")]);
    for (range, status) in [("bytes=0-", 416), ("bytes=0-0", 416), ("bytes=-0", 416), ("bytes=-1", 200), ("", 200)] {
        let reply = part(&app, range).await;
        assert_eq!(reply.status(), status, "{range}");
        assert!(reply.bytes().is_empty(), "{range}");
        assert_eq!(reply.header("content-range"), if status == 416 { "bytes */0" } else { "" }, "{range}");
    }
}

#[tokio::test]
pub(super) async fn what_is_no_range_is_ignored() {
    let (app, bytes) = &apps()[0];
    for range in ["bytes=", "bytes=a-b", "bytes=9-5", "items=0-5", "0-5", "bytes=0-5,x", "bytes=-", "bytes=0x0-5"] {
        let reply = part(app, range).await;
        assert_eq!((reply.status(), reply.bytes().len()), (StatusCode::OK, bytes.len()), "{range}");
        assert_eq!(reply.header("content-range"), "", "{range}");
    }
}

#[tokio::test]
pub(super) async fn several_ranges_come_in_parts_that_say_what_they_are() {
    for (app, bytes) in apps() {
        let size = bytes.len();
        let reply = part(&app, "bytes=0-9, 500-509, -5").await;
        assert_eq!(reply.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(reply.header("content-range"), "", "each part has its own");
        assert_eq!(reply.header("content-length"), reply.bytes().len().to_string());
        let kind = reply.header("content-type");
        let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap_or_else(|| panic!("{kind}"));
        let mut expected = Vec::new();
        for range in [0..10, 500..510, size - 5..size] {
            let (first, last) = (range.start, range.end - 1);
            let head = format!(
                "\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\
                 Content-Range: bytes {first}-{last}/{size}\r\n\r\n"
            );
            expected.extend_from_slice(head.as_bytes());
            expected.extend_from_slice(&bytes[range]);
        }
        expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        assert!(reply.bytes() == &expected, "{:?}", String::from_utf8_lossy(reply.bytes()));

        let again = part(&app, "bytes=0-9,500-509").await;
        assert!(!again.header("content-type").contains(boundary), "nobody can know a boundary in advance");
    }
}

#[tokio::test]
pub(super) async fn a_thousand_ranges_cost_no_more_than_the_file() {
    for (app, bytes) in apps() {
        let flood = |range: &dyn Fn(usize) -> String| {
            let ranges: Vec<String> = (0..1_000).map(range).collect();
            format!("bytes={}", ranges.join(","))
        };
        let same = part(&app, &flood(&|_| "0-0".to_owned())).await;
        assert_eq!((same.status(), same.bytes().len()), (StatusCode::PARTIAL_CONTENT, 1));
        let nested = part(&app, &flood(&|nth| format!("{nth}-"))).await;
        assert_eq!(nested.status(), StatusCode::PARTIAL_CONTENT);
        assert!(nested.bytes() == &bytes, "joined to one");
        // Far more in heads of parts than in bytes.
        let apart = part(&app, &flood(&|nth| format!("{0}-{0}", nth * 2))).await;
        assert!(apart.bytes().len() <= bytes.len().max(64 * 200), "{} bytes", apart.bytes().len());
    }
    let (app, bytes) = &apps()[1];
    let apart: Vec<String> = (0..1_000).map(|nth| format!("{0}-{0}", nth * 2)).collect();
    let reply = part(app, &format!("bytes={}", apart.join(","))).await;
    assert_eq!((reply.status(), reply.bytes().len()), (StatusCode::OK, bytes.len()), "the whole file at once");
}

#[tokio::test]
pub(super) async fn a_head_is_that_of_the_whole_file() {
    for (app, bytes) in apps() {
        let reply = ask(&app, Method::HEAD, "/_upload/a.bin", &[("range", "bytes=0-9")]).await;
        assert_eq!(reply.status(), StatusCode::OK);
        assert_eq!(reply.header("content-length"), bytes.len().to_string());
        assert_eq!(reply.header("accept-ranges"), "bytes");
    }
}
