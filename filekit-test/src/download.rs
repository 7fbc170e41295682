//! Downloads: files that events hand over, and files behind links.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::visitor::Answer;

/// A file that a page has handed over to its visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// The name that a browser saves it under.
    pub name: String,
    /// The type, as the answer says it.
    pub mime: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Download {
    /// The content as text.
    ///
    /// # Panics
    ///
    /// If it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        str::from_utf8(&self.bytes).unwrap_or_else(|error| panic!("{:?} is no text: {error}", self.name))
    }

    /// A download in an answer of its own.
    pub(crate) fn of_answer(path: &str, answer: &Answer) -> Self {
        let name = name_of(answer.header("content-disposition")).unwrap_or_else(|| last_component(path));
        Self { name, mime: answer.header("content-type").to_owned(), bytes: answer.body.to_vec() }
    }

    /// A download in the reply of an event.
    pub(crate) fn of_reply(action: &Value) -> Option<Self> {
        let bytes = STANDARD.decode(action["data"].as_str()?).ok()?;
        let text = |field: &str| action[field].as_str().unwrap_or_default().to_owned();
        Some(Self { name: text("filename"), mime: text("mime"), bytes })
    }
}

/// The name in a `Content-Disposition` (RFC 6266): the form that has all letters before the other.
fn name_of(disposition: &str) -> Option<String> {
    let parameters = || disposition.split("; ").filter_map(|parameter| parameter.split_once('='));
    let extended =
        parameters().find_map(|(name, value)| (name == "filename*").then_some(value.strip_prefix("UTF-8''")?));
    if let Some(extended) = extended {
        return Some(percent_decode_str(extended).decode_utf8_lossy().into_owned());
    }
    parameters().find_map(|(name, value)| (name == "filename").then(|| value.trim_matches('"').to_owned()))
}

fn last_component(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_has_the_name_of_its_answer_or_of_its_address() {
        let disposition = "attachment; filename=\"_.txt\"; filename*=UTF-8''%E2%82%AC.txt";
        assert_eq!(name_of(disposition).as_deref(), Some("€.txt"));
        assert_eq!(name_of("inline; filename=\"a.txt\"").as_deref(), Some("a.txt"));
        assert_eq!(name_of("inline"), None);
        assert_eq!(last_component("/_upload/a%20b.txt?x=/y"), "a b.txt");
    }
}
