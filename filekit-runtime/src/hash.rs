//! The seed of the hashes that views are compared by.

use std::sync::LazyLock;

use foldhash::SharedSeed;
use foldhash::quality::SeedableRandomState;

/// Random, so that no visitor can make two views with the same hash. The hash's own seed is made of addresses and the time.
pub(crate) static SEED: LazyLock<SeedableRandomState> = LazyLock::new(|| match (getrandom::u64(), getrandom::u64()) {
    (Ok(own), Ok(shared)) => SeedableRandomState::with_seed(own, Box::leak(Box::new(SharedSeed::from_u64(shared)))),
    _ => SeedableRandomState::random(),
});
