//! The secret and what is signed with it; not what the signed things mean.

use std::io::Write as _;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::Result;

/// The length of a MAC in bytes: half of SHA-256's, as much as RFC 2104, section 5 allows to leave off.
pub(crate) const MAC_LENGTH: usize = 16;

/// What a MAC is for, so that one made for one thing never passes for another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Calling an event from a page.
    PageCapability,
    /// Fetching what an event hands over.
    DownloadCapability,
    /// Reading an uploaded file.
    UploadUrl,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::PageCapability => b"filekit page capability 1\0",
            Self::DownloadCapability => b"filekit download capability 1\0",
            Self::UploadUrl => b"filekit upload url 1\0",
        }
    }
}

/// The key that all MACs of a server, and of its replicas, are made with.
#[derive(Clone)]
pub(crate) struct Secret(Hmac<Sha256>);

impl Secret {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        match Hmac::new_from_slice(bytes) {
            Ok(mac) => Self(mac),
            // RFC 2104 takes a key of any length.
            Err(_) => unreachable!("HMAC takes a key of any length"),
        }
    }

    /// Reads the secret kept in `path`, or makes one and keeps it there, readable by this user alone.
    ///
    /// # Errors
    ///
    /// If the file can be neither read nor made.
    pub(crate) fn kept_in(path: &Path) -> Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) if bytes.len() == 32 => return Ok(Self::new(&bytes)),
            Ok(_) => {
                tracing::warn!(path = %path.display(), "the secret was not 32 bytes long; a new one takes its place")
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        // A file that appears whole: two servers that start at once must not read half a secret. Made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // Whoever came last won; all go on with what is there.
        Ok(Self::new(&std::fs::read(path)?))
    }

    /// The MAC over `parts`. The caller sees to it that no two lists of parts read the same when they are put together.
    pub(crate) fn sign(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; MAC_LENGTH] {
        let full = self.over(purpose, parts).finalize().into_bytes();
        let mut mac = [0; MAC_LENGTH];
        mac.copy_from_slice(&full[..MAC_LENGTH]);
        mac
    }

    /// Tells whether `mac` was made by [`Secret::sign`], in a time that does not depend on where it differs.
    pub(crate) fn verify(&self, purpose: Purpose, parts: &[&[u8]], mac: &[u8]) -> bool {
        mac.len() == MAC_LENGTH && self.over(purpose, parts).verify_truncated_left(mac).is_ok()
    }

    fn over(&self, purpose: Purpose, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(purpose.label());
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_holds_for_its_purpose_and_text_only() {
        let secret = Secret::new(b"key");
        let mac = secret.sign(Purpose::PageCapability, &[b"text"]);
        assert!(secret.verify(Purpose::PageCapability, &[b"text"], &mac));
        assert!(!secret.verify(Purpose::UploadUrl, &[b"text"], &mac));
        assert!(!secret.verify(Purpose::PageCapability, &[b"texT"], &mac));
        assert!(!secret.verify(Purpose::PageCapability, &[b"text"], &mac[..8]));
        assert!(!Secret::new(b"other").verify(Purpose::PageCapability, &[b"text"], &mac));
    }

    #[test]
    fn a_kept_secret_is_the_same_the_next_time_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let mac = Secret::kept_in(&path).unwrap().sign(Purpose::PageCapability, &[]);
        assert_eq!(Secret::kept_in(&path).unwrap().sign(Purpose::PageCapability, &[]), mac);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
