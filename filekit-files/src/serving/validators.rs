//! What tells one version of a file from another: its entity tag and its date.

use std::fs::Metadata;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use sha2::{Digest as _, Sha256};

use crate::storage::{FileMetadata, FileVersion};

/// The validators of one version of a file (RFC 9110, section 8.8).
#[derive(Clone, Debug)]
pub(crate) struct Validators {
    /// A strong entity tag, in its quotes.
    pub(crate) etag: String,
    /// When the file was last changed, in whole seconds, as HTTP's dates are.
    pub(crate) modified: Option<SystemTime>,
}

impl Validators {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        Self { etag: etag(&FileVersion::of(metadata).tag()), modified: modified.and_then(whole_seconds) }
    }

    /// Those of a file in another storage than the disk. Its version may be any text, and say more than visitors should know.
    pub(crate) fn of_stored(found: &FileMetadata) -> Self {
        let hash = Sha256::digest(found.version.as_bytes());
        Self { etag: etag(&URL_SAFE_NO_PAD.encode(&hash[..15])), modified: whole_seconds(found.modified) }
    }

    /// Those that the storage itself sends, where links lead to it: a client has the tag of one and asks the other.
    pub(crate) fn of_storage(found: &FileMetadata) -> Self {
        let mut validators = Self::of_stored(found);
        if is_strong_tag(&found.version) {
            validators.etag.clone_from(&found.version);
        }
        validators
    }

    pub(crate) fn etag_header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.etag).unwrap_or_else(|_| unreachable!("a tag is visible ASCII in quotes"))
    }

    pub(crate) fn modified_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&httpdate::fmt_http_date(self.modified?)).ok()
    }
}

/// A tag that changes with the file. It has to be a strong one: browsers resume no download by a weak one.
fn etag(version: &str) -> String {
    format!("\"{version}\"")
}

/// Whether a text is a strong entity tag (RFC 9110, section 8.8.3) in plain characters.
fn is_strong_tag(text: &str) -> bool {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'))
}

/// The time without its fraction, which dates of HTTP do not have; nothing for one that they cannot express.
fn whole_seconds(time: SystemTime) -> Option<SystemTime> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    // `httpdate` knows no date after the year 9999.
    (since.as_secs() < 253_402_300_800).then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_a_storage_is_taken_if_it_is_a_strong_one() {
        let of = |version: &str| {
            let version = version.to_owned();
            Validators::of_storage(&FileMetadata { size: 0, modified: SystemTime::UNIX_EPOCH, version }).etag
        };
        assert_eq!(of("\"abc-2\""), "\"abc-2\"");
        for other in ["W/\"abc\"", "abc", "\"", "\"a\"b\"", "\"a b\"", "5 2026-01-01 00:00:00 UTC", ""] {
            let tag = of(other);
            assert!(is_strong_tag(&tag) && tag != other, "{other}: {tag}");
        }
    }

    #[test]
    fn every_change_of_a_file_changes_its_tag() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let tag = || Validators::of(&std::fs::metadata(&path).unwrap()).etag;
        std::fs::write(&path, "one").unwrap();
        let first = tag();
        assert_eq!(tag(), first);
        assert!(first.starts_with('"') && first.ends_with('"'), "{first}");

        // Replaced by one of the same size and time.
        let time = std::fs::metadata(&path).unwrap().modified().unwrap();
        let other = folder.path().join("b");
        std::fs::write(&other, "two").unwrap();
        std::fs::File::options().write(true).open(&other).unwrap().set_modified(time).unwrap();
        std::fs::rename(other, &path).unwrap();
        assert_ne!(tag(), first);
    }
}
