//! Answers of the server, whole, with what the wire contract puts into them.

use axum::http::{HeaderMap, StatusCode, response::Parts};
use bytes::Bytes;
use serde_json::Value;

use crate::Html;

/// An answer: status, headers and the whole body.
#[derive(Debug)]
pub struct Reply {
    parts: Parts,
    body: Bytes,
}

impl Reply {
    pub(crate) fn new(parts: Parts, body: Bytes) -> Self {
        Self { parts, body }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.parts.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// The body as it came.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    /// The answer to an event.
    ///
    /// # Panics
    /// When it isn't JSON.
    pub fn json(&self) -> Value {
        let json = serde_json::from_slice(&self.body);
        json.unwrap_or_else(|error| panic!("{error} in {} {:?}", self.status(), self.text()))
    }

    /// The stable code of a refusal, or nothing.
    pub fn code(&self) -> String {
        self.of_error("code")
    }

    /// The words for the visitor, or nothing.
    pub fn message(&self) -> String {
        self.of_error("message")
    }

    /// By what the operator finds this error in the log, or nothing.
    pub fn reference(&self) -> String {
        self.of_error("reference")
    }

    fn of_error(&self, field: &str) -> String {
        self.json()["error"][field].as_str().unwrap_or_default().to_owned()
    }

    /// What the browser is told to do.
    pub fn actions(&self) -> Vec<Value> {
        self.json()["actions"].as_array().cloned().unwrap_or_default()
    }

    /// The view after an event, if the answer carries one.
    pub fn view(&self) -> Option<Html> {
        self.json()["view"]["body"].as_str().map(Html::parse)
    }
}
