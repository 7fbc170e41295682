//! Remembers which calls were begun, so that none is carried out twice; not what they do.
//!
//! A browser sends a request again by itself, and a `POST` too, when a connection that it had used before ends without a byte
//! of an answer: it takes it for one that was closed meanwhile. The event may have happened all the same.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::bounded::{Bounded, Bounds};
use crate::error::Rejection;
use crate::session::SessionId;

/// How many calls are remembered, and for how long. A browser sends again at once.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: usize::MAX, age: Duration::from_secs(60 * 60) };

/// What tells a call from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Once {
    session: SessionId,
    /// As the page wrote it, who can harm nobody else by it.
    number: u64,
}

impl Once {
    pub(crate) fn new(session: SessionId, number: f64) -> Self {
        Self { session, number: number.to_bits() }
    }
}

/// The calls that were begun lately.
#[derive(Debug)]
pub(crate) struct Begun(Mutex<Bounded<Once, ()>>);

impl Default for Begun {
    fn default() -> Self {
        Self(Mutex::new(Bounded::new(BOUNDS)))
    }
}

impl Begun {
    /// Notes that a call begins.
    ///
    /// # Errors
    ///
    /// If it did before.
    pub(crate) fn begin(&self, once: Once) -> Result<(), Rejection> {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.get(once).is_some() {
            return Err(Rejection::Repeated);
        }
        begun.insert(once, (), 0);
        Ok(())
    }

    /// Lets a call come again that came to nothing.
    pub(crate) fn forget(&self, once: Once) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(once);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_begins_once_unless_it_came_to_nothing() {
        let begun = Begun::default();
        let [one, other] = [(); 2].map(|()| SessionId::random().unwrap());
        assert!(begun.begin(Once::new(one, 0.5)).is_ok());
        assert!(matches!(begun.begin(Once::new(one, 0.5)), Err(Rejection::Repeated)));
        assert!(begun.begin(Once::new(one, 0.25)).is_ok());
        assert!(begun.begin(Once::new(other, 0.5)).is_ok(), "another visitor chooses numbers alone");
        begun.forget(Once::new(one, 0.5));
        assert!(begun.begin(Once::new(one, 0.5)).is_ok());
    }
}
