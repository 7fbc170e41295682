//! The messages by which an instance shows a view. They are made in `store.rs`, their patches in `patch/`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::instance::InstanceVersion;

/// A message to a page instance: a patch, the whole view, or that nothing has changed.
#[derive(Debug, Serialize)]
pub(crate) struct Message {
    instance: String,
    /// The version that the patch is for; none if the message has the whole view.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<u64>,
    version: u64,
    /// The document's title, unless it is what it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

impl Message {
    pub(crate) fn whole(now: InstanceVersion, title: String, body: String) -> Self {
        let version = now.version;
        Self { instance: now.name(), from: None, version, title: Some(title), patch: None, body: Some(body) }
    }

    /// From another version, the one before.
    pub(super) fn patch(from: u64, now: InstanceVersion, title: Option<String>, patch: Box<RawValue>) -> Self {
        let version = now.version;
        Self { instance: now.name(), from: Some(from), version, title, patch: Some(patch), body: None }
    }

    pub(super) fn nothing_changed(now: InstanceVersion) -> Self {
        let version = now.version;
        Self { instance: now.name(), from: Some(version), version, title: None, patch: None, body: None }
    }
}
