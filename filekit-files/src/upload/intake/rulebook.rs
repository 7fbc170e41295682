//! Enforces the rules of one request while its files arrive, each as early as it can be told.
//!
//! ```text
//! claimed sizes, length of the body -> begin -> head of a file -> begin_file -> its bytes -> pass -> end_file -> end
//!                                      totals   count, size     type, size, total     type, size     enough files
//! ```

use crate::error::{FileRejection, RefusedFile};
use crate::types::{SNIFF_LENGTH, accept};
use crate::upload::read::is_name_of;
use crate::upload::{Limits, Rules, UploadId};

/// What the multipart form adds to a file: its head, with names of a kilobyte in twofold spelling, and the boundary.
const AROUND_A_FILE: u64 = 4 * 1024;

/// The rules that were signed for a request, and what has come of each upload so far.
#[derive(Debug)]
pub struct RuleBook {
    accounts: Vec<Account>,
    /// The file at hand.
    file: Option<CurrentFile>,
    /// What the extension of that file should be, once it was judged, if its name says what it is not.
    right_extension: Option<&'static str>,
}

/// What has come of an upload.
#[derive(Debug)]
struct Account {
    upload: UploadId,
    limits: Limits,
    /// Lists of types, each of which accepts every file.
    accept: Vec<Vec<String>>,
    sha256: bool,
    strip_metadata: bool,
    files: u32,
    bytes: u64,
}

#[derive(Debug)]
struct CurrentFile {
    /// Which account it belongs to.
    account: usize,
    name: String,
    size: u64,
    is_judged: bool,
}

impl RuleBook {
    /// The rules of the uploads that a request brings.
    #[must_use]
    pub fn new(uploads: Vec<(UploadId, Rules)>) -> Self {
        let mut accounts: Vec<Account> = Vec::new();
        for (upload, rules) in uploads {
            match accounts.iter_mut().find(|known| known.upload == upload) {
                // Several events of a chain take the same files, and the rules of each hold.
                Some(known) => known.join(rules),
                None => accounts.push(Account::new(upload, rules)),
            }
        }
        Self { accounts, file: None, right_extension: None }
    }

    /// The upload that the part of this name belongs to.
    pub(crate) fn upload(&self, part: &str) -> Option<&UploadId> {
        let mut uploads = self.accounts.iter().map(|account| &account.upload);
        uploads.find(|upload| is_name_of(upload.as_str(), part))
    }

    /// Whether the digest of the file at hand is wanted.
    pub(crate) fn wants_sha256(&self) -> bool {
        self.file.as_ref().is_some_and(|file| self.accounts[file.account].sha256)
    }

    /// Whether metadata is taken out of the file at hand, if it is a picture.
    pub(crate) fn strips_metadata(&self) -> bool {
        self.file.as_ref().is_some_and(|file| self.accounts[file.account].strip_metadata)
    }

    /// Whether every byte of files of an upload has to pass here: for a digest, or to take metadata out.
    pub(crate) fn needs_every_byte(&self, upload: &UploadId) -> bool {
        self.accounts.iter().any(|account| account.upload == *upload && (account.sha256 || account.strip_metadata))
    }

    /// Judges what a request says of itself: the claimed sizes of its files, and how many bytes are to come. Neither is to
    /// be trusted, but who claims too much need not send it.
    ///
    /// # Errors
    ///
    /// If that cannot be within the rules.
    pub(crate) fn begin(&self, sizes: &[u64], to_come: Option<u64>) -> Result<(), FileRejection> {
        // Of several uploads it is not known yet which file is whose.
        let [Account { limits, .. }] = self.accounts.as_slice() else { return Ok(()) };
        if let Some(limit) = limits.max_files.filter(|limit| sizes.len() > *limit as usize) {
            return Err(FileRejection::TooManyFiles { limit });
        }
        let Some(limit) = limits.max_total else { return Ok(()) };
        let claimed = sizes.iter().fold(0_u64, |total, size| total.saturating_add(*size));
        let files = limits.max_files.map_or(sizes.len(), |limit| sizes.len().max(limit as usize)).max(1);
        let around = AROUND_A_FILE.saturating_mul(files as u64);
        // Without claims it is not known how many files share the bytes that are to come.
        let length = to_come.filter(|_| !sizes.is_empty() || limits.max_files.is_some()).unwrap_or_default();
        match claimed > limit || length > limit.saturating_add(around) {
            true => Err(FileRejection::TotalTooLarge { limit }),
            false => Ok(()),
        }
    }

    /// Begins a file, of which no byte was read. `to_come` says how many are, at least, with what follows the file.
    ///
    /// # Errors
    ///
    /// If it is one too many, or claims to be too large.
    pub(crate) fn begin_file(
        &mut self,
        upload: &UploadId,
        name: &str,
        claimed: Option<u64>,
        to_come: Option<u64>,
    ) -> Result<(), FileRejection> {
        let is_alone = self.accounts.len() == 1;
        let found = self.accounts.iter_mut().enumerate().find(|(_, account)| account.upload == *upload);
        let Some((nth, account)) = found else { return Ok(()) };
        let limits = account.limits;
        account.files += 1;
        if let Some(limit) = limits.max_files.filter(|limit| account.files > *limit) {
            return Err(FileRejection::TooManyFiles { limit });
        }
        let file = CurrentFile { account: nth, name: name.to_owned(), size: 0, is_judged: false };
        // All that is to come belongs to the last file that may come.
        let is_last = is_alone && limits.max_files == Some(account.files);
        let to_come = to_come.filter(|_| is_last).map(|bytes| bytes.saturating_sub(AROUND_A_FILE));
        let expected = claimed.unwrap_or_default().max(to_come.unwrap_or_default());
        account.check_size(&file, expected)?;
        self.file = Some(file);
        self.right_extension = None;
        Ok(())
    }

    /// Counts bytes of the file at hand, which begins with `start`.
    ///
    /// # Errors
    ///
    /// If they are too many, or the file is of a type that is not accepted.
    pub(crate) fn pass(&mut self, bytes: u64, start: &[u8]) -> Result<(), FileRejection> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let account = &mut self.accounts[file.account];
        account.check_size(file, file.size.saturating_add(bytes))?;
        file.size += bytes;
        account.bytes += bytes;
        if !file.is_judged && start.len() >= SNIFF_LENGTH {
            file.is_judged = true;
            self.right_extension = account.check_type(file, start)?;
        }
        Ok(())
    }

    /// Ends the file at hand, which begins with `start`.
    ///
    /// # Errors
    ///
    /// If it is too small, or of a type that is not accepted.
    pub(crate) fn end_file(&mut self, start: &[u8]) -> Result<(), FileRejection> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let account = &self.accounts[file.account];
        if !file.is_judged {
            self.right_extension = account.check_type(&file, start)?;
        }
        match account.limits.min_size {
            Some(limit) if file.size < limit => Err(FileRejection::TooSmall { name: file.name, limit }),
            _ => Ok(()),
        }
    }

    /// What the extension of the file at hand, which may have ended, should be: both what its name says and what it is are
    /// accepted, but it is not what its name says.
    pub(crate) fn right_extension(&self) -> Option<&'static str> {
        self.right_extension
    }

    /// Judges files by what is said of them, before any byte comes: each by itself, then all together.
    ///
    /// # Errors
    ///
    /// If they cannot be within the rules. Which of them are to blame is told of all, where single ones are.
    pub fn foresee<'a>(
        mut self,
        files: impl Iterator<Item = (&'a UploadId, &'a str, Option<u64>)> + Clone,
    ) -> Result<(), FileRejection> {
        let refused = files.clone().enumerate().filter_map(|(nth, (upload, name, size))| {
            let account = self.accounts.iter().find(|account| account.upload == *upload);
            let rejection = account?.foresee(name, size?)?;
            Some(RefusedFile::new(nth, rejection))
        });
        let refused: Vec<_> = refused.collect();
        if !refused.is_empty() {
            return Err(FileRejection::FilesRefused { refused });
        }
        for (upload, name, size) in files {
            if self.accounts.iter().all(|account| account.upload != *upload) {
                return Err(FileRejection::malformed("a file belongs to no upload of this event"));
            }
            self.begin_file(upload, name, None, None)?;
            self.pass(size.unwrap_or_default(), &[])?;
            self.file = None;
        }
        self.end()
    }

    /// Ends the request: there are no more files.
    ///
    /// # Errors
    ///
    /// If there should be.
    pub fn end(&self) -> Result<(), FileRejection> {
        for account in &self.accounts {
            if let Some(limit) = account.limits.min_files.filter(|limit| account.files < *limit) {
                return Err(FileRejection::TooFewFiles { limit });
            }
        }
        Ok(())
    }
}

impl Account {
    fn new(upload: UploadId, rules: Rules) -> Self {
        let Rules { accept, limits, sha256, strip_metadata, .. } = rules;
        Self { upload, limits, accept: vec![accept], sha256, strip_metadata, files: 0, bytes: 0 }
    }

    /// Takes only what these rules allow, too.
    fn join(&mut self, rules: Rules) {
        let Rules { accept, limits, sha256, strip_metadata, .. } = rules;
        self.limits = self.limits.and(limits);
        self.sha256 |= sha256;
        self.strip_metadata |= strip_metadata;
        if !self.accept.contains(&accept) {
            self.accept.push(accept);
        }
    }

    /// Why a file of this size is refused, whatever is in it.
    fn foresee(&self, name: &str, size: u64) -> Option<FileRejection> {
        let limits = self.limits;
        let too_large = limits.max_size.filter(|limit| size > *limit);
        let too_small = limits.min_size.filter(|limit| size < *limit);
        let name = || name.to_owned();
        too_large
            .map(|limit| FileRejection::TooLarge { name: name(), limit })
            .or_else(|| too_small.map(|limit| FileRejection::TooSmall { name: name(), limit }))
    }

    /// Checks a size that the file at hand has, or will have.
    fn check_size(&self, file: &CurrentFile, size: u64) -> Result<(), FileRejection> {
        let limits = self.limits;
        if let Some(limit) = limits.max_size.filter(|limit| size > *limit) {
            return Err(FileRejection::TooLarge { name: file.name.clone(), limit });
        }
        let total = (self.bytes - file.size).saturating_add(size);
        match limits.max_total.filter(|limit| total > *limit) {
            Some(limit) => Err(FileRejection::TotalTooLarge { limit }),
            None => Ok(()),
        }
    }

    /// Checks what a file is that begins with `start`. Returns what its extension should be, if it is another.
    fn check_type(&self, file: &CurrentFile, start: &[u8]) -> Result<Option<&'static str>, FileRejection> {
        let mut right = None;
        for list in &self.accept {
            let checked = accept::check(list, &file.name, start);
            let found = checked.map_err(|refusal| FileRejection::TypeNotAccepted {
                name: file.name.clone(),
                accepted: list.clone(),
                mismatch: refusal.mismatch(),
            })?;
            right = right.or(found);
        }
        Ok(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(limits: Limits) -> RuleBook {
        RuleBook::new(vec![("a".into(), Rules { limits, ..Rules::default() })])
    }

    fn code(result: Result<(), FileRejection>) -> &'static str {
        result.map_or_else(|rejection| rejection.code(), |()| "")
    }

    #[test]
    fn what_is_claimed_is_refused_before_it_comes() {
        let small = book(Limits { max_total: Some(1_000_000), max_files: Some(2), ..Limits::NONE });
        assert_eq!(code(small.begin(&[1, 2], Some(1_000))), "");
        assert_eq!(code(small.begin(&[1, 2, 3], None)), "upload.too-many-files");
        assert_eq!(code(small.begin(&[1_000_000, 1], None)), "upload.total-too-large");
        assert_eq!(code(small.begin(&[u64::MAX, u64::MAX], None)), "upload.total-too-large");
        assert_eq!(code(small.begin(&[], Some(1_001_000))), "", "the form takes room as well");
        assert_eq!(code(small.begin(&[], Some(1_100_000))), "upload.total-too-large");
    }

    #[test]
    fn a_file_that_claims_too_much_is_refused_at_its_head() {
        let limits = Limits { max_size: Some(1_000), max_files: Some(1), ..Limits::NONE };
        assert_eq!(code(book(limits).begin_file(&"a".into(), "a", Some(1_000), Some(1_100))), "");
        assert_eq!(code(book(limits).begin_file(&"a".into(), "a", Some(1_001), None)), "upload.too-large");
        assert_eq!(code(book(limits).begin_file(&"a".into(), "a", None, Some(100_000))), "upload.too-large");
        let several = Limits { max_files: Some(2), ..limits };
        assert_eq!(code(book(several).begin_file(&"a".into(), "a", None, Some(100_000))), "", "a second may follow");
    }

    #[test]
    fn of_several_rules_for_the_same_files_each_holds() {
        let accepting = |list: &str| Rules { accept: accept::entries(list), ..Rules::default() };
        let all =
            [accepting(""), accepting("text/*"), Rules { sha256: true, strip_metadata: true, ..accepting(".csv") }];
        for turned in 0..all.len() {
            let mut rules = all.to_vec();
            rules.rotate_left(turned);
            let mut book = RuleBook::new(rules.into_iter().map(|rules| ("a".into(), rules)).collect());
            for (name, expected) in [("a.csv", ""), ("a.txt", "upload.type-not-accepted")] {
                book.begin_file(&"a".into(), name, None, None).unwrap();
                assert!(book.wants_sha256() && book.strips_metadata());
                assert_eq!(code(book.end_file(b"1,2")), expected, "{name}, turned by {turned}");
            }
        }
    }

    #[test]
    fn files_are_judged_before_they_come() {
        let limits = Limits { max_size: Some(10), min_size: Some(2), max_files: Some(3), ..Limits::NONE };
        let limits = Limits { max_total: Some(15), min_files: Some(1), ..limits };
        let upload = UploadId::from("a");
        let foresee = |sizes: &[u64]| {
            let files = sizes.iter().map(|size| (&upload, "a", Some(*size)));
            let refused = book(limits).foresee(files);
            let nth = match &refused {
                Err(FileRejection::FilesRefused { refused }) => refused.iter().map(|file| file.nth).collect(),
                _ => Vec::new(),
            };
            (code(refused), nth)
        };
        assert_eq!(foresee(&[10, 5]), ("", vec![]));
        assert_eq!(foresee(&[]), ("upload.too-few-files", vec![]));
        assert_eq!(foresee(&[2; 4]), ("upload.too-many-files", vec![]));
        assert_eq!(foresee(&[10, 6]), ("upload.total-too-large", vec![]));
        assert_eq!(foresee(&[5, 11, 1]), ("upload.too-large", vec![1, 2]));
        let other = UploadId::from("b");
        assert_eq!(code(book(limits).foresee([(&other, "b", Some(5))].into_iter())), "request.malformed");
    }

    #[test]
    fn bytes_are_counted_as_they_come() {
        let mut book = book(Limits { max_size: Some(10), max_total: Some(15), ..Limits::NONE });
        let upload = UploadId::from("a");
        book.begin_file(&upload, "a", Some(0), None).unwrap();
        assert_eq!(code(book.pass(10, b"")), "");
        book.end_file(b"").unwrap();
        book.begin_file(&upload, "b", None, None).unwrap();
        assert_eq!(code(book.pass(5, b"")), "");
        assert_eq!(code(book.pass(1, b"")), "upload.total-too-large");
        assert_eq!(code(book.pass(6, b"")), "upload.too-large");
    }
}
