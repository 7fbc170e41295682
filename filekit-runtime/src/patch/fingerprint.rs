//! What a view looks like, in a few bytes; not what differs between two.

use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use crate::view::View;

/// Random, so that nobody can make two views that look the same.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// What a page instance shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn of(view: &View) -> Self {
        let mut hasher = SEED.build_hasher();
        let html = view.clone().into_html(|filling, uploads, _| filling.hash_into(uploads, &mut hasher));
        html.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// The bytes that it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>()
    }
}
