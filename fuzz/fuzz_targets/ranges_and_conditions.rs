//! Ranges and conditions of requests for files: what is sent is of the file, whatever is asked for.
//!
//! The input is lines of headers. `size: 5` sets the size of a file that is not there, `method: HEAD` the method, and
//! `{etag}` and `{date}` in a value stand for those of the file.

#![no_main]

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use axum_core::body::Body;
use axum_core::response::Response;
use filekit_files::serving::fuzzing::{Wanted, wanted};
use filekit_files::serving::{Kind, Place, Target, answer};
use filekit_files::storage::Disk;
use filekit_fuzz::{pattern, run};
use futures_util::TryStreamExt as _;
use http::header::{
    CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
};
use http::{Method, StatusCode};
use libfuzzer_sys::fuzz_target;

/// A file that is read at once, and one that is read in pieces.
static FILES: LazyLock<[Sample; 2]> = LazyLock::new(|| ["small", "large"].map(Sample::open));
static DISK: LazyLock<Disk> = LazyLock::new(|| Disk::open(&folder()).expect("a folder"));

struct Sample {
    path: PathBuf,
    content: Vec<u8>,
    etag: String,
    date: String,
}

/// Beside the program, so that runs share it.
fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("a path");
    program.with_file_name("files_of_ranges_and_conditions")
}

impl Sample {
    fn open(name: &str) -> Self {
        let content = pattern(if name == "small" { 100 } else { 70_000 });
        let path = DISK.root().join(name);
        write(&path, &content);
        let mut sample = Self { path, content, etag: String::new(), date: String::new() };
        let answer = sample.answer(&Method::HEAD, HeaderMap::new());
        let text = |name| answer.headers()[name].to_str().expect("text").to_owned();
        (sample.etag, sample.date) = (text(ETAG), text(LAST_MODIFIED));
        sample
    }

    fn answer(&self, method: &Method, headers: HeaderMap) -> Response {
        let name = "sample.bin".to_owned();
        let target = Target { place: Place::Path(self.path.clone()), name, kind: Kind::Uploaded { public: false } };
        run(answer(target, method.clone(), headers, &DISK)).expect("an answer")
    }
}

/// Other runs may read it meanwhile.
fn write(path: &Path, content: &[u8]) {
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let temporary = path.with_extension(std::process::id().to_string());
    std::fs::write(&temporary, content).expect("a file");
    let file = std::fs::File::options().write(true).open(&temporary).expect("the file");
    file.set_modified(date).expect("a date");
    std::fs::rename(temporary, path).expect("another name");
}

fuzz_target!(|text: &str| {
    let fields: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once(": ")).collect();
    let value = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let size = value("size").and_then(|size| size.parse().ok()).unwrap_or(1000);
    let method = if value("method") == Some("HEAD") { Method::HEAD } else { Method::GET };
    for sample in &*FILES {
        let headers = headers(&fields, sample);
        check_wanted(&wanted(&headers, size), size);
        check_wanted(&wanted(&headers, sample.content.len() as u64), sample.content.len() as u64);
        let answer = sample.answer(&method, headers.clone());
        check(&Exchange { sample, method: &method, headers: &headers }, answer);
    }
    check_single(size, text.len() as u64, fields.len() as u64 * 7);
});

fn headers(fields: &[(&str, &str)], sample: &Sample) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let value = value.replace("{etag}", &sample.etag).replace("{date}", &sample.date);
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// Ranges are within the file, in order, and do not overlap.
fn check_wanted(wanted: &Wanted, size: u64) {
    let Wanted::Parts(parts) = wanted else { return };
    assert!((1..=64).contains(&parts.len()));
    assert!(parts.iter().all(|part| part.start < part.end && part.end <= size), "{parts:?} of {size}");
    assert!(parts.windows(2).all(|pair| pair[0].end <= pair[1].start), "{parts:?}");
}

/// One range that is well-formed is what it says.
fn check_single(size: u64, first: u64, length: u64) {
    let of = |value: String| {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::try_from(value).expect("a header"));
        wanted(&headers, size)
    };
    let within = |start: u64, end: u64| match start < end {
        true => Wanted::Parts(Vec::from([start..end])),
        false => Wanted::Unsatisfiable,
    };
    assert_eq!(of(format!("bytes={first}-")), within(first, size));
    let last = first + length;
    assert_eq!(of(format!("bytes={first}-{last}")), within(first, size.min(last + 1)));
    if size > 0 {
        assert_eq!(of(format!("bytes=-{length}")), within(size.saturating_sub(length), size));
    }
}

struct Exchange<'a> {
    sample: &'a Sample,
    method: &'a Method,
    headers: &'a HeaderMap,
}

impl Exchange<'_> {
    fn has(&self, name: &HeaderName) -> bool {
        self.headers.contains_key(name)
    }

    /// Whether a header names this, as far as it has text in it.
    fn names(&self, name: &HeaderName, what: &str) -> bool {
        self.headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(what)))
    }

    fn has_one(&self, name: &HeaderName) -> bool {
        self.headers.get_all(name).iter().count() == 1
    }
}

fn check(exchange: &Exchange<'_>, answer: Response) {
    let (parts, body) = answer.into_parts();
    let body = read(body);
    let content = &exchange.sample.content;
    let is_get = exchange.method == Method::GET;
    assert_eq!(parts.headers[ETAG], exchange.sample.etag);
    check_conditions(exchange, parts.status);
    match parts.status {
        StatusCode::OK if is_get => assert_eq!(body, *content),
        StatusCode::OK => assert_eq!(parts.headers[CONTENT_LENGTH], content.len().to_string()),
        StatusCode::PARTIAL_CONTENT => {
            assert!(is_get && exchange.has_one(&RANGE));
            check_if_range(exchange);
            assert_eq!(parts.headers[CONTENT_LENGTH], body.len().to_string());
            check_parts(&parts.headers, &body, content);
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            assert!(is_get && exchange.has_one(&RANGE));
            check_if_range(exchange);
            assert_eq!(parts.headers[CONTENT_RANGE], format!("bytes */{}", content.len()));
        }
        StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED => {}
        status => panic!("{status}"),
    }
    let has_body = is_get && matches!(parts.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT);
    assert!(has_body || body.is_empty());
}

fn read(body: Body) -> Vec<u8> {
    let frames: Vec<bytes::Bytes> = run(body.into_data_stream().try_collect()).expect("a body");
    frames.concat()
}

/// A condition decides only if there is one, and never in favour of another version.
fn check_conditions(exchange: &Exchange<'_>, status: StatusCode) {
    let etag = &exchange.sample.etag;
    let may_match = |name| exchange.names(name, etag) || exchange.names(name, "*");
    if status == StatusCode::PRECONDITION_FAILED {
        assert!(exchange.has(&IF_MATCH) || exchange.has_one(&IF_UNMODIFIED_SINCE));
    } else {
        assert!(!exchange.has(&IF_MATCH) || may_match(&IF_MATCH), "another version was asked for");
    }
    if status == StatusCode::NOT_MODIFIED {
        let is_of_date = !exchange.has(&IF_NONE_MATCH) && exchange.has_one(&IF_MODIFIED_SINCE);
        assert!(is_of_date || may_match(&IF_NONE_MATCH), "another version was there before");
    }
    let has_this = exchange.has_one(&IF_NONE_MATCH) && exchange.headers[IF_NONE_MATCH] == *etag;
    let is_decided = [StatusCode::NOT_MODIFIED, StatusCode::PRECONDITION_FAILED].contains(&status);
    assert!(!has_this || is_decided, "this version was there before");
}

/// Parts are sent of the version that the client has begun with.
fn check_if_range(exchange: &Exchange<'_>) {
    let Some(value) = exchange.headers.get(IF_RANGE) else { return };
    let date = value.to_str().ok().and_then(|value| httpdate::parse_http_date(value).ok());
    let is_date = date.is_some_and(|date| httpdate::fmt_http_date(date) == exchange.sample.date);
    assert!(exchange.has_one(&IF_RANGE) && (*value == exchange.sample.etag || is_date), "{value:?}");
}

/// Each part of the answer is the part of the file that it says to be.
fn check_parts(headers: &HeaderMap, body: &[u8], content: &[u8]) {
    let mime = headers[CONTENT_TYPE].to_str().expect("text");
    let Some(boundary) = mime.strip_prefix("multipart/byteranges; boundary=") else {
        let range = range(headers[CONTENT_RANGE].to_str().expect("text"), content.len());
        assert_eq!(body, &content[range]);
        return;
    };
    assert!(!headers.contains_key(CONTENT_RANGE));
    let mut rest = body;
    let delimiter = format!("\r\n--{boundary}");
    let mut count = 0;
    loop {
        rest = rest.strip_prefix(delimiter.as_bytes()).expect("a delimiter");
        if rest == b"--\r\n" {
            break;
        }
        let end = rest.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("the end of a head");
        let (head, after) = rest.split_at(end);
        let head = std::str::from_utf8(head).expect("text");
        let (_, text) = head.split_once("\r\nContent-Range: ").expect("a range");
        let range = range(text, content.len());
        let (part, after) = after[4..].split_at(range.len());
        assert_eq!(part, &content[range]);
        rest = after;
        count += 1;
    }
    assert!((2..=64).contains(&count));
}

/// The range in `bytes 0-4/100`.
fn range(text: &str, size: usize) -> Range<usize> {
    let (range, whole) = text.strip_prefix("bytes ").and_then(|text| text.split_once('/')).expect("a range");
    assert_eq!(whole, size.to_string());
    let (first, last) = range.split_once('-').expect("two numbers");
    let (first, last): (usize, usize) = (first.parse().expect("a number"), last.parse().expect("a number"));
    assert!(first <= last && last < size, "{text}");
    first..last + 1
}
