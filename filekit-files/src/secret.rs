//! The secret and what is signed with it; not what the signed things mean.

use std::io::{self, Write as _};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::Result;
use crate::storage::{Temporary, named};

/// The length of a MAC in bytes: half of SHA-256's, as much as RFC 2104, section 5 allows to leave off.
pub const MAC_LENGTH: usize = 16;

/// The length of a secret that is made here, in bytes.
const LENGTH: usize = 32;

/// What a MAC is for, so that one made for one thing never passes for another.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Calling an event from a page.
    PageCapability,
    /// Fetching what an event hands over.
    DownloadCapability,
    /// Reading an uploaded file.
    UploadUrl,
    /// Messages for the next page.
    Flash,
    /// Showing a page again.
    PageSeal,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::PageCapability => b"filekit page capability 1\0",
            Self::DownloadCapability => b"filekit download capability 1\0",
            Self::UploadUrl => b"filekit upload url 1\0",
            Self::Flash => b"filekit flash 1\0",
            Self::PageSeal => b"filekit page seal 1\0",
        }
    }
}

/// The key that all MACs of a server, and of its replicas, are made with.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl Secret {
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
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
    pub fn kept_in(path: &Path) -> Result<Self> {
        if let Some(secret) = Self::read(path)? {
            return Ok(secret);
        }
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        // A file that appears whole, with mode 0600.
        let temporary = path.with_extension(format!("{:016x}", getrandom::u64()?));
        let (mut file, temporary) = Temporary::create(temporary)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        match temporary.keep_as_new(path) {
            Ok(()) => Ok(Self::new(&bytes)),
            // Another server started at the same time and was first.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::read(path)?.ok_or_else(|| named(io::ErrorKind::NotFound.into(), path).into())
            }
            Err(error) => Err(named(error, path).into()),
        }
    }

    /// Reads the secret, if there is one. One of a wrong length is an error: with another one in its place, all links to
    /// files would be dead.
    fn read(path: &Path) -> Result<Option<Self>> {
        match std::fs::read(path) {
            Ok(bytes) if bytes.len() == LENGTH => Ok(Some(Self::new(&bytes))),
            Ok(bytes) => {
                let text =
                    format!("the secret has {} bytes instead of {LENGTH}; remove it to get a new one", bytes.len());
                Err(named(io::Error::new(io::ErrorKind::InvalidData, text), path).into())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(named(error, path).into()),
        }
    }

    /// The MAC over `parts`, each with its length, so that no other parts read the same.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; MAC_LENGTH] {
        let full = self.over(purpose, parts).finalize().into_bytes();
        let mut mac = [0; MAC_LENGTH];
        mac.copy_from_slice(&full[..MAC_LENGTH]);
        mac
    }

    /// Tells whether `mac` was made by [`Secret::sign`], in a time that does not depend on where it differs.
    #[must_use]
    pub fn verify(&self, purpose: Purpose, parts: &[&[u8]], mac: &[u8]) -> bool {
        mac.len() == MAC_LENGTH && self.over(purpose, parts).verify_truncated_left(mac).is_ok()
    }

    fn over(&self, purpose: Purpose, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(purpose.label());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
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
    fn servers_that_start_together_have_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let start = || Secret::kept_in(&path).unwrap().sign(Purpose::UploadUrl, &[]);
        let macs: Vec<_> = std::thread::scope(|scope| {
            let servers: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            servers.into_iter().map(|server| server.join().unwrap()).collect()
        });
        assert!(macs.iter().all(|mac| *mac == start()));
    }

    #[test]
    fn a_damaged_secret_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "short").unwrap();
        let error = Secret::kept_in(&path).unwrap_err().to_string();
        assert!(error.contains("secret") && error.contains("5 bytes"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "short");
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
