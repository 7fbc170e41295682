//! What filekit tells the operator while one test runs, apart from what other tests cause.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, Once, PoisonError},
};

use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

/// Records the log of this thread, and so of this test, until dropped.
#[derive(Debug)]
pub struct Log {
    lines: Lines,
    _guard: DefaultGuard,
}

static LISTENER: Once = Once::new();

#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Starts recording. The test has to run on one thread, as `#[tokio::test]` does unless told otherwise.
    pub fn record() -> Self {
        // While a place in the code logs for the first time, on a thread where nobody listens, `tracing` may note that
        // nobody does at all. So somebody always does.
        LISTENER.call_once(|| {
            // If there is another one, that is as good.
            let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        });
        let lines = Lines::default();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_ansi(false).with_writer(lines.clone()).finish();
        Self { lines, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// Everything so far.
    pub fn text(&self) -> String {
        let bytes = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
