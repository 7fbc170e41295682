//! What is kept beside the bytes of an upload of an endpoint: what its client has said of it, and what became of its event.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::request::{Concatenation, Creation};
use crate::kit::Outcome;

/// The longest answer of an event that is kept on the disk, in bytes. Of a longer one it is known that it went well.
const MAX_ANSWER: usize = 64 * 1024;

/// What a client has said of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// Whether it is a piece of a file. The field tells uploads of endpoints from those of pages.
    pub(super) is_piece: bool,
    /// The URLs of the uploads that it is put together from, as they were written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) pieces: String,
    /// All that was said of the file, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<String>,
}

impl Record {
    pub(super) fn of(creation: &Creation) -> Self {
        let (is_piece, pieces) = match &creation.concatenation {
            Concatenation::None => (false, String::new()),
            Concatenation::Partial => (true, String::new()),
            Concatenation::Final { urls, .. } => (false, urls.clone()),
        };
        Self { is_piece, pieces, metadata: creation.file.metadata.clone() }
    }

    /// Whether the upload is put together from others.
    pub(super) fn is_joined(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// Reads what stands beside an upload; nothing if it is one of a page.
    pub(super) fn parse(json: &RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }

    pub(super) fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        serde_json::value::to_raw_value(self)
    }
}

/// An answer that is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    status: u16,
    answer: String,
}

/// The answer of an event, to be kept.
pub(super) fn kept(outcome: &Outcome) -> Vec<u8> {
    let answer = str::from_utf8(&outcome.body).ok().filter(|answer| answer.len() <= MAX_ANSWER);
    let answer = answer.unwrap_or(r#"{"actions":[]}"#).to_owned();
    // Text and numbers can always be written.
    serde_json::to_vec(&Kept { status: outcome.status.as_u16(), answer }).unwrap_or_default()
}

/// Reads an answer that was [`kept`].
pub(super) fn read_kept(bytes: &[u8]) -> Option<Outcome> {
    let Kept { status, answer } = serde_json::from_slice(bytes).ok()?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    let headers = HeaderMap::from_iter(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Some(Outcome { status: StatusCode::from_u16(status).ok()?, headers, body: answer.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_as_it_was_unless_it_is_long() {
        let outcome = |body: String| Outcome { status: StatusCode::OK, headers: HeaderMap::new(), body: body.into() };
        let read = |body: String| read_kept(&kept(&outcome(body))).unwrap();
        assert_eq!(read(r#"{"actions":["写"]}"#.to_owned()).body, r#"{"actions":["写"]}"#);
        assert_eq!(read("x".repeat(MAX_ANSWER + 1)).body, r#"{"actions":[]}"#);
        assert_eq!(read(String::new()).status, StatusCode::OK);
    }

    #[test]
    fn the_upload_of_a_page_is_none_of_an_endpoint() {
        let read = |json: &str| Record::parse(&RawValue::from_string(json.to_owned()).unwrap());
        let record = Record { is_piece: true, metadata: Some("a".to_owned()), ..Record::default() };
        assert_eq!(read(record.to_json().unwrap().get()), Some(record));
        assert_eq!(read(r#"{"page":"/","instance":"","capability":"x","arguments":[]}"#), None);
        assert_eq!(read("{}"), None);
    }
}
