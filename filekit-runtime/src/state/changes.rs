//! Notes what has changed, and wakes those who watch it. The changed states are in `store.rs`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use tokio::sync::Notify;

use crate::stores::{AnyNotices, Envelope, Notice, Notices as _};
use crate::tag::{Tag, slot};
use crate::visitor::SessionId;

/// The most that watch one session at a time.
const MAX_WATCHERS: usize = 16;

/// The most tags that one watcher watches. What is beyond that is seen when something else changes.
const MAX_TAGS: usize = 64;

/// How many times of changes are kept. Tags that share one look once too often.
const SLOTS: usize = 4_096;

/// A time in the order of changes: what was looked at then has all changes up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Epoch(u64);

/// What a page shows besides the states of the session, and the time since which it has not been looked at again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followed {
    pub(crate) tags: Box<[Tag]>,
    pub(crate) since: Epoch,
}

/// The changes of everything that pages show.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Grows with every change.
    now: AtomicU64,
    /// The time of the last change of the tags of each slot.
    last: Box<[AtomicU64]>,
    /// The time of the last change of anything.
    all: AtomicU64,
    watched: Mutex<Watched>,
    notices: Option<AnyNotices>,
    /// Whether it hears what other servers say.
    listens: AtomicBool,
}

#[derive(Debug, Default)]
struct Watched {
    tags: HashMap<Tag, HashMap<u64, Arc<Notify>>>,
    /// Numbers the watchers.
    count: u64,
}

/// Waits for changes of what a document shows.
#[derive(Debug)]
pub(crate) struct Watcher {
    changes: Arc<Changes>,
    number: u64,
    /// What it watches as long as it is there: the session, for a document.
    first: Tag,
    tags: Vec<Tag>,
    notify: Arc<Notify>,
}

impl Default for Changes {
    fn default() -> Self {
        let last = std::iter::repeat_with(AtomicU64::default).take(SLOTS).collect();
        let [now, all] = [1, 0].map(AtomicU64::new);
        Self { now, last, all, watched: Mutex::default(), notices: None, listens: AtomicBool::default() }
    }
}

impl Changes {
    /// Changes that are told to other servers, if there are notices.
    pub(crate) fn new(notices: Option<AnyNotices>) -> Self {
        Self { notices, ..Self::default() }
    }

    /// The time before whatever changes from here on.
    pub(crate) fn now(&self) -> Epoch {
        Epoch(self.now.load(Ordering::SeqCst))
    }

    /// Whether nothing of these has changed since that time.
    pub(crate) fn are_none<'a>(&self, tags: impl IntoIterator<Item = &'a Tag>, since: Epoch) -> bool {
        let is_older = |time: &AtomicU64| time.load(Ordering::SeqCst) <= since.0;
        is_older(&self.all) && tags.into_iter().all(|tag| is_older(self.slot(*tag)))
    }

    /// Notes a change that can be seen by now, wakes those who watch it, and has other servers told.
    pub(crate) fn note(&self, tag: Tag) {
        self.note_here(tag);
        self.tell_later(tag);
    }

    /// Notes a change on this server only. Returns its time if nothing else was noted since `before`.
    pub(super) fn note_here_after(&self, tag: Tag, before: Epoch) -> Option<Epoch> {
        let (now, last) = self.note_here(tag);
        let is_only = last <= before && self.all.load(Ordering::SeqCst) <= before.0;
        is_only.then_some(now)
    }

    /// What other servers are told of a change, for a store that tells them.
    pub(super) fn envelope(&self, tag: Tag) -> Option<Envelope> {
        self.notices.as_ref()?.envelope(&[tag])
    }

    /// Has other servers told of a change.
    pub(super) fn tell_later(&self, tag: Tag) {
        let Some(notices) = self.notices.clone() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(tell(notices, tag))),
            Err(_) => tracing::warn!("a change outside of a runtime of tokio is not told to other servers"),
        }
    }

    /// Notes a change that can be seen by now; comes back when other servers are told.
    pub(crate) async fn note_and_tell(&self, tag: Tag) {
        self.note_here(tag);
        self.tell(tag).await;
    }

    /// Tells other servers of what is nothing to this one; comes back when they are told.
    pub(crate) async fn tell(&self, tag: Tag) {
        if let Some(notices) = self.notices.clone() {
            tell(notices, tag).await;
        }
    }

    /// Whether this has changed since that time, as far as that was heard. Of what may have been missed it says nothing, unless the tag
    /// shares its time with another one.
    pub(crate) fn was_told(&self, tag: Tag, since: Epoch) -> bool {
        self.slot(tag).load(Ordering::SeqCst) > since.0
    }

    /// Notes a change of anything.
    fn note_all(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.all.fetch_max(now, Ordering::SeqCst);
        for notify in self.held().tags.values().flat_map(HashMap::values) {
            notify.notify_one();
        }
    }

    /// Hears what other servers say, from now on.
    pub(super) fn listen(self: &Arc<Self>) {
        let Some(notices) = &self.notices else { return };
        if self.listens.swap(true, Ordering::SeqCst) {
            return;
        }
        let (mut heard, changes) = (Box::pin(notices.subscribe()), Arc::downgrade(self));
        tokio::spawn(async move {
            while let Some(notice) = heard.next().await {
                let Some(changes) = changes.upgrade() else { return };
                match notice {
                    Notice::Changed(tag) => _ = changes.note_here(tag),
                    Notice::Missed => changes.note_all(),
                }
            }
        });
        // What was said before was not heard.
        self.note_all();
    }

    /// Notes a change for the documents of this server. Returns its time, and that of the change before.
    fn note_here(&self, tag: Tag) -> (Epoch, Epoch) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        let last = self.slot(tag).fetch_max(now, Ordering::SeqCst);
        self.wake(tag);
        (Epoch(now), Epoch(last))
    }

    /// Lets those who watch it look again.
    pub(crate) fn wake(&self, tag: Tag) {
        for notify in self.held().tags.get(&tag).into_iter().flat_map(HashMap::values) {
            notify.notify_one();
        }
    }

    /// Watches a session, unless too many do already.
    pub(crate) fn watch(self: &Arc<Self>, session: SessionId) -> Option<Watcher> {
        self.listen();
        let (session, notify) = (session.tag(), Arc::new(Notify::new()));
        let mut watched = self.held();
        let of_session = watched.tags.get(&session).map_or(0, HashMap::len);
        if of_session >= MAX_WATCHERS {
            return None;
        }
        let number = watched.add_watcher(session, &notify);
        drop(watched);
        Some(Watcher { changes: Arc::clone(self), number, first: session, tags: Vec::new(), notify })
    }

    /// Watches one thing.
    pub(crate) fn watch_tag(self: &Arc<Self>, tag: Tag) -> Watcher {
        self.listen();
        let notify = Arc::new(Notify::new());
        let number = self.held().add_watcher(tag, &notify);
        Watcher { changes: Arc::clone(self), number, first: tag, tags: Vec::new(), notify }
    }

    fn slot(&self, tag: Tag) -> &AtomicU64 {
        &self.last[slot(tag, SLOTS)]
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells other servers of a change. If that fails, their documents are late.
async fn tell(notices: AnyNotices, tag: Tag) {
    if let Err(error) = notices.publish(&[tag]).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "other servers were not told of a change");
    }
}

impl Watched {
    /// Adds a new watcher of this, and returns its number.
    fn add_watcher(&mut self, tag: Tag, notify: &Arc<Notify>) -> u64 {
        self.count += 1;
        self.add(tag, self.count, notify);
        self.count
    }

    fn add(&mut self, tag: Tag, number: u64, notify: &Arc<Notify>) {
        self.tags.entry(tag).or_default().insert(number, Arc::clone(notify));
    }

    fn remove(&mut self, tag: Tag, number: u64) {
        if let Some(watchers) = self.tags.get_mut(&tag) {
            watchers.remove(&number);
            if watchers.is_empty() {
                self.tags.remove(&tag);
            }
        }
    }
}

impl Watcher {
    /// Watches these besides the session, and no others. What is new among them may have changed meanwhile, so it is looked at once.
    pub(crate) fn follow(&mut self, tags: &[Tag]) {
        let tags: Vec<Tag> = tags.iter().copied().filter(|tag| *tag != self.first).take(MAX_TAGS).collect();
        if self.tags == tags {
            return;
        }
        let mut watched = self.changes.held();
        for tag in self.tags.iter().filter(|tag| !tags.contains(tag)) {
            watched.remove(*tag, self.number);
        }
        for tag in tags.iter().filter(|tag| !self.tags.contains(tag)) {
            watched.add(*tag, self.number, &self.notify);
            self.notify.notify_one();
        }
        drop(watched);
        self.tags = tags;
    }

    /// Comes back when something has changed since this did so last.
    pub(crate) async fn changed(&mut self) {
        self.notify.notified().await;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut watched = self.changes.held();
        for tag in self.tags.iter().chain([&self.first]) {
            watched.remove(*tag, self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::tag::Tagged;

    fn sessions<const N: usize>() -> [SessionId; N] {
        std::array::from_fn(|_| SessionId::random().unwrap())
    }

    #[test]
    fn those_who_watch_a_session_are_woken_once_for_many_changes() {
        let changes = Arc::<Changes>::default();
        let [a, b] = sessions();
        let (mut of_a, mut of_b) = (changes.watch(a).unwrap(), changes.watch(b).unwrap());
        let before = changes.now();
        assert!(changes.are_none(&[a.tag()], before));
        changes.note(a.tag());
        changes.note(a.tag());
        assert!(!changes.are_none(&[a.tag()], before));
        assert!(changes.are_none(&[a.tag()], changes.now()));
        assert!(of_a.changed().now_or_never().is_some());
        assert!(of_a.changed().now_or_never().is_none());
        assert!(of_b.changed().now_or_never().is_none());
    }

    #[test]
    fn a_watcher_is_woken_by_what_it_follows_and_looks_once_when_that_is_new() {
        let changes = Arc::<Changes>::default();
        let [session] = sessions();
        let [one, two] = ["one", "two"].map(|topic| Tagged::Topic(topic).tag());
        let mut watcher = changes.watch(session).unwrap();
        watcher.follow(&[one]);
        assert!(watcher.changed().now_or_never().is_some(), "it is new");
        watcher.follow(&[one]);
        assert!(watcher.changed().now_or_never().is_none(), "it is not new any more");
        changes.note(two);
        assert!(watcher.changed().now_or_never().is_none());
        changes.note(one);
        assert!(watcher.changed().now_or_never().is_some());
        watcher.follow(&[two, session.tag()]);
        assert!(watcher.changed().now_or_never().is_some());
        watcher.follow(&[two]);
        changes.note(one);
        assert!(watcher.changed().now_or_never().is_none());
        changes.wake(session.tag());
        assert!(watcher.changed().now_or_never().is_some());
    }

    #[test]
    fn a_session_is_watched_by_so_many_and_those_who_leave_make_room() {
        let changes = Arc::<Changes>::default();
        let [session] = sessions();
        let mut watchers: Vec<_> = (0..MAX_WATCHERS).map(|_| changes.watch(session).unwrap()).collect();
        assert!(changes.watch(session).is_none());
        watchers.pop();
        assert!(changes.watch(session).is_some());
    }

    #[test]
    fn nothing_is_kept_of_what_no_document_follows() {
        let changes = Arc::<Changes>::default();
        for _ in 0..1_000 {
            let [session] = sessions();
            changes.watch(session).unwrap().follow(&[Tagged::Topic("claims").tag()]);
        }
        assert!(changes.held().tags.is_empty());
    }
}
