//! Who must not wait for the turn of a state.

use crate::error::Result;

/// A caller that a change may have to wait for, and that so must not wait for a change.
#[derive(Clone, Copy, Debug)]
enum Waiter {
    /// An event, with the name of the state that it holds.
    Event(&'static str),
    /// A page that is called after an event or a change.
    Page,
}

tokio::task_local! {
    /// The event or page that runs in this task.
    static WAITER: Waiter;
}

/// Does the work of a page, which shows states and changes none.
pub(crate) async fn as_page<T>(work: impl Future<Output = T>) -> T {
    WAITER.scope(Waiter::Page, work).await
}

/// Does the work of an event that holds the state `name`.
pub(super) async fn as_event<T>(name: &'static str, work: impl Future<Output = T>) -> T {
    WAITER.scope(Waiter::Event(name), work).await
}

/// Checks that the caller may wait for a change of the state `awaited`.
///
/// # Errors
///
/// If it is an event or a page that the change may have to wait for.
pub(super) fn check_waiter(awaited: &'static str) -> Result<()> {
    match WAITER.try_with(|waiter| *waiter) {
        Ok(waiter) => Err(WouldWaitForEver { waiter, awaited }.into()),
        Err(_) => Ok(()),
    }
}

#[derive(Debug)]
struct WouldWaitForEver {
    waiter: Waiter,
    awaited: &'static str,
}

impl std::fmt::Display for WouldWaitForEver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { waiter, awaited } = self;
        match waiter {
            Waiter::Event(held) => {
                write!(formatter, "an event that holds `{held}` waits for an update of `{awaited}`: ")?;
                formatter.write_str(if held == awaited { "change `self`, or spawn a task" } else { "spawn a task" })
            }
            Waiter::Page => {
                write!(formatter, "a page waits for an update of `{awaited}`, after which it would be called again: ")?;
                formatter.write_str("leave the change to an event or a task")
            }
        }
    }
}

impl std::error::Error for WouldWaitForEver {}
