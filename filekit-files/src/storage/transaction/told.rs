//! What is told of a transaction: which files it has stored, when that is certain. By whom is noted when it is done, since a
//! transaction may outlive its request.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::guard::{FileEventKind, Observers, RequestWatch};
use crate::storage::FileKey;

/// A change that is told when it is certain.
#[derive(Debug)]
pub(crate) struct Told {
    observers: Observers,
    request: Option<RequestWatch>,
    kind: FileEventKind,
    key: FileKey,
    bytes: Option<u64>,
}

/// The files that a call has stored so far.
#[derive(Debug, Default)]
pub(super) struct StoredSoFar(Mutex<Vec<Told>>);

impl Told {
    /// A change of the file with this key that the request at hand makes; nothing where there are no observers.
    pub(crate) fn of(
        observers: &Observers,
        kind: FileEventKind,
        key: &FileKey,
        bytes: impl Into<Option<u64>>,
    ) -> Option<Self> {
        (!observers.is_empty()).then(|| Self {
            observers: observers.clone(),
            request: RequestWatch::current(),
            kind,
            key: key.clone(),
            bytes: bytes.into(),
        })
    }

    pub(super) fn emit(self) {
        let Self { observers, request, kind, key, bytes } = self;
        let request = request.or_else(RequestWatch::current);
        observers.emit_by(request.as_ref(), kind, |event| {
            event.with_name(key.name()).with_key(key.as_str()).with_bytes(bytes)
        });
    }
}

impl StoredSoFar {
    pub(super) fn add(&self, told: Told) {
        self.lock().push(told);
    }

    /// The files in their order. Of those that were stored under one key the last one is there.
    pub(super) fn take(&self) -> Vec<Told> {
        let mut all = std::mem::take(&mut *self.lock());
        let mut later = HashSet::with_capacity(all.len());
        let mut is_last: Vec<_> = all.iter().rev().map(|told| later.insert(&told.key)).collect();
        all.retain(|_| is_last.pop().unwrap_or(true));
        all
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_files_under_one_key_the_last_is_told_in_its_turn() {
        let (observers, stored) = (Observers::default().with(|_| {}), StoredSoFar::default());
        for (key, bytes) in [("a", 1), ("b", 2), ("a", 3)] {
            let key = FileKey::parse(key).expect("a key");
            stored.add(Told::of(&observers, FileEventKind::Stored, &key, bytes).expect("an observer"));
        }
        let told: Vec<_> = stored.take().into_iter().map(|told| (told.key.to_string(), told.bytes)).collect();
        assert_eq!(told, [("b".to_owned(), Some(2)), ("a".to_owned(), Some(3))]);
    }
}
