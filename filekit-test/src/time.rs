//! Time that passes when a test says so.

use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};

/// Lets time pass for the program under test, at once: what ends by then has ended, and timers of tokio that end by then go off, each
/// once. What is done then takes its time: a stored file whose time is over is not there for anyone, and leaves the disk a little later.
///
/// Links and files that end by themselves, sessions, states in memory or in redb, unfinished uploads, the rates of a quota and the
/// program's own `tokio::time::sleep` know of it. What asks the system for the time does not: `std::time`, a Redis, a bucket.
///
/// Stored files end at full seconds, rounded up.
///
/// The time belongs to the runtime of the test. Tests that run beside it have their own.
///
/// # Panics
///
/// If the runtime has several threads. That of `#[tokio::test]` has one, unless something else is said there. If its clock stands still
/// already (`start_paused = true`): such a test calls `tokio::time::advance`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use filekit::prelude::*;
/// use filekit_test::{Program, advance};
///
/// #[state]
/// #[derive(Default)]
/// struct Counter {
///     count: u32,
/// }
///
/// #[state]
/// impl Counter {
///     #[event]
///     fn add(&mut self) {
///         self.count += 1;
///     }
/// }
///
/// async fn index(counter: Current<Counter>) -> View {
///     view![button(on_click = Counter::add, "Add"), text("Count: ", counter.count)]
/// }
///
/// const AN_HOUR: Duration = Duration::from_secs(60 * 60);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let pages = Router::new().route("/", get(index));
/// let program = Program::new(pages, |kit| kit.session_ttl(AN_HOUR));
/// let ada = program.visitor();
/// ada.open("/").await.click("Add").await.assert_text("Count: 1");
/// advance(AN_HOUR).await;
/// ada.open("/").await.assert_text("Count: 0");
/// # }
/// ```
pub async fn advance(time: Duration) {
    assert!(
        Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread,
        "time moves only where the runtime has one thread: take `#[tokio::test]` without `flavor = \"multi_thread\"`"
    );
    tokio::time::pause();
    tokio::time::advance(time).await;
    // It goes on from there, so that nothing else is brought forward while the program waits for its disk.
    tokio::time::resume();
}
