//! What an upload takes: how many files, how large, of which types.

use serde::{Deserialize, Serialize};

use crate::guard::CheckId;
use crate::texts::Texts;
use crate::types::accept;

/// What an upload takes. Each rule may be missing; then there is no limit of that kind.
///
/// The rules travel in a page twice: for the browser to read, and signed with each event that receives the files, for
/// the server to enforce.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Extensions such as `.heic` and types such as `image/png` or `image/*`; if there are none, all are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<String>,
    /// The rules that are numbers.
    #[serde(flatten)]
    pub limits: Limits,
    /// Whether the digest of each file is computed while it arrives.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sha256: bool,
    /// Whether metadata is taken out of pictures when they have arrived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strip_metadata: bool,
    /// The check that each file passes when it has arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckId>,
}

/// The rules that are numbers: counts of files, and sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The most files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_files: Option<u32>,
    /// The fewest files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_files: Option<u32>,
    /// The most bytes of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u64>,
    /// The fewest bytes of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_size: Option<u64>,
    /// The most bytes of all files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total: Option<u64>,
}

/// The rules in the browser's words.
#[derive(Serialize)]
struct ZoneRules<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    accept: &'a [String],
    /// The same for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    accepted: String,
    /// The extensions of all that is accepted, so that the browser needs no list of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extensions: Vec<&'a str>,
    #[serde(flatten)]
    limits: Limits,
    /// Whether files are checked when they have arrived.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    check: bool,
}

impl Limits {
    pub(crate) const NONE: Self =
        Self { max_files: None, min_files: None, max_size: None, min_size: None, max_total: None };

    /// Limits that hold where both of these do.
    pub fn and(self, other: Self) -> Self {
        Self {
            max_files: stricter(self.max_files, other.max_files, Ord::min),
            min_files: stricter(self.min_files, other.min_files, Ord::max),
            max_size: stricter(self.max_size, other.max_size, Ord::min),
            min_size: stricter(self.min_size, other.min_size, Ord::max),
            max_total: stricter(self.max_total, other.max_total, Ord::min),
        }
    }
}

fn stricter<T>(one: Option<T>, other: Option<T>, of_both: fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(of_both(one, other)),
        (one, other) => one.or(other),
    }
}

impl Rules {
    /// Whether everything is taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The rules as JSON for the browser, if there are any, with these texts for people.
    #[must_use]
    pub fn to_json(&self, texts: &Texts) -> Option<String> {
        let extensions = accept::extensions(&self.accept);
        let accepted = accept::words(&self.accept, texts);
        let check = self.check.is_some();
        let zone = ZoneRules { accept: &self.accept, accepted, extensions, limits: self.limits, check };
        // Text and numbers can always be written.
        serde_json::to_string(&zone).ok().filter(|json| json != "{}")
    }

    /// Whether files that were received under other rules keep these, but for how many there are.
    #[must_use]
    pub fn hold_under(&self, received: &Self) -> bool {
        let (limits, other) = (self.limits, received.limits);
        let at_most = |limit: Option<u64>, other: Option<u64>| {
            limit.is_none_or(|limit| other.is_some_and(|other| other <= limit))
        };
        let at_least = |limit: Option<u64>, other: Option<u64>| {
            limit.is_none_or(|limit| other.is_some_and(|other| other >= limit))
        };
        (self.accept.is_empty() || self.accept == received.accept)
            && at_most(limits.max_size, other.max_size)
            && at_most(limits.max_total, other.max_total)
            && at_least(limits.min_size, other.min_size)
            && (!self.sha256 || received.sha256)
            && (!self.strip_metadata || received.strip_metadata)
    }

    /// The same rules where only one file is taken. If `is_required`, none is too few.
    #[must_use]
    pub fn of_one_file(mut self, is_required: bool) -> Self {
        let min_files = is_required.then_some(1);
        self.limits = self.limits.and(Limits { max_files: Some(1), min_files, ..Limits::NONE });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Texts;

    #[test]
    fn pictures_that_came_with_their_metadata_are_not_for_those_who_want_none() {
        let (as_sent, stripped) = (Rules::default(), Rules { strip_metadata: true, ..Rules::default() });
        assert!(stripped.hold_under(&stripped) && as_sent.hold_under(&stripped));
        assert!(!stripped.hold_under(&as_sent));
        let signed = serde_json::to_string(&stripped).unwrap();
        assert_eq!(serde_json::from_str::<Rules>(&signed).unwrap(), stripped);
        assert_eq!(stripped.to_json(&Texts::english()), None, "a browser cannot do it");
    }
}
