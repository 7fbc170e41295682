//! The options of a filekit by which a program is told what happens. All others are `builder.rs`.

use crate::app::FileKitBuilder;
use crate::guard::FileEvent;

impl FileKitBuilder {
    /// Tells `observer` what happens with files: what has come, was refused, stored, served or removed, and which events have failed.
    /// Called again, it adds one.
    ///
    /// It is called where the thing happens, on the task of its request, and that waits for it: so it has to be quick, and must not
    /// block. What takes longer is for a task of its own, behind a channel whose `try_send` waits for nothing, as below. If it
    /// panics, the log says so, and the request goes on. It is called on several threads at a time.
    ///
    /// A server of its own has to say who sends a request, by `into_make_service_with_connect_info::<SocketAddr>()`, so that events have an
    /// address; and [`trusted_proxies`](Self::trusted_proxies) behind which proxies it stands.
    ///
    /// # Security
    ///
    /// Names of files are what strangers wrote. Addresses, owners and what they do with which file are personal data: keep them as long
    /// as you need them.
    ///
    /// # Examples
    ///
    /// Every event as a line of the log:
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().on_event(|event| eprintln!("{event}"));
    /// ```
    ///
    /// A table of a database, written by a task. If that falls behind, events are dropped, and counted:
    ///
    /// ```no_run
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use filekit_runtime::FileKit;
    /// use filekit_runtime::guard::{FileEvent, FileEventKind};
    /// use tokio::sync::mpsc;
    ///
    /// # async fn write(_: FileEvent) {}
    /// # async fn example() -> filekit_runtime::Result<()> {
    /// static DROPPED: AtomicU64 = AtomicU64::new(0);
    /// let (sender, mut events) = mpsc::channel(1_000);
    /// tokio::spawn(async move {
    ///     while let Some(event) = events.recv().await {
    ///         write(event).await; // INSERT INTO audit ..
    ///     }
    /// });
    /// let builder = FileKit::builder().on_event(move |event| {
    ///     if event.kind != FileEventKind::Served && sender.try_send(event.clone()).is_err() {
    ///         DROPPED.fetch_add(1, Ordering::Relaxed);
    ///     }
    /// });
    /// # Ok(()) }
    /// ```
    pub fn on_event(mut self, observer: impl Fn(&FileEvent) + Send + Sync + 'static) -> Self {
        self.observers = self.observers.with(observer);
        self
    }

    /// Counts files, refusals and calls for the recorder of the crate `metrics` that the program has installed. Default: `true`, with the
    /// feature `metrics`. The guide's chapter "Operations" has a table of the figures.
    ///
    /// Install the recorder before [`build`](Self::build), which tells it what the figures are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().metrics(false);
    /// ```
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self, metrics: bool) -> Self {
        self.counts_nothing = !metrics;
        self
    }
}
