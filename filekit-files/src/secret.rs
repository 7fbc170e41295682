//! The secret and what is signed with it.
//!
//! ```text
//! secret -> key --(label, what many signatures share)--> signer --(what is signed)--> MAC
//! ```
//!
//! All MACs are those of BLAKE3's keyed mode, of which the first 128 bits are kept. A signer's key is itself such a MAC, of 256
//! bits: so a page with hundreds of signatures hashes its own address and session once, and each signature is one short hash.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use constant_time_eq::constant_time_eq_16;

use crate::error::Result;
use crate::storage::{TemporaryFile, named};

/// The length of a MAC in bytes: BLAKE3's first 16, so forging one takes 2^128 attempts.
pub const MAC_LENGTH: usize = 16;

/// The length of a secret that is made here, in bytes.
const LENGTH: usize = 32;

/// What keys are derived for; see `blake3::derive_key`.
const CONTEXT: &str = "filekit 2026-11-29 signatures of pages, links and sessions";

/// What a MAC is for, so that one made for one thing never passes for another. Each is owned by the code that signs with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(&'static str);

impl Label {
    /// A label of this name, which no other label of the program has.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }
}

/// What the public tag of a key is derived for.
const TAG_CONTEXT: &str = "filekit 2026-11-29 tag that tells programs apart";

type Key = [u8; blake3::KEY_LEN];

#[derive(Clone, Copy)]
struct TaggedKey {
    key: Key,
    tag: u32,
}

/// The keys that all MACs of a server, and of its replicas, are made with: the first signs, and what any of them signed is
/// genuine.
#[derive(Clone)]
pub struct Secret(Arc<[TaggedKey]>);

/// Signs many things that have a label and more in common.
#[derive(Clone)]
pub struct Signer(Key);

impl Signer {
    /// The MAC over `text`.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; MAC_LENGTH] {
        let full = blake3::keyed_hash(&self.0, text);
        let mut mac = [0; MAC_LENGTH];
        mac.copy_from_slice(&full.as_bytes()[..MAC_LENGTH]);
        mac
    }
}

impl Secret {
    /// The secret of these bytes, whatever their length.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let [first, second, third, fourth, ..] = blake3::derive_key(TAG_CONTEXT, bytes);
        let tag = u32::from_be_bytes([first, second, third, fourth]);
        Self(Arc::new([TaggedKey { key: blake3::derive_key(CONTEXT, bytes), tag }]))
    }

    /// The same secret, by which what `old` signed is still genuine.
    #[must_use]
    pub fn succeeding(&self, old: &Self) -> Self {
        Self(self.0.iter().chain(old.0.iter()).copied().collect())
    }

    /// Numbers that are the same wherever the secret is, and others for another secret: of the key that signs first, then of the
    /// older ones. They may be seen.
    pub fn tags(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|key| key.tag)
    }

    /// Signs what has this label and these parts in common. Each part goes in with its length, so that no other parts read the
    /// same.
    #[must_use]
    pub fn signer(&self, label: impl Into<Label>, shared: &[&[u8]]) -> Signer {
        derived(&self.0[0].key, label.into(), shared)
    }

    /// Tells whether `mac` was made over `text` by a [`Signer`] of this secret, in a time that does not depend on where it
    /// differs.
    #[must_use]
    pub fn verify(&self, label: impl Into<Label>, shared: &[&[u8]], text: &[u8], mac: &[u8]) -> bool {
        let label = label.into();
        let Ok(mac) = mac.try_into() else { return false };
        self.0.iter().any(|key| constant_time_eq_16(&derived(&key.key, label, shared).sign(text), mac))
    }
}

fn derived(key: &Key, label: Label, shared: &[&[u8]]) -> Signer {
    // Mostly less than a hundred bytes: to hash them at once takes less than to set up for more.
    let mut parts = Vec::with_capacity(256);
    for part in [label.0.as_bytes()].iter().chain(shared) {
        parts.extend_from_slice(&(part.len() as u64).to_be_bytes());
        parts.extend_from_slice(part);
    }
    Signer(blake3::keyed_hash(key, &parts).into())
}

/// A secret that was made here, and the file that keeps it.
pub struct KeptSecret {
    path: PathBuf,
    bytes: [u8; LENGTH],
}

impl KeptSecret {
    /// Reads the secret kept in `path`, or makes one and keeps it there, readable by this user alone.
    ///
    /// # Errors
    ///
    /// If the file can be neither read nor made.
    pub fn in_file(path: PathBuf) -> Result<Self> {
        if let Some(bytes) = read(&path)? {
            return Ok(Self { path, bytes });
        }
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        if write(&path, &bytes)? {
            return Ok(Self { path, bytes });
        }
        // Another server started at the same time and was first.
        let bytes = read(&path)?.ok_or_else(|| named(io::ErrorKind::NotFound.into(), &path))?;
        Ok(Self { path, bytes })
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> Secret {
        Secret::new(&self.bytes)
    }

    /// Writes the file again if it is gone, so that a later start goes on with the same secret.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it.
    pub fn restore(&self) -> io::Result<()> {
        if !self.path.exists() {
            write(&self.path, &self.bytes)?;
        }
        Ok(())
    }
}

/// Reads a secret, if there is one. One of a wrong length is an error: with another one in its place, all links to files would be
/// dead.
fn read(path: &Path) -> io::Result<Option<[u8; LENGTH]>> {
    match std::fs::read(path) {
        Ok(bytes) => match <[u8; LENGTH]>::try_from(bytes) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(bytes) => {
                let length = bytes.len();
                let text = format!("the secret has {length} bytes instead of {LENGTH}; remove it to get a new one");
                Err(named(io::Error::new(io::ErrorKind::InvalidData, text), path))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(named(error, path)),
    }
}

/// Writes a secret as a file that appears whole, with mode 0600; or tells that there is one already.
fn write(path: &Path, bytes: &[u8; LENGTH]) -> io::Result<bool> {
    let temporary = path.with_extension(format!("{:016x}", getrandom::u64().map_err(io::Error::other)?));
    let (mut file, temporary) = TemporaryFile::create(temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    match temporary.persist_new(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(named(error, path)),
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

impl std::fmt::Debug for KeptSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("KeptSecret").field("path", &self.path).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signer(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: Label = Label::new("page");

    fn sign(secret: &Secret, text: &[u8]) -> [u8; MAC_LENGTH] {
        secret.signer(LABEL, &[b"page", b"session"]).sign(text)
    }

    #[test]
    fn a_mac_holds_for_its_purpose_and_text_only() {
        let secret = Secret::new(b"key");
        let mac = sign(&secret, b"text");
        let shared: &[&[u8]] = &[b"page", b"session"];
        assert!(secret.verify(LABEL, shared, b"text", &mac));
        assert!(!secret.verify(Label::new("link"), shared, b"text", &mac));
        assert!(!secret.verify(LABEL, shared, b"texT", &mac));
        assert!(!secret.verify(LABEL, shared, b"text", &mac[..8]));
        for other in [
            &[b"pages".as_slice(), b"ession"] as &[&[u8]],
            &[b"page"],
            &[b"session", b"page"],
            &[b"", b"page", b"session"],
        ] {
            assert!(!secret.verify(LABEL, other, b"text", &mac), "{other:?}");
        }
        assert!(!Secret::new(b"other").verify(LABEL, shared, b"text", &mac));
    }

    #[test]
    fn a_new_secret_signs_and_an_old_one_is_still_known() {
        let (old, new) = (Secret::new(b"old"), Secret::new(b"new"));
        let both = new.succeeding(&old);
        assert_eq!(sign(&both, b"text"), sign(&new, b"text"));
        let knows =
            |secret: &Secret, mac: [u8; MAC_LENGTH]| secret.verify(LABEL, &[b"page", b"session"], b"text", &mac);
        assert!(knows(&both, sign(&old, b"text")) && knows(&both, sign(&new, b"text")));
        assert!(!knows(&new, sign(&old, b"text")) && !knows(&both, sign(&Secret::new(b"third"), b"text")));
    }

    #[test]
    fn servers_that_start_together_have_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let start = || sign(&KeptSecret::in_file(path.clone()).unwrap().secret(), b"");
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
        let error = KeptSecret::in_file(path.clone()).unwrap_err().to_string();
        assert!(error.contains("secret") && error.contains("5 bytes"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "short");
    }

    #[test]
    fn a_secret_whose_file_is_gone_is_kept_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let kept = KeptSecret::in_file(path.clone()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        kept.restore().unwrap();
        std::fs::remove_file(&path).unwrap();
        kept.restore().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        std::fs::write(&path, "another server's").unwrap();
        kept.restore().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "another server's");
    }

    #[test]
    fn a_kept_secret_is_the_same_the_next_time_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let mac = sign(&KeptSecret::in_file(path.clone()).unwrap().secret(), b"");
        assert_eq!(sign(&KeptSecret::in_file(path.clone()).unwrap().secret(), b""), mac);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
