//! Names for what was stored when, which no two writers give.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which content of a key it is: 16 bytes that no other content of any key has. So one that was removed, or lost with its
/// store, and written again by another server is not taken for the one before. Versions have no order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version([u8; Self::LENGTH]);

impl Version {
    /// Bytes of a version.
    pub const LENGTH: usize = 16;

    /// A version that has not been given before, by any process.
    ///
    /// ```
    /// # use filekit_runtime::stores::Version;
    /// assert_ne!(Version::unused(), Version::unused());
    /// ```
    #[must_use]
    pub fn unused() -> Self {
        Self(unused())
    }

    /// The version with these bytes, for a store that reads what it has written.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for a store that writes them down.
    ///
    /// ```
    /// # use filekit_runtime::stores::Version;
    /// let version = Version::unused();
    /// assert_eq!(Version::from_bytes(version.to_bytes()), version);
    /// ```
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Version({:032x})", u128::from_be_bytes(self.0))
    }
}

/// Half of it is the process, by chance, and half is counted: that asks the system for nothing, and cannot fail.
pub(super) fn unused() -> [u8; 16] {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // Keys by which the standard library guards its maps: of the system's randomness.
    let process = PROCESS.get_or_init(|| RandomState::new().build_hasher().finish());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    (u128::from(*process) << 64 | u128::from(count)).to_be_bytes()
}
