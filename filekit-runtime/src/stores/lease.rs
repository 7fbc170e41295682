//! A lease keeps others waiting while it is held.

use std::any::Any;
use std::fmt;

/// The right to be the only one that works under a key, for as long as it is held. It is given back when it is dropped.
///
/// It only keeps others waiting. A server that lost the connection to its store for longer than the lease lasts is not alone any
/// more, and does not know it: what is true is decided by the versions of [`StateStore::swap`](super::StateStore::swap).
#[must_use = "a lease is given back when it is dropped"]
pub struct Lease(Box<dyn Any + Send + Sync>);

impl Lease {
    /// Makes a lease that is given back when `held` is dropped, for a [`StateStore`](super::StateStore) of one's own.
    ///
    /// ```
    /// # use filekit_runtime::stores::Lease;
    /// # async fn lease(lock: std::sync::Arc<tokio::sync::Mutex<()>>) -> Lease {
    /// Lease::new(lock.lock_owned().await)
    /// # }
    /// ```
    pub fn new(held: impl Send + Sync + 'static) -> Self {
        Self(Box::new(held))
    }

    /// What it was made of, if that is of this type: for a store that gives it back together with something else.
    ///
    /// # Errors
    ///
    /// The lease itself, which is held as before, if it was made of something else.
    ///
    /// ```
    /// # use filekit_runtime::stores::Lease;
    /// struct Row(u64);
    ///
    /// let lease = Lease::new(Row(7));
    /// assert!(matches!(lease.into_held::<Row>(), Ok(Row(7))));
    /// ```
    pub fn into_held<T: 'static>(self) -> Result<T, Self> {
        self.0.downcast().map(|held| *held).map_err(Self)
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_held) = self;
        formatter.write_str("Lease")
    }
}
