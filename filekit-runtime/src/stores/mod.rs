//! Where states are kept so that they outlive a request, a process, or a machine: bytes under text keys, with versions, and
//! notices of what changed. Knows nothing of states, visitors or events: what the bytes and keys mean is said above.
//!
//! | store | states outlive | several servers | round trips of a load, a swap | notices |
//! | --- | --- | --- | --- | --- |
//! | [`MemoryStates`] | a request | no | none | [`InProcessNotices`] |
//! | `RedbStates` (feature `redb`) | the process, also `kill -9` | no | none; swaps share an `fsync` | [`InProcessNotices`] |
//! | `RedisStates` (feature `redis`) | the machine, as far as Redis keeps them | yes | one, one | `RedisNotices` |
//!
//! An event waits for two round trips: the lease of its state with the state, and the swap. What else the servers tell each other goes
//! beside these, or with them ([`StateStore::begin`], [`StateStore::commit`]), and the page that is shown after the event takes the
//! state from it.
//!
//! A store of one's own implements [`StateStore`], and [`Notices`] where several servers share it.

mod any;
mod error;
mod in_process;
mod later;
mod lease;
mod lifetime;
mod memory;
mod notices;
#[cfg(feature = "redb")]
mod redb;
#[cfg(feature = "redis")]
mod redis;
mod setting;
mod state_store;
mod turn;
mod version;

pub use any::{AnyNotices, AnyStateStore};
pub use error::{Result, StoreError};
pub use in_process::InProcessNotices;
pub(crate) use later::StoreOfSetting;
pub use lease::Lease;
pub use memory::MemoryStates;
pub use notices::{Notice, Notices, Tag};
#[cfg(feature = "redb")]
pub use redb::RedbStates;
#[cfg(feature = "redis")]
pub use redis::{RedisNotices, RedisStates};
pub use setting::{OpenStores, StoreSetting};
pub use state_store::{StateStore, Stored, Swap};
pub use turn::{Begin, Begun, Commit, Committed, Envelope, Record};
pub use version::Version;
