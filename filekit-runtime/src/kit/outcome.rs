//! The answer to an upload, and what of it is remembered.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// The longest answer that is kept on the disk, in bytes. Of a longer one it is known how it went.
const MAX_KEPT: usize = 64 * 1024;

/// The longest answer that is remembered with its view, in bytes, and the longest without. They are many, and of all visitors.
const MAX_WITH_VIEW: usize = 16 * 1024;
const MAX_BODY: usize = 256 * 1024;

/// What stands for a long answer to an event that went well.
const DONE: &str = r#"{"actions":[]}"#;

/// Says that an answer is that of the event, and no longer that of the upload.
pub(crate) const IS_COMPLETE: (HeaderName, HeaderValue) =
    (HeaderName::from_static("upload-complete"), HeaderValue::from_static("?1"));

/// The answer to an upload: the last line, if there were several.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Outcome {
    /// The outcome for those who ask again. In place of a long view it says which version there is: a page that has not seen it asks
    /// for it.
    pub(super) fn shortened(mut self) -> Self {
        if self.body.len() > MAX_WITH_VIEW {
            self.body = without_view(&self.body).map_or(self.body, Bytes::from);
        }
        if self.body.len() > MAX_BODY {
            // Whether it went well is what counts.
            self.body = Bytes::from_static(if self.status.is_success() { DONE.as_bytes() } else { b"" });
        }
        self
    }
}

/// An outcome as it is kept on the disk.
#[derive(Debug, Deserialize, Serialize)]
struct KeptOutcome {
    status: u16,
    answer: String,
    /// How many bytes of the upload there were.
    #[serde(default)]
    offset: u64,
    /// Whether the answer says that it is that of the event.
    #[serde(default)]
    is_of_event: bool,
}

impl Outcome {
    /// The outcome of an upload of so many bytes, to be kept on the disk.
    pub(crate) fn to_kept(&self, offset: u64) -> Vec<u8> {
        let answer = str::from_utf8(&self.body).ok().filter(|answer| answer.len() <= MAX_KEPT);
        let done = if self.status.is_success() { DONE } else { "" };
        let is_of_event = self.headers.contains_key(IS_COMPLETE.0);
        let (status, answer) = (self.status.as_u16(), answer.unwrap_or(done).to_owned());
        // Text and numbers can always be written.
        serde_json::to_vec(&KeptOutcome { status, answer, offset, is_of_event }).unwrap_or_default()
    }

    /// Reads [`Outcome::to_kept`]: the outcome, and how many bytes of the upload there were.
    pub(crate) fn of_kept(bytes: &[u8]) -> Option<(Self, u64)> {
        let KeptOutcome { status, answer, offset, is_of_event } = serde_json::from_slice(bytes).ok()?;
        let headers =
            [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
        let mut headers = HeaderMap::from_iter(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
        headers.extend(is_of_event.then_some(IS_COMPLETE));
        Some((Self { status: StatusCode::from_u16(status).ok()?, headers, body: answer.into() }, offset))
    }
}

/// Which view a message is about, without what is in it. To the page it is a patch from that version to itself.
#[derive(Deserialize, Serialize)]
struct ViewVersion {
    instance: String,
    version: u64,
    #[serde(default)]
    from: u64,
}

/// An answer of JSON with its view left out; nothing if it has none. Views may be deeper than JSON values are read: they are
/// passed over.
fn without_view(body: &[u8]) -> Option<Vec<u8>> {
    let mut answer: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).ok()?;
    let view: ViewVersion = serde_json::from_str(answer.get("view")?.get()).ok()?;
    let view = ViewVersion { from: view.version, ..view };
    answer.insert("view".to_owned(), to_raw_value(&view).ok()?);
    serde_json::to_vec(&answer).ok()
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(status: StatusCode, body: String) -> String {
        let outcome = Outcome { status, headers: HeaderMap::new(), body: body.into() };
        String::from_utf8(outcome.shortened().body.to_vec()).unwrap()
    }

    #[test]
    fn of_a_long_answer_everything_but_the_view_is_remembered() {
        let page = "x".repeat(MAX_WITH_VIEW);
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        for view in [format!(r#""body":"{page}""#), format!(r#""from":6,"patch":[{deep},"{page}"]"#)] {
            let view = format!(r#"{{"instance":"a","version":7,{view}}}"#);
            let answer = format!("{{\"view\":{view},\"actions\":[1]}}\n");
            let short = r#"{"actions":[1],"view":{"instance":"a","version":7,"from":7}}"#;
            assert_eq!(remembered(StatusCode::OK, answer), short);
            let answer = format!(r#"{{"error":{{"code":"a"}},"view":{view}}}"#);
            let short = r#"{"error":{"code":"a"},"view":{"instance":"a","version":7,"from":7}}"#;
            assert_eq!(remembered(StatusCode::FORBIDDEN, answer), short);
        }
    }

    #[test]
    fn what_is_kept_on_the_disk_is_the_same_unless_it_is_long() {
        let kept = |status, body: String| {
            let headers = HeaderMap::from_iter([IS_COMPLETE]);
            let (outcome, offset) =
                Outcome::of_kept(&Outcome { status, headers, body: body.into() }.to_kept(7)).unwrap();
            assert_eq!((outcome.headers.get("upload-complete").unwrap().as_bytes(), offset), (b"?1".as_slice(), 7));
            (outcome.status, String::from_utf8(outcome.body.to_vec()).unwrap())
        };
        let refused = (StatusCode::FORBIDDEN, r#"{"error":"写"}"#.to_owned());
        assert_eq!(kept(refused.0, refused.1.clone()), refused);
        assert_eq!(kept(StatusCode::OK, "x".repeat(MAX_KEPT + 1)), (StatusCode::OK, DONE.to_owned()));
    }

    #[test]
    fn of_an_answer_that_is_long_without_a_view_it_is_remembered_how_it_went() {
        let actions = |length| format!(r#"{{"actions":["{}"]}}"#, "x".repeat(length));
        assert_eq!(remembered(StatusCode::OK, actions(MAX_WITH_VIEW)), actions(MAX_WITH_VIEW));
        assert_eq!(remembered(StatusCode::OK, actions(MAX_BODY)), r#"{"actions":[]}"#);
        assert_eq!(remembered(StatusCode::BAD_GATEWAY, "x".repeat(MAX_BODY + 1)), "");
        assert_eq!(remembered(StatusCode::OK, "x".repeat(MAX_BODY)), "x".repeat(MAX_BODY));
    }
}
