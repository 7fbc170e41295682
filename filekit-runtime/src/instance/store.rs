//! Keeps what page instances show, within limits, and compares. Their pages are called in `page/live_page.rs`.

use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::OwnedMutexGuard;

use crate::hash::SEED;
use crate::instance::version::InstanceId;
use crate::instance::{InstanceVersion, Message, Numbering};
use crate::lru::{Bounds, IdleLru};
use crate::offer::Uploads;
use crate::patch::{Fingerprint, patch};
use crate::state::{Changes, Epoch, Followed};
use crate::tag::Tag;
use crate::view::{Filling, View};
use crate::visitor::SessionId;

/// How many instances are kept, how large, and for how long. A document that comes back later gets the whole view once.
///
/// As many pages with 100 rows fit into the bytes.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: 128 << 20, age: Duration::from_secs(24 * 60 * 60) };

/// Bytes at most of one instance, so that one page cannot drive out all others: half a million rows.
const EACH: usize = 4 << 20;

/// Bytes of an instance besides its fingerprint: keys, entries, the lock.
const AROUND_AN_INSTANCE: usize = 320;

/// The page instances of all visitors.
#[derive(Debug)]
pub(crate) struct Instances {
    kept: Mutex<IdleLru<Key, Arc<Instance>>>,
    changes: Arc<Changes>,
    numbering: Numbering,
}

type Key = (SessionId, InstanceId);

#[derive(Debug)]
struct Instance {
    /// Locked while its page is called and compared: so a later version never shows an older state.
    shown: Arc<tokio::sync::Mutex<ShownView>>,
    /// How many events show what has not come true.
    events: AtomicUsize,
    /// Numbers the connections that follow it; the last one counts.
    followers: AtomicU64,
}

impl Instance {
    fn new(shown: ShownView) -> Arc<Self> {
        let shown = Arc::new(tokio::sync::Mutex::new(shown));
        Arc::new(Self { shown, events: AtomicUsize::default(), followers: AtomicU64::default() })
    }
}

/// The content that an instance shows.
#[derive(Debug)]
struct ShownView {
    version: u64,
    /// `None` if it is unknown.
    page: Option<Page>,
    /// What its page follows, and when that was called; none if it shows what has not come true.
    followed: Option<Followed>,
}

#[derive(Debug)]
enum Page {
    Kept {
        title: Box<str>,
        fingerprint: Fingerprint,
    },
    /// Too large to be kept: a hash of both tells whether it is another.
    Large(u64),
}

impl Page {
    fn of(title: &str, fingerprint: Fingerprint) -> Self {
        match title.len() + fingerprint.weight() {
            ..=EACH => Self::Kept { title: title.into(), fingerprint },
            _ => Self::Large(SEED.hash_one((title, fingerprint))),
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Kept { title, fingerprint } => title.len() + fingerprint.weight(),
            Self::Large(_) => 0,
        }
    }
}

impl Instances {
    pub(crate) fn new(changes: Arc<Changes>, numbering: Numbering) -> Self {
        Self::within(BOUNDS, changes, numbering)
    }

    fn within(bounds: Bounds, changes: Arc<Changes>, numbering: Numbering) -> Self {
        Self { kept: Mutex::new(IdleLru::new(bounds)), changes, numbering }
    }

    /// A new instance, which shows this view. `followed` is what its page follows, and when it was called.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn begin(
        &self,
        session: SessionId,
        followed: Followed,
        title: &str,
        view: &View,
    ) -> Result<InstanceVersion, getrandom::Error> {
        let id = InstanceId::random()?;
        let shown =
            ShownView { version: 0, page: Some(Page::of(title, Fingerprint::of(view))), followed: Some(followed) };
        let weight = shown.weight();
        self.held().insert((session, id), Instance::new(shown), weight);
        Ok(InstanceVersion { id, seal: None, owner: None, version: 0 })
    }

    /// Waits until no other request calls the page of the instance that a browser names, and keeps others waiting.
    ///
    /// An instance that is not known, or not as far, begins with a version that no answer on its way can have.
    pub(crate) async fn turn(&self, session: SessionId, claim: InstanceVersion) -> InstanceGuard<'_> {
        let key = (session, claim.id);
        loop {
            let instance = self.find(key, claim);
            let mut shown = Arc::clone(&instance.shown).lock_owned().await;
            // It may have been dropped, and another put in its place.
            if !Arc::ptr_eq(&self.find(key, claim), &instance) {
                continue;
            }
            if shown.version < claim.version {
                *shown = self.unknown(claim);
            }
            let since = self.changes.now();
            return InstanceGuard { instances: self, key, claim, instance, shown, since };
        }
    }

    /// Lets nothing be pushed to the instance as long as this is held.
    pub(crate) fn busy(&self, session: SessionId, claim: InstanceVersion) -> Busy {
        let instance = self.find((session, claim.id), claim);
        instance.events.fetch_add(1, Ordering::SeqCst);
        Busy { instance, session, changes: Arc::clone(&self.changes) }
    }

    /// A new connection that follows the instance, in place of the one before: a browser that is out of reach does not say so.
    pub(crate) fn follow(&self, session: SessionId, claim: InstanceVersion) -> Follower {
        let instance = self.find((session, claim.id), claim);
        let nth = instance.followers.fetch_add(1, Ordering::SeqCst) + 1;
        self.changes.wake(session.tag());
        Follower { instance, nth }
    }

    fn find(&self, key: Key, claim: InstanceVersion) -> Arc<Instance> {
        let mut kept = self.held();
        if let Some(known) = kept.get(key) {
            return Arc::clone(known);
        }
        let instance = Instance::new(self.unknown(claim));
        kept.insert(key, Arc::clone(&instance), AROUND_AN_INSTANCE);
        instance
    }

    /// An unknown view, which a browser has in that version.
    fn unknown(&self, claim: InstanceVersion) -> ShownView {
        ShownView { version: self.numbering.unknown(claim.version), page: None, followed: None }
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, IdleLru<Key, Arc<Instance>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ShownView {
    fn weight(&self) -> usize {
        let tags = self.followed.as_ref().map_or(0, |followed| followed.tags.len());
        AROUND_AN_INSTANCE + tags * size_of::<Tag>() + self.page.as_ref().map_or(0, Page::weight)
    }
}

/// An instance whose page is called and compared.
#[derive(Debug)]
pub(crate) struct InstanceGuard<'a> {
    instances: &'a Instances,
    key: Key,
    /// The instance and version as the browser names them.
    claim: InstanceVersion,
    instance: Arc<Instance>,
    shown: OwnedMutexGuard<ShownView>,
    /// The time before its page is called.
    since: Epoch,
}

impl InstanceGuard<'_> {
    /// The message by which the instance shows this view, whose page follows `tags`. `fill` appends what belongs into a hole that travels.
    pub(crate) fn show(
        &mut self,
        title: &str,
        view: View,
        tags: Box<[Tag]>,
        fill: impl FnMut(&Filling, &Uploads, &mut String),
    ) -> Message {
        let from = self.shown.version;
        let next = InstanceVersion { version: self.instances.numbering.after(from), ..self.claim };
        let (page, message) = match &self.shown.page {
            Some(Page::Kept { title: old_title, fingerprint: old }) => {
                let (fingerprint, patch) = patch(old, &view, fill);
                let new_title = (**old_title != *title).then(|| title.to_owned());
                if patch.is_none() && new_title.is_none() {
                    return self.nothing_changed(tags);
                }
                let message = Message::patch(from, next, new_title, patch.unwrap_or_else(same_view));
                (Page::of(title, fingerprint), message)
            }
            large_or_unknown => {
                let page = Page::of(title, Fingerprint::of(&view));
                if let (Some(Page::Large(old)), Page::Large(new)) = (large_or_unknown, &page)
                    && old == new
                {
                    return self.nothing_changed(tags);
                }
                (page, Message::whole(next, title.to_owned(), view.into_html(fill)))
            }
        };
        let followed = Some(Followed { tags, since: self.since });
        *self.shown = ShownView { version: next.version, page: Some(page), followed };
        let instance = Arc::clone(&self.instance);
        self.instances.held().insert(self.key, instance, self.shown.weight());
        message
    }

    /// Something has changed, but nothing that can be seen on this page.
    fn nothing_changed(&mut self, tags: Box<[Tag]>) -> Message {
        self.shown.followed = Some(Followed { tags, since: self.since });
        Message::nothing_changed(InstanceVersion { version: self.shown.version, ..self.claim })
    }

    /// The message for a browser that did not ask: none if nothing has changed.
    pub(crate) fn show_if_changed(
        &mut self,
        title: &str,
        view: View,
        tags: Box<[Tag]>,
        fill: impl FnMut(&Filling, &Uploads, &mut String),
    ) -> Option<Message> {
        let before = self.shown.version;
        let message = self.show(title, view, tags, fill);
        (self.shown.version != before).then_some(message)
    }

    /// The tags of what the page shows, if that is known.
    pub(crate) fn tags(&self) -> Option<&[Tag]> {
        self.shown.followed.as_ref().map(|followed| &*followed.tags)
    }

    pub(crate) fn version(&self) -> u64 {
        self.shown.version
    }

    /// Whether nothing has changed since the page was called last, or an event is about to say itself what has.
    pub(crate) fn is_up_to_date(&self) -> bool {
        let is_busy = self.instance.events.load(Ordering::SeqCst) > 0;
        let (session, changes) = (self.key.0.tag(), &self.instances.changes);
        let is_same = |followed: &Followed| changes.are_none(followed.tags.iter().chain([&session]), followed.since);
        is_busy || self.shown.page.is_some() && self.shown.followed.as_ref().is_some_and(is_same)
    }

    /// Notes that what was shown has not come true.
    pub(crate) fn expect_more(&mut self) {
        self.shown.followed = None;
    }

    /// Notes that what was to be shown does not reach the browser.
    pub(crate) fn forget(&mut self) {
        self.shown.page = None;
    }
}

/// A connection that follows an instance.
#[derive(Debug)]
pub(crate) struct Follower {
    instance: Arc<Instance>,
    nth: u64,
}

impl Follower {
    /// Whether no other connection has taken its place.
    pub(crate) fn is_latest(&self) -> bool {
        self.instance.followers.load(Ordering::SeqCst) == self.nth
    }
}

/// An event that shows what has not come true.
#[derive(Debug)]
pub(crate) struct Busy {
    instance: Arc<Instance>,
    session: SessionId,
    changes: Arc<Changes>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.instance.events.fetch_sub(1, Ordering::SeqCst);
        // Changes in the meantime were not pushed, and an event that was broken off has taken back nothing.
        self.changes.wake(self.session.tag());
    }
}

/// The patch of a page whose title alone has changed.
fn same_view() -> Box<RawValue> {
    RawValue::from_string("[null,[]]".to_owned()).unwrap_or_else(|_| unreachable!("it is JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SessionId {
        SessionId::random().unwrap()
    }

    fn followed(instances: &Instances) -> Followed {
        Followed { since: instances.changes.now(), ..Followed::default() }
    }

    fn begun(instances: &Instances, session: SessionId) -> InstanceVersion {
        instances.begin(session, followed(instances), "Title", &View::default()).unwrap()
    }

    async fn shown(
        instances: &Instances,
        session: SessionId,
        claim: InstanceVersion,
        title: &str,
    ) -> serde_json::Value {
        let mut turn = instances.turn(session, claim).await;
        serde_json::json!(turn.show(title, View::default(), Box::default(), |_, _, _| ()))
    }

    #[tokio::test]
    async fn what_had_to_go_is_sent_whole_once() {
        for bounds in [Bounds { count: 1, ..BOUNDS }, Bounds { bytes: AROUND_AN_INSTANCE * 2, ..BOUNDS }] {
            let instances = Instances::within(bounds, Arc::default(), Numbering::Alone);
            let session = session();
            let claim = begun(&instances, session);
            begun(&instances, session);
            let whole = shown(&instances, session, claim, "Title").await;
            assert_eq!((&whole["from"], &whole["body"]), (&serde_json::Value::Null, &"".into()), "{whole}");
            let patch = shown(&instances, session, claim, "Other").await;
            assert_eq!(patch["from"], whole["version"]);
        }
    }

    #[tokio::test]
    async fn what_did_not_reach_the_browser_is_no_base() {
        let instances = Instances::new(Arc::default(), Numbering::Alone);
        let session = session();
        let claim = begun(&instances, session);
        let mut turn = instances.turn(session, claim).await;
        turn.show("Lost", View::default(), Box::default(), |_, _, _| ());
        turn.forget();
        drop(turn);
        let whole = shown(&instances, session, claim, "Lost").await;
        assert_eq!((&whole["version"], &whole["title"]), (&2.into(), &"Lost".into()), "{whole}");
    }

    #[tokio::test]
    async fn an_instance_that_is_too_large_is_not_kept_but_its_versions_are() {
        let instances = Instances::new(Arc::default(), Numbering::Alone);
        let session = session();
        let title = |letter: &str| letter.repeat(EACH);
        let claim = instances.begin(session, Followed::default(), &title("x"), &View::default()).unwrap();
        for (version, letter) in [(1, "y"), (2, "x")] {
            let whole = shown(&instances, session, claim, &title(letter)).await;
            assert_eq!((&whole["version"], whole.get("patch")), (&version.into(), None));
            assert!(whole["body"].is_string());
            let same = shown(&instances, session, claim, &title(letter)).await;
            assert_eq!((&same["from"], &same["version"], same.get("body")), (&version.into(), &version.into(), None));
        }
        assert!(instances.held().get((session, claim.id)).is_some());
    }

    #[tokio::test]
    async fn nothing_is_pushed_while_an_event_shows_what_has_not_come_true() {
        let changes = Arc::<Changes>::default();
        let instances = Instances::new(Arc::clone(&changes), Numbering::Alone);
        let session = session();
        let claim = begun(&instances, session);
        let mut watcher = changes.watch(session).unwrap();
        let busy = instances.busy(session, claim);
        changes.note(session.tag());
        watcher.changed().await;
        assert!(instances.turn(session, claim).await.is_up_to_date());
        drop(busy);
        watcher.changed().await;
        assert!(!instances.turn(session, claim).await.is_up_to_date());
    }

    #[tokio::test]
    async fn of_two_servers_each_sends_the_whole_of_what_the_other_has_shown() {
        let instances = [1, 2].map(|server| Instances::new(Arc::default(), Numbering::AmongOthers { server }));
        let session = session();
        let mut claim = begun(&instances[0], session);
        for (server, title, is_whole) in
            [(1, "a", true), (1, "b", false), (0, "c", true), (1, "d", true), (1, "e", false)]
        {
            let told = shown(&instances[server], session, claim, title).await;
            assert_eq!(told["body"].is_string(), is_whole, "{title}: {told}");
            assert!(is_whole || told["from"] == claim.version, "{told}");
            let version = told["version"].as_u64().unwrap();
            assert!(version > claim.version);
            claim.version = version;
        }
    }
}
