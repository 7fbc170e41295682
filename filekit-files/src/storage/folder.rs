//! The folder of a stored file: a part of its key.

use std::fmt;

use crate::error::FileRejection;
use crate::storage::{SafeName, SafePath};

/// A folder of stored files, such as `claims/42`; without a name, the one that all are in.
///
/// A folder has at most 16 names and 512 bytes, so that a key fits into the 1,024 bytes that object stores allow, together with
/// a prefix of their bucket. It is there as long as a file is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder(
    /// Empty, or the names with a `/` after each.
    String,
);

/// How deep a folder may be.
const MAX_DEPTH: usize = 16;

/// How many bytes the names of a folder may have, with what divides them.
const MAX_LENGTH: usize = 512;

impl Folder {
    /// The folder that all files are in.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Makes a folder of text. Each of its names is made safe, as that of a file is; an empty text is the root.
    ///
    /// # Errors
    ///
    /// If a name is `..`, or if there are more than 16 names or 512 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_files::storage::Folder;
    ///
    /// assert_eq!(Folder::parse("claims/42").unwrap().as_str(), "claims/42");
    /// assert_eq!(Folder::parse("claims/42/").unwrap().as_str(), "claims/42");
    /// assert!(Folder::parse("claims/../secrets").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, FileRejection> {
        if text.trim_matches('/').is_empty() {
            return Ok(Self::root());
        }
        let refused = || FileRejection::UnsafeName { name: text.to_owned() };
        // Of an absolute path only the last name would stay, but a folder is never one of the system.
        let path = SafePath::parse(text.trim_matches('/'))?;
        Self::recognise(path.as_str()).ok_or_else(refused)
    }

    /// Recognises the folder in a key, with its names as they stand there.
    pub(super) fn recognise(text: &str) -> Option<Self> {
        let is_name = |name: &str| SafeName::parse(name).is_ok_and(|safe| safe.as_str() == name);
        let mut names = text.split('/');
        let is_short = text.len() <= MAX_LENGTH && names.clone().count() <= MAX_DEPTH;
        (is_short && names.all(is_name)).then(|| Self::of_key(text))
    }

    /// The folder that stands in a key.
    pub(super) fn of_key(text: &str) -> Self {
        Self(format!("{text}/"))
    }

    /// The names with `/` between them; empty for the root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.strip_suffix('/').unwrap_or_default()
    }

    /// What the keys of its files begin with.
    #[must_use]
    pub fn as_prefix(&self) -> &str {
        &self.0
    }

    /// Whether it is the folder that all files are in.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last of its names; empty for the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }

    /// The folder that it is in; none of the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let name = self.as_str();
        (!name.is_empty()).then(|| name.rsplit_once('/').map_or_else(Self::root, |(parent, _)| Self::of_key(parent)))
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl AsRef<str> for Folder {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_text_is_made_safe_or_refused() {
        let parsed = |text: &str| Folder::parse(text).map(|folder| folder.as_prefix().to_owned()).ok();
        for (text, prefix) in [
            ("", Some("")),
            ("/", Some("")),
            ("claims", Some("claims/")),
            ("/claims/42/", Some("claims/42/")),
            ("claims//42", Some("claims/42/")),
            (r"claims\42", Some("claims/42/")),
            (".filekit", Some("filekit/")),
            ("a/.hidden", Some("a/hidden/")),
            ("a/\u{202e}b", Some("a/b/")),
            ("e\u{301}", Some("\u{e9}/")),
            ("a/..", None),
            ("..", None),
            ("../etc", None),
        ] {
            assert_eq!(parsed(text).as_deref(), prefix, "{text:?}");
        }
        assert_eq!(parsed(&"f/".repeat(17)), None);
        assert_eq!(parsed(&"long/".repeat(400)), None, "2,000 characters");
    }

    #[test]
    fn a_folder_has_a_parent_unless_it_is_the_root() {
        let folder = Folder::parse("a/b").unwrap();
        assert_eq!((folder.name(), folder.parent()), ("b", Some(Folder::parse("a").unwrap())));
        assert_eq!(Folder::parse("a").unwrap().parent(), Some(Folder::root()));
        assert_eq!((Folder::root().name(), Folder::root().parent()), ("", None));
    }
}
