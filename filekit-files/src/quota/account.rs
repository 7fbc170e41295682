//! On whose account bytes are.

use std::fmt;

/// On whose account bytes are: of an owner, and of the address that they came from. What has neither counts in all alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The owner, if it is known.
    pub owner: Option<AccountKey>,
    /// The address, if it is known.
    pub address: Option<AccountKey>,
}

/// An owner or an address, as it is counted and noted on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountKey(u128);

impl AccountKey {
    /// The key of these bytes: a digest, which tells nothing of a session. Of an address or a user's name it tells those who read the disk
    /// and try all that there are.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// Reads a key as it is written.
    pub(super) fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}
