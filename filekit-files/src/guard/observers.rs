//! Those who are told of events. Who has caused one is known to the request at hand, `request_watch.rs`.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::guard::{FileEvent, FileEventKind, RequestWatch};

type Observer = Arc<dyn Fn(&FileEvent) + Send + Sync>;

/// The functions that are told of events, in the order in which they were added.
///
/// Without any, an event costs the look whether there are any.
#[derive(Clone, Default)]
pub struct Observers(Option<Arc<[Observer]>>);

impl Observers {
    /// The same and one more.
    #[must_use]
    pub fn with(self, observer: impl Fn(&FileEvent) + Send + Sync + 'static) -> Self {
        let before = self.0.iter().flat_map(|all| all.iter()).cloned();
        Self(Some(before.chain([Arc::new(observer) as Observer]).collect()))
    }

    /// The same and the figures for the crate `metrics`, if the feature is on.
    #[must_use]
    pub fn with_metrics(self) -> Self {
        #[cfg(feature = "metrics")]
        let this = {
            let figures = super::metrics::Figures::new();
            self.with(move |event| figures.record(event))
        };
        #[cfg(not(feature = "metrics"))]
        let this = self;
        this
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Tells of an event that the request at hand has caused, or the program itself. `describe` adds what is known of it.
    pub fn emit(&self, kind: FileEventKind, describe: impl FnOnce(FileEvent) -> FileEvent) {
        self.emit_by(RequestWatch::current().as_ref(), kind, describe);
    }

    /// Tells of an event that this request has caused.
    pub(crate) fn emit_by(
        &self,
        request: Option<&RequestWatch>,
        kind: FileEventKind,
        describe: impl FnOnce(FileEvent) -> FileEvent,
    ) {
        let Some(observers) = &self.0 else { return };
        let who = request.map(RequestWatch::who).unwrap_or_default();
        let event = describe(FileEvent::now(kind, who));
        observers.iter().for_each(|observer| tell(observer, &event));
    }
}

/// Tells one observer. Its panic is its own: what has happened stays as it is, and the others are told.
fn tell(observer: &Observer, event: &FileEvent) {
    if catch_unwind(AssertUnwindSafe(|| observer(event))).is_err() {
        tracing::error!(event = event.kind.name(), "an observer of events panicked");
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.as_ref().map_or(0, |observers| observers.len());
        write!(formatter, "Observers({count})")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn an_observer_that_panics_keeps_nothing_from_the_next_one() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&told);
        let observers = Observers::default()
            .with(|_| panic!("in an observer"))
            .with(move |event| notes.lock().unwrap().push(event.to_string()));
        observers.emit(FileEventKind::Stored, |event| event.with_name("a").with_bytes(3));
        assert_eq!(*told.lock().unwrap(), [r#"stored "a", 3 bytes"#]);
    }

    #[test]
    fn nothing_is_described_to_nobody() {
        Observers::default().emit(FileEventKind::Stored, |_| panic!("described"));
    }
}
