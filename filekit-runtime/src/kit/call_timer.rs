//! How long calls take, for recorders of the crate `metrics`. All other figures are made of events, in `filekit-files`.

#[cfg(feature = "metrics")]
use std::time::Instant;

/// Measures the call of an event until it is dropped: when the call has ended, or nothing waits for it any more.
#[must_use = "it measures until it is dropped"]
pub(crate) struct CallTimer {
    #[cfg(feature = "metrics")]
    labels: [(&'static str, &'static str); 2],
    #[cfg(feature = "metrics")]
    begun: Instant,
}

#[cfg(feature = "metrics")]
const CALL_SECONDS: &str = "filekit_call_seconds";

impl CallTimer {
    /// Begins with the call of an event of a state.
    #[cfg(feature = "metrics")]
    pub(crate) fn start(state: &'static str, event: &'static str) -> Self {
        Self { labels: [("state", state), ("event", event)], begun: Instant::now() }
    }

    /// Measures nothing.
    #[cfg(not(feature = "metrics"))]
    pub(crate) fn start(_: &'static str, _: &'static str) -> Self {
        Self {}
    }

    /// Tells a recorder what the figure is.
    pub(crate) fn describe() {
        #[cfg(feature = "metrics")]
        metrics::describe_histogram!(CALL_SECONDS, metrics::Unit::Seconds, "How long events ran, by state and event");
    }
}

#[cfg(feature = "metrics")]
impl Drop for CallTimer {
    fn drop(&mut self) {
        metrics::histogram!(CALL_SECONDS, &self.labels).record(self.begun.elapsed());
    }
}
