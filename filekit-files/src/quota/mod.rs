//! How much may be kept, and on its way: bounds, what is counted against them, and refusals.
//!
//! ```text
//! Quota -> Ledger: entries of what is on its way (reserved before a byte comes) and of what is stored, each on an Account
//!          begin -> rate, uploads at once  |  reserve -> bytes, by owner, by address, in all, free space of the disk
//! ```
//!
//! An entry is there for as long as its bytes are, or may come. `book.rs` sums them up, `journal.rs` lets them survive a restart and
//! tells other servers of them, `charge.rs` is the share of one call.

mod account;
mod book;
mod books;
mod bound;
mod charge;
mod free_space;
mod journal;
mod ledger;
mod traffic;

pub use account::{Account, AccountKey};
pub(crate) use book::{EntryKind, EntryName, FoundEntry};
pub(crate) use bound::{Refusal, Wanted};
pub use charge::Charge;
pub(crate) use charge::{Keeping, Origin};
pub use ledger::{Ledger, QuotaUse, UploadSlot};

use crate::size;

/// How much may be kept, and on its way, in bytes; and how many uploads.
///
/// What an upload is going to have is reserved before its first byte is sent, and given back on every way out: when it is cancelled, breaks off
/// for good, is refused, expires, or its event fails. What is stored counts until it is removed. Files that were there before, or were
/// put there by other programs, count in all and for no owner.
///
/// A refusal is told before a file is sent, beside the file: `413` where it could never be taken, `507` where there is no room for it now,
/// `429` with `Retry-After` where there are too many uploads.
///
/// Every bound is off unless it is set. Sizes are in bytes: see [`size`].
///
/// # Security
///
/// Sessions are free: a client makes as many as it likes. Who wants to bound visitors that are not signed in sets
/// [`per_owner`](Self::per_owner), which bounds their addresses as well, and [`keep_free`](Self::keep_free).
///
/// # Examples
///
/// ```
/// use filekit_files::quota::Quota;
/// use filekit_files::size::GB;
///
/// let quota = Quota::new().per_owner(1 * GB).total(200 * GB).keep_free(5 * GB).uploads_per_minute(60).parallel(4);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Quota {
    per_owner: Option<u64>,
    per_address: Option<u64>,
    total: Option<u64>,
    keep_free: Option<u64>,
    uploads_per_minute: Option<u32>,
    parallel: Option<u32>,
}

/// How many times as much as one owner all owners with one address may have, unless it is said: a household, an office.
const OWNERS_OF_AN_ADDRESS: u32 = 4;

impl Quota {
    /// No bounds.
    pub const fn new() -> Self {
        Self {
            per_owner: None,
            per_address: None,
            total: None,
            keep_free: None,
            uploads_per_minute: None,
            parallel: None,
        }
    }

    /// Keeps at most so many bytes for one owner, stored and on their way together. The owner is that of the state that the event belongs to: the
    /// visitor's session, or what the state's `owner` names.
    pub const fn per_owner(self, bytes: u64) -> Self {
        Self { per_owner: Some(bytes), ..self }
    }

    /// Keeps at most so many bytes for all sessions together that come from one address: an IPv4 address, or a network of IPv6 (`/64`). Owners
    /// that are no sessions, signed-in users for example, are bounded by themselves. Default: four times [`per_owner`](Self::per_owner), if that is set.
    ///
    /// Behind a proxy the address is known if the proxy is named as a trusted one; where it is not, or the server does not tell addresses, there is no such bound.
    pub const fn per_address(self, bytes: u64) -> Self {
        Self { per_address: Some(bytes), ..self }
    }

    /// Keeps at most so many bytes in all, stored and on their way.
    pub const fn total(self, bytes: u64) -> Self {
        Self { total: Some(bytes), ..self }
    }

    /// Leaves so many bytes of the disk free that has the upload directory. What is on its way counts as if it were there.
    pub const fn keep_free(self, bytes: u64) -> Self {
        Self { keep_free: Some(bytes), ..self }
    }

    /// Begins at most so many uploads of one owner in any minute, and four times as many of the sessions of one address. An upload is what is sent
    /// together: the files of one selection or one form, or the one file of a program.
    pub const fn uploads_per_minute(self, uploads: u32) -> Self {
        Self { uploads_per_minute: Some(uploads), ..self }
    }

    /// Takes the bytes of at most so many uploads of one owner at a time, and of four times as many of one address. Uploads that
    /// pause or are broken off do not count.
    pub const fn parallel(self, uploads: u32) -> Self {
        Self { parallel: Some(uploads), ..self }
    }

    /// Reads bounds as they stand in a setting: `per_owner=1 GB,parallel=4`.
    ///
    /// # Errors
    ///
    /// The first part that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split(',').try_fold(Self::new(), |quota, part| quota.with(part).ok_or_else(|| part.trim().to_owned()))
    }

    fn with(self, part: &str) -> Option<Self> {
        let (name, value) = part.split_once('=')?;
        let value = value.trim();
        Some(match name.trim() {
            "per_owner" => self.per_owner(size::parse(value)?),
            "per_address" => self.per_address(size::parse(value)?),
            "total" => self.total(size::parse(value)?),
            "keep_free" => self.keep_free(size::parse(value)?),
            "uploads_per_minute" => self.uploads_per_minute(value.parse().ok()?),
            "parallel" => self.parallel(value.parse().ok()?),
            _ => return None,
        })
    }

    /// Whether it bounds what is stored.
    const fn counts_stored(&self) -> bool {
        self.per_owner.is_some() || self.per_address.is_some() || self.total.is_some()
    }

    fn of_address(&self) -> Option<u64> {
        self.per_address.or_else(|| Some(self.per_owner?.saturating_mul(OWNERS_OF_AN_ADDRESS.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::{GB, MB};

    #[test]
    fn bounds_are_read_from_a_setting() {
        let all = "per_owner=1 GB, per_address = 2GB,total=3 GB,keep_free=500 MB,uploads_per_minute=60,parallel=4";
        let quota = Quota::new().per_owner(GB).per_address(2 * GB).total(3 * GB).keep_free(500 * MB);
        assert_eq!(Quota::parse(all), Ok(quota.uploads_per_minute(60).parallel(4)));
        for (text, wrong) in
            [("", ""), ("per_owner=1 GB,", ""), ("total = much", "total = much"), ("all=1 GB", "all=1 GB")]
        {
            assert_eq!(Quota::parse(text), Err(wrong.to_owned()), "{text}");
        }
    }
}
