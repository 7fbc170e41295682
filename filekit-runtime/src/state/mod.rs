//! The state of a visitor: what it is and where it is kept; not the events that change it.

mod current;
mod store;

pub(crate) use current::Entered;
pub use current::{Current, CurrentRejection};
pub(crate) use store::{StateLimits, StateStore};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// State that belongs to a visitor's session. `#[state]` on a struct implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state",
    label = "not marked `#[state]`",
    note = "write `#[state]` before the struct"
)]
pub trait State: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Names the state in the store: the same in every build of the same code.
    const NAME: &'static str;
}

/// The events of a state, each a method of the same name. `#[state]` on an impl block implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no events",
    label = "no impl block of it is marked `#[state]`",
    note = "write `#[state]` before its impl block, and `#[event]` before the methods"
)]
pub trait StateEvents {
    /// The type that has the events.
    type Events;
    /// Its one value.
    const EVENTS: Self::Events;
}
