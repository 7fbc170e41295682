//! What is wanted, how much of it there is room for, and by which bound.

use super::account::Account;
use super::book::Book;
use crate::error::FileRejection;

/// How much is reserved at a time for what does not say how many bytes come.
const STEP: u64 = 1 << 20;

/// How much more an account may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// How many bytes.
    pub(crate) left: u64,
    /// What is in the way of more.
    pub(super) bound: Bound,
}

/// How many bytes are wanted in all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

/// What has to go for something to have room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lack {
    pub(crate) bytes: u64,
    pub(super) bound: Bound,
}

/// Why nothing is reserved.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There will never be room.
    Larger(FileRejection),
    NoRoom(Room),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Owner(u64),
    Address(u64),
    Total(u64),
    Disk,
}

impl Wanted {
    /// Those that are said to come.
    pub(crate) fn exactly(bytes: u64) -> Self {
        Self { least: bytes, most: bytes }
    }

    /// Those that have come of what does not say how many come, and where there is room some more.
    pub(crate) fn at_least(bytes: u64) -> Self {
        Self::between(bytes, bytes.saturating_add(STEP))
    }

    /// As many of these as there is room for.
    pub(crate) fn between(least: u64, most: u64) -> Self {
        Self { least, most }
    }
}

impl Bound {
    pub(super) fn limit(self) -> u64 {
        match self {
            Self::Owner(limit) | Self::Address(limit) | Self::Total(limit) => limit,
            Self::Disk => u64::MAX,
        }
    }

    /// How many bytes count against it.
    pub(super) fn used(self, book: &Book, account: Account) -> u64 {
        match self {
            Self::Owner(_) => account.owner.map_or(0, |owner| book.of_owner(owner)),
            Self::Address(_) => account.address.map_or(0, |address| book.of_address(address)),
            Self::Total(_) => book.total(),
            Self::Disk => 0,
        }
    }

    /// Whether what another account has counts against it, too.
    pub(super) fn is_of(self, account: Account, other: Account) -> bool {
        match self {
            Self::Owner(_) => other.owner == account.owner,
            Self::Address(_) => other.address == account.address,
            Self::Total(_) => true,
            Self::Disk => false,
        }
    }
}
