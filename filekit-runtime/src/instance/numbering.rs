//! The numbers of an instance's versions. What a version shows is in `store.rs`.
//!
//! A document takes the greater number for the newer view. So that it can hear several servers, of which none knows what the others have
//! shown, no two of them give the same number, and each goes on from the greatest that the document has named.

use std::time::SystemTime;

/// The last digits of a version say which server gave it: so many servers can be told apart.
const SERVERS: u64 = 1 << 10;

/// How one server numbers versions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbering {
    /// One after the other: the server is the only one.
    Alone,
    /// Each with the digits of this server at its end.
    AmongOthers {
        /// These digits, below [`SERVERS`].
        server: u64,
    },
}

impl Numbering {
    /// That of a server which is one of several: chosen at random. Two with the same digits can only miss a change if both show the same
    /// document something at the same moment, until something else changes.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn among_others() -> Result<Self, getrandom::Error> {
        Ok(Self::AmongOthers { server: getrandom::u64()? % SERVERS })
    }

    /// The version after another one.
    pub(super) fn after(self, version: u64) -> u64 {
        match self {
            Self::Alone => version + 1,
            Self::AmongOthers { server } => (version / SERVERS + 1) * SERVERS + server,
        }
    }

    /// The version of a view that a document has and this server does not know, which no answer on its way can have: later than any.
    pub(super) fn unknown(self, claimed: u64) -> u64 {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or_default();
        match self {
            Self::Alone => now.max(claimed),
            Self::AmongOthers { .. } => self.after(claimed.max(now.saturating_mul(SERVERS))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_grow_and_are_those_of_one_server() {
        let [one, other] = [1, 2].map(|server| Numbering::AmongOthers { server });
        let mut version = 0;
        for numbering in [one, one, other, one, other, other] {
            let next = numbering.after(version);
            assert!(next > version);
            assert_ne!(next, one.after(next).max(other.after(next)));
            version = next;
        }
        assert_ne!(one.after(version), other.after(version));
        assert_ne!(one.unknown(version), other.unknown(version));
        let far = one.unknown(0);
        assert!(other.unknown(far) > far && far < 1 << 52, "{far}");
    }
}
