//! Updates: views in between, while an event still runs. They are sent by `call/progressive_reply.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};

use crate::error::Result;
use crate::state::{Preview, State};

/// Shows the page in between, while an event still runs: a parameter of the event, which no caller gives.
///
/// # Examples
///
/// ```
/// use filekit_runtime::Result;
/// use filekit_runtime::event::Updates;
/// # use filekit_runtime::state::State;
///
/// async fn import<S: State>(state: &mut S, updates: Updates) -> Result<()> {
///     // .. change the state a bit ..
///     updates.send(state).await?;
///     // .. and go on.
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Updates {
    sender: Option<mpsc::Sender<Update>>,
    /// Whether one was sent, so that the answer has begun.
    has_begun: Arc<AtomicBool>,
}

/// A state to be shown.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) preview: Preview,
    /// Completed when the page was made.
    pub(crate) shown: oneshot::Sender<()>,
}

impl Updates {
    /// An `Updates`, and the place where what it sends arrives.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Update>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self { sender: Some(sender), ..Self::default() }, receiver)
    }

    /// Shows the page as it is with `state`, and comes back when it was made.
    ///
    /// The state itself does not change by this: if the event fails later, the page goes back to what it was.
    /// Updates sent by a clone of this after the event has ended are ignored.
    ///
    /// # Errors
    ///
    /// Never so far; a visitor who is gone ends the event itself.
    pub async fn send<S: State>(&self, state: &S) -> Result<()> {
        let Some(sender) = &self.sender else { return Ok(()) };
        self.has_begun.store(true, Ordering::Relaxed);
        let (shown, made) = oneshot::channel();
        let preview = Preview::of(state);
        if sender.send(Update { preview, shown }).await.is_ok() {
            // Dropped without a word if the page could not be made, which is logged there.
            let _ = made.await;
        }
        Ok(())
    }
}

impl Updates {
    /// Whether the answer to the event has begun.
    pub(crate) fn have_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }
}
