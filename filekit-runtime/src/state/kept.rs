//! A state as it was found, and as it is to be kept.

use std::any::Any;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::Result;
use crate::state::State;
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

/// A state that fits, and its size as JSON.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(super) state: Arc<dyn Any + Send + Sync>,
    pub(super) bytes: usize,
    /// The JSON itself, for a store of bytes.
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
    /// Measures a state, and keeps its JSON if that `is_stored`.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON, or has more than `most` bytes.
    pub(super) fn new<S: State>(state: S, most: usize, is_stored: bool) -> Result<Self> {
        let (bytes, json) = match is_stored {
            true => {
                let json = serde_json::to_vec(&state)?;
                (json.len(), json.into())
            }
            false => {
                let mut count = ByteCount(0);
                serde_json::to_writer(&mut count, &state)?;
                (count.0, Bytes::new())
            }
        };
        if bytes > most {
            return Err(TooLarge { state: S::NAME, bytes, limit: most }.into());
        }
        Ok(Self { state: Arc::new(state), bytes, json })
    }
}

/// Counts bytes in place of keeping them: of a state in memory only the size is needed.
struct ByteCount(usize);

impl io::Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A state is larger than a state may be.
#[derive(Debug)]
struct TooLarge {
    state: &'static str,
    bytes: usize,
    limit: usize,
}

impl std::fmt::Display for TooLarge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { state, bytes, limit } = self;
        write!(formatter, "the state `{state}` of one owner has {bytes} bytes as JSON; at most {limit} are kept")
    }
}

impl std::error::Error for TooLarge {}
