//! A state as it was found, and as it is to be kept.

use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::{Rejection, Result};
use crate::state::State;
use crate::state::cost::memory_of;
use crate::stores::Version;
use crate::visitor::OwnerKey;

/// A state as it was loaded.
#[derive(Debug)]
pub(crate) struct Loaded<S> {
    pub(crate) state: Arc<S>,
    /// What a change of it is to replace.
    pub(crate) version: Option<Version>,
}

impl<S: State> Loaded<S> {
    /// The state of an owner who has none.
    pub(super) fn initial() -> Self {
        Self { state: Arc::new(S::initial()), version: None }
    }
}

/// A state, and what it costs.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(super) state: Arc<dyn Any + Send + Sync>,
    /// What it takes in memory, if it is kept there.
    pub(super) bytes: usize,
    /// Its JSON, for a store of bytes.
    pub(super) json: Bytes,
}

/// A state that is to be kept in place of another.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) owner: OwnerKey,
    /// The name of the state.
    pub(crate) name: &'static str,
    pub(crate) state: Measured,
    /// The version that it replaces.
    pub(crate) version: Option<Version>,
}

impl Measured {
    /// Measures a state that is kept in memory.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON.
    pub(super) fn in_memory<S: State>(state: S) -> Result<Self> {
        let bytes = memory_of(&state)?;
        Ok(Self { state: Arc::new(state), bytes, json: Bytes::new() })
    }

    /// Writes a state for a store.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON, or has more than `most` bytes there.
    pub(super) fn in_store<S: State>(state: S, most: usize) -> Result<Self> {
        let json = serde_json::to_vec(&state)?;
        let bytes = json.len();
        if bytes > most {
            let name = S::NAME;
            tracing::warn!("the state `{name}` of one owner has {bytes} bytes as JSON; at most {most} are kept");
            return Err(Rejection::StateFull.into());
        }
        Ok(Self { state: Arc::new(state), bytes, json: json.into() })
    }
}
