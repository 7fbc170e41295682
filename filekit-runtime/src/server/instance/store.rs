//! Keeps what page instances show, within limits, and compares; not what happens to a page in between.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::value::RawValue;
use tokio::sync::OwnedMutexGuard;

use crate::bounded::{Bounded, Bounds};
use crate::patch::{Fingerprint, patch};
use crate::server::instance::Message;
use crate::server::instance::claim::{Claim, InstanceId};
use crate::session::SessionId;
use crate::view::{Filling, Uploads, View};

/// How many instances are kept, how large, and for how long. Whoever comes back later gets the whole view once.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: 128 << 20, age: Duration::from_secs(24 * 60 * 60) };

/// Bytes at most of one instance, so that one page cannot drive out all others: half a million rows.
const EACH: usize = 4 << 20;

/// What an instance takes besides its fingerprint: keys, entries, the lock.
const AROUND_AN_INSTANCE: usize = 320;

/// The page instances of all visitors.
#[derive(Debug)]
pub(crate) struct Instances(Mutex<Bounded<Key, Instance>>);

type Key = (SessionId, InstanceId);

/// Locked while its page is called and compared: so a later version never shows an older state.
type Instance = Arc<tokio::sync::Mutex<Shown>>;

/// What an instance shows.
#[derive(Debug)]
struct Shown {
    version: u64,
    /// Nothing if nobody knows.
    page: Option<Page>,
}

#[derive(Debug)]
struct Page {
    title: Box<str>,
    fingerprint: Fingerprint,
}

impl Page {
    fn of(title: &str, fingerprint: Fingerprint) -> Option<Self> {
        let page = Self { title: title.into(), fingerprint };
        (page.weight() <= EACH).then_some(page)
    }

    fn weight(&self) -> usize {
        self.title.len() + self.fingerprint.weight()
    }
}

impl Default for Instances {
    fn default() -> Self {
        Self::within(BOUNDS)
    }
}

impl Instances {
    fn within(bounds: Bounds) -> Self {
        Self(Mutex::new(Bounded::new(bounds)))
    }

    /// A new instance, which shows this view.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn begin(&self, session: SessionId, title: &str, view: &View) -> Result<Claim, getrandom::Error> {
        let id = InstanceId::random()?;
        let shown = Shown { version: 0, page: Page::of(title, Fingerprint::of(view)) };
        let weight = shown.weight();
        self.held().insert((session, id), Arc::new(tokio::sync::Mutex::new(shown)), weight);
        Ok(Claim { id, version: 0 })
    }

    /// Waits until nobody else calls the page of the instance that a browser names, and keeps others waiting.
    ///
    /// One that is not known, or not as far, begins with a version that no answer can have which is still on its way.
    pub(crate) async fn turn(&self, session: SessionId, claim: Claim) -> Turn<'_> {
        let key = (session, claim.id);
        loop {
            let instance = self.find(key, claim);
            let mut shown = Arc::clone(&instance).lock_owned().await;
            // It may have been dropped, and another put in its place.
            if !Arc::ptr_eq(&self.find(key, claim), &instance) {
                continue;
            }
            if shown.version < claim.version {
                *shown = Shown::unknown(claim);
            }
            return Turn { instances: self, key, instance, shown };
        }
    }

    fn find(&self, key: Key, claim: Claim) -> Instance {
        let mut kept = self.held();
        if let Some(known) = kept.get(key) {
            return Arc::clone(known);
        }
        let instance = Arc::new(tokio::sync::Mutex::new(Shown::unknown(claim)));
        kept.insert(key, Arc::clone(&instance), AROUND_AN_INSTANCE);
        instance
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Bounded<Key, Instance>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    /// What nobody knows, which a browser has in that version.
    fn unknown(claim: Claim) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or_default();
        Self { version: now.max(claim.version), page: None }
    }

    fn weight(&self) -> usize {
        AROUND_AN_INSTANCE + self.page.as_ref().map_or(0, Page::weight)
    }
}

/// An instance whose page is called and compared.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    instances: &'a Instances,
    key: Key,
    instance: Instance,
    shown: OwnedMutexGuard<Shown>,
}

impl Turn<'_> {
    /// What the instance is told, to show this view. `fill` appends what belongs into a hole that travels.
    pub(crate) fn show(
        &mut self,
        title: &str,
        view: View,
        fill: impl FnMut(&Filling, &Uploads, &mut String),
    ) -> Message {
        let next = Claim { id: self.key.1, version: self.shown.version + 1 };
        let (fingerprint, message) = match &self.shown.page {
            None => (Fingerprint::of(&view), Message::whole(next, title.to_owned(), view.into_html(fill))),
            Some(page) => {
                let (fingerprint, patch) = patch(&page.fingerprint, &view, fill);
                let new_title = (*page.title != *title).then(|| title.to_owned());
                if patch.is_none() && new_title.is_none() {
                    return Message::nothing_changed(Claim { version: self.shown.version, ..next });
                }
                (fingerprint, Message::patch(next, new_title, patch.unwrap_or_else(same_view)))
            }
        };
        *self.shown = Shown { version: next.version, page: Page::of(title, fingerprint) };
        let instance = Arc::clone(&self.instance);
        self.instances.held().insert(self.key, instance, self.shown.weight());
        message
    }

    /// Notes that what was to be shown does not reach the browser.
    pub(crate) fn forget(&mut self) {
        self.shown.page = None;
    }
}

/// The patch of a page whose title alone has changed.
fn same_view() -> Box<RawValue> {
    RawValue::from_string("[null,[]]".to_owned()).unwrap_or_else(|_| unreachable!("it is JSON"))
}
