//! Digests by which clients say what the body of a request has to be: `Upload-Checksum` of tus, `Content-Digest` of RFC 9530.

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// The kinds of digests that are computed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

/// What the digest of some bytes has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExpectedDigest {
    pub(super) algorithm: Algorithm,
    pub(super) value: Vec<u8>,
}

/// A digest that is being computed, and what it has to be.
#[derive(Clone, Debug)]
pub(super) struct RunningDigest {
    hasher: Hasher,
    expected: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
}

impl ExpectedDigest {
    /// Begins to compute the digest.
    pub(super) fn begin(self) -> RunningDigest {
        let hasher = match self.algorithm {
            Algorithm::Sha1 => Hasher::Sha1(Sha1::new()),
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        };
        RunningDigest { hasher, expected: self.value }
    }
}

impl RunningDigest {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.hasher {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// Whether the bytes were those that were meant.
    pub(super) fn matches(self) -> bool {
        let Self { hasher, expected } = self;
        match hasher {
            Hasher::Sha1(hasher) => hasher.finalize()[..] == expected[..],
            Hasher::Sha256(hasher) => hasher.finalize()[..] == expected[..],
            Hasher::Sha512(hasher) => hasher.finalize()[..] == expected[..],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests of `abc` (FIPS 180-4, examples).
    const KNOWN: [(Algorithm, &str); 3] = [
        (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Algorithm::Sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e\
             2a9ac94fa54ca49f",
        ),
    ];

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let pairs = hexadecimal.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn a_digest_fits_the_bytes_that_it_was_made_of() {
        for (algorithm, value) in KNOWN {
            let expected = ExpectedDigest { algorithm, value: bytes(value) };
            let mut running = expected.clone().begin();
            running.update(b"a");
            running.update(b"bc");
            assert!(running.matches(), "{algorithm:?}");
            assert!(!expected.begin().matches(), "{algorithm:?}");
            assert!(!ExpectedDigest { algorithm, value: Vec::new() }.begin().matches(), "{algorithm:?}");
        }
    }
}
