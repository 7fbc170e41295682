//! What is kept beside the bytes of an upload of an endpoint: what its client has said of it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::request::{Concatenation, Creation};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upload_of_a_page_is_none_of_an_endpoint() {
        let read = |json: &str| Record::parse(&RawValue::from_string(json.to_owned()).unwrap());
        let record = Record { is_piece: true, metadata: Some("a".to_owned()), ..Record::default() };
        assert_eq!(read(record.to_json().unwrap().get()), Some(record));
        assert_eq!(read(r#"{"page":"/","instance":"","capability":"x","arguments":[]}"#), None);
        assert_eq!(read("{}"), None);
    }
}
