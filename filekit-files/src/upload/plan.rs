//! What a client says of an upload before it sends any byte of it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{Error, FileRejection, RefusedFile};
use crate::quota::Account;
use crate::upload::read::MAX_FILES;
use crate::upload::{FileHead, RuleBook, UploadId};

/// What is going to be sent, and what for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadPlan {
    /// What the files are for, in the words of the layer above.
    pub call: Box<RawValue>,
    /// The files, in the order in which they come.
    pub files: Vec<PlannedFile>,
    /// On whose account they are. It is kept where that is counted, and not in the plan.
    #[serde(skip)]
    pub account: Account,
}

/// A file that is going to be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// The upload that it belongs to.
    pub upload: UploadId,
    /// Its name, with the folders that the visitor chose.
    pub name: String,
    /// Its size in bytes. Only a single file may be of unknown size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The MIME type that the client claims.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// When it was changed last, in milliseconds since 1970, as the client says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
    /// The file of an unfinished upload whose bytes are taken over, as `ID/NUMBER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How many of its bytes were there when the plan was made.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub have: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl UploadPlan {
    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// If it is none, or names more files than an upload may have.
    pub fn parse(json: &[u8]) -> Result<Self, FileRejection> {
        let plan: Self = serde_json::from_slice(json).map_err(FileRejection::malformed)?;
        if plan.files.len() > MAX_FILES as usize {
            return Err(FileRejection::TooManyFiles { limit: MAX_FILES });
        }
        match plan.files.len() != 1 && plan.files.iter().any(|file| file.size.is_none()) {
            true => Err(FileRejection::malformed("a file of several has no size")),
            false => Ok(plan),
        }
    }

    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Text and numbers can always be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// How many bytes are to come; nothing if that is not known yet.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        let mut files = self.files.iter();
        files.try_fold(0_u64, |sum, file| Some(sum.saturating_add(file.size?.saturating_sub(file.have))))
    }

    /// How many bytes the files have together, as far as that is known.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size.unwrap_or_default()))
    }

    /// Which of the files have no room, where not all of them have: as many as fit, in their order, are not to blame.
    #[must_use]
    pub fn refuse_for_room(&self, error: Error) -> Error {
        let (mut left, limit) = match error.downcast_ref() {
            Some(FileRejection::QuotaFull { left, limit }) => (*left, *limit),
            Some(FileRejection::LargerThanQuota { limit }) => (*limit, *limit),
            _ => return error,
        };
        let mut refused = Vec::new();
        for (nth, file) in self.files.iter().enumerate() {
            let size = file.size.unwrap_or_default();
            match left.checked_sub(size) {
                Some(rest) => left = rest,
                None if size > limit => refused.push(RefusedFile::new(nth, FileRejection::LargerThanQuota { limit })),
                None => refused.push(RefusedFile::new(nth, FileRejection::QuotaFull { left, limit })),
            }
        }
        if refused.is_empty() { error } else { FileRejection::FilesRefused { refused }.into() }
    }

    /// Judges the files before any byte of them comes.
    ///
    /// # Errors
    ///
    /// If they are not within the rules, or have names that no file may have: which of them, where single ones are to blame.
    pub fn check(&self, rules: RuleBook) -> Result<(), FileRejection> {
        let heads = self.files.iter().map(PlannedFile::head).collect::<Vec<_>>();
        let refused = heads.iter().enumerate().filter_map(|(nth, head)| {
            let rejection = head.as_ref().err()?.clone();
            Some(RefusedFile::new(nth, rejection))
        });
        let refused: Vec<_> = refused.collect();
        if !refused.is_empty() {
            return Err(FileRejection::FilesRefused { refused });
        }
        let names: Vec<_> = heads.into_iter().flatten().map(|head| head.path.name()).collect();
        let files = self.files.iter().zip(&names);
        rules.foresee(files.map(|(file, name)| (&file.upload, name.as_str(), file.size)))
    }
}

impl PlannedFile {
    /// What is said of the file, checked.
    ///
    /// # Errors
    ///
    /// If no file may have that name.
    pub fn head(&self) -> Result<FileHead, FileRejection> {
        let head = FileHead::new(self.upload.clone(), self.name.clone())?;
        Ok(head.claiming(self.mime.clone(), self.size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::{Limits, Rules};

    #[test]
    fn a_plan_says_which_files_are_refused() {
        let json = br#"{"call": {"page": "/"}, "files": [
            {"upload": "a", "name": "a.txt", "size": 5},
            {"upload": "a", "name": "../a.txt", "size": 5},
            {"upload": "a", "name": "b/a.txt", "size": 5, "have": 2}
        ]}"#;
        let mut plan = UploadPlan::parse(json).unwrap();
        assert_eq!((plan.length(), plan.size(), plan.call.get()), (Some(13), 15, r#"{"page": "/"}"#));
        let rules = || {
            let limits = Limits { max_size: Some(4), ..Limits::NONE };
            RuleBook::new(vec![("a".into(), Rules { limits, ..Rules::default() })])
        };
        let refused = |plan: &UploadPlan| match plan.check(rules()).unwrap_err() {
            FileRejection::FilesRefused { refused } => {
                refused.iter().map(|file| (file.nth, file.rejection.code())).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&plan), [(1, "upload.unsafe-name")]);
        plan.files.remove(1);
        assert_eq!(refused(&plan), [(0, "upload.too-large"), (1, "upload.too-large")]);
        assert_eq!(UploadPlan::parse(&plan.to_json()).unwrap().length(), Some(8));
    }

    #[test]
    fn only_a_single_file_may_be_of_unknown_size() {
        let of = |files: &str| UploadPlan::parse(format!(r#"{{"call": null, "files": [{files}]}}"#).as_bytes());
        assert_eq!(of(r#"{"upload": "a", "name": "b"}"#).unwrap().length(), None);
        let two = r#"{"upload": "a", "name": "b"}, {"upload": "a", "name": "c", "size": 1}"#;
        assert!(matches!(of(two), Err(FileRejection::Malformed { .. })));
        let many = vec![r#"{"upload":"a","name":"b","size":0}"#; 10_001].join(",");
        assert!(matches!(of(&many), Err(FileRejection::TooManyFiles { .. })));
    }
}
