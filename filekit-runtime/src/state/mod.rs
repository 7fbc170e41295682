//! States: what they are, whose, and where they are kept. The events that change it are `event/`.

mod changes;
mod cost;
mod current;
mod ends;
mod just_kept;
mod kept;
mod known;
mod memory;
mod owner;
mod preview;
mod seen;
mod shared_call;
mod store;
mod stored;
#[cfg(test)]
mod tests;
mod waiting;

pub(crate) use changes::{Changes, Epoch, Followed, Watcher};
pub(crate) use current::Admission;
pub use current::{Current, CurrentRejection};
pub(crate) use just_kept::JustKept;
pub(crate) use kept::{Change, Loaded};
pub use owner::{Everyone, Owner};
pub(crate) use owner::{extract_owner, key_of};
pub(crate) use preview::Preview;
pub(crate) use seen::{Probe, StatesSeen};
pub(crate) use shared_call::{BegunElsewhere, SharedCall, Word};
pub(crate) use store::{StateLimits, States, TurnEnd};
pub(crate) use stored::{is_of_store, told};
pub(crate) use waiting::as_page;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::offer::OwnedState;

/// State that belongs to an [`Owner`]: a visitor's session, unless `#[state(owner = ..)]` says otherwise. `#[state]` on a struct
/// implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state",
    label = "not marked `#[state]`",
    note = "write `#[state]` before the struct"
)]
pub trait State: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Names the state in the store: the same in every build of the same code.
    const NAME: &'static str;

    /// Whose it is.
    type Owner: Owner;

    /// The state of an owner who has none yet; that of `#[state]` is `Default`'s.
    ///
    /// A function, because a supertrait that is missing would be said to be so wherever the state is used.
    fn initial() -> Self;
}

/// What an offer of an event says of its state: the name, unless it belongs to the session.
#[must_use]
pub const fn owned<S: State>() -> Option<&'static OwnedState> {
    match S::Owner::IS_SESSION {
        true => None,
        false => Some(&OwnedState { name: S::NAME }),
    }
}

/// The events of a state, each a method of the same name.
///
/// `#[state]` on an impl block implements it by way of [`AllEventsInOneImplBlock`].
pub trait StateEvents {
    /// The type that has the events.
    type Events;
    /// Its one value.
    const EVENTS: Self::Events;
}

/// [`StateEvents`] as the macros know it.
///
/// A second block marked `#[state]` conflicts with the first, and the message about that says the name of this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no events",
    label = "no impl block of it is marked `#[state]`",
    note = "write `#[state]` before its impl block, and `#[event]` before the methods"
)]
pub trait AllEventsInOneImplBlock {
    /// The type that has the events.
    type Events;
    /// Its one value.
    const EVENTS: Self::Events;
}

impl<S: AllEventsInOneImplBlock> StateEvents for S {
    type Events = S::Events;
    const EVENTS: Self::Events = S::EVENTS;
}
