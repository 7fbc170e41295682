//! A page as an open document shows it: called again, compared with what the document shows, and sent.

use axum::response::AppendHeaders;
use http::header::{HeaderName, HeaderValue};

use crate::error::Result;
use crate::instance::{Busy, Follower, InstanceGuard, InstanceVersion, Message};
use crate::page::document::{title_of, view_html};
use crate::page::fill::scripted_filling;
use crate::page::{PageCall, PageContext, PageOutcome, Pages};
use crate::state::{JustKept, Preview, Watcher};
use crate::view::View;

/// An admitted page with the instance that a document shows.
#[derive(Debug)]
pub(crate) struct LivePage {
    pages: Pages,
    context: PageContext,
    page: PageCall,
    /// The version that the browser says that it shows.
    version: InstanceVersion,
}

/// The outcome of following the visitor's state.
#[derive(Debug)]
pub(crate) enum LiveStep {
    Changed(Message),
    Same,
    /// The page sends the visitor to another one.
    Redirect(String),
    /// The page is no view, or fails.
    NoView,
    /// Another connection follows the instance now, and gets the changes.
    Displaced,
}

/// A document whose page was called: until this is dropped, no other request shows the page in it.
pub(crate) struct ShownPage<'p> {
    page: &'p LivePage,
    guard: InstanceGuard<'p>,
}

impl ShownPage<'_> {
    /// The message by which the document shows a view.
    pub(crate) fn show(&mut self, view: View) -> Message {
        let context = &self.page.context;
        let title = title_of(&view, context).to_owned();
        self.guard.show(&title, view, context.followed().tags, scripted_filling(context))
    }

    /// Notes that what was shown last did not reach the document.
    pub(crate) fn forget(&mut self) {
        self.guard.forget();
    }

    /// Notes that more will be shown soon.
    pub(crate) fn expect_more(&mut self) {
        self.guard.expect_more();
    }
}

impl LivePage {
    pub(super) fn new(pages: Pages, context: PageContext, page: PageCall, version: InstanceVersion) -> Self {
        Self { pages, context, page, version }
    }

    pub(crate) fn context(&self) -> &PageContext {
        &self.context
    }

    /// The session's cookie, renewed: a visitor who is active stays.
    pub(crate) fn session_cookie(&self) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        self.context.session_cookie()
    }

    /// Calls the page.
    pub(crate) async fn call(&self) -> (PageOutcome, ShownPage<'_>) {
        let guard = self.guard().await;
        (self.page.send(&self.pages, &self.context).await, ShownPage { page: self, guard })
    }

    /// Calls the page after an event, with the state that it has kept.
    pub(crate) async fn call_after(&self, kept: JustKept) -> (PageOutcome, ShownPage<'_>) {
        let guard = self.guard().await;
        // What changes from here on is seen as a change of what is shown.
        let context = match kept.is_newest(&self.context.kit().shared().changes) {
            true => self.context.with_kept(kept),
            false => self.context.clone(),
        };
        (self.page.send(&self.pages, &context).await, ShownPage { page: self, guard })
    }

    /// Calls the page with the state of an event that still runs.
    pub(crate) async fn preview(&self, preview: Preview) -> (PageOutcome, ShownPage<'_>) {
        let context = self.context.with_preview(preview);
        let guard = self.guard().await;
        (self.page.send(&self.pages, &context).await, ShownPage { page: self, guard })
    }

    /// The change from what the browser behind `follower` shows, which says that it shows `version` if it connects anew. `watcher`
    /// watches what the page shows from then on.
    pub(crate) async fn follow(&self, follower: &Follower, watcher: &mut Watcher, version: Option<u64>) -> LiveStep {
        let mut guard = self.guard().await;
        let step = self.step(&mut guard, follower, version).await;
        // What is not known does not change what is watched.
        if let Some(tags) = guard.tags() {
            watcher.follow(tags);
        }
        step
    }

    async fn step(&self, guard: &mut InstanceGuard<'_>, follower: &Follower, version: Option<u64>) -> LiveStep {
        if !follower.is_latest() {
            return LiveStep::Displaced;
        }
        if version.is_some_and(|version| version != guard.version()) {
            // Something is lost, or still on its way.
            guard.forget();
        }
        if guard.is_up_to_date() {
            return LiveStep::Same;
        }
        match self.page.send(&self.pages, &self.context).await {
            PageOutcome::View(view) => {
                let title = title_of(&view, &self.context).to_owned();
                let tags = self.context.followed().tags;
                guard
                    .show_if_changed(&title, view, tags, scripted_filling(&self.context))
                    .map_or(LiveStep::Same, LiveStep::Changed)
            }
            PageOutcome::Redirect(url) => LiveStep::Redirect(url),
            PageOutcome::Other => LiveStep::NoView,
        }
    }

    /// The page as it is, whole, whatever the browser shows.
    pub(crate) async fn whole(&self) -> PageOutcome<Message> {
        let mut guard = self.guard().await;
        guard.forget();
        let mut shown = ShownPage { page: self, guard };
        self.page.send(&self.pages, &self.context).await.map(|view| shown.show(view))
    }

    /// The page as it is, as that of an instance of its own: what is on its way to the one before cannot be taken for this.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) async fn anew(&self) -> Result<PageOutcome<Message>> {
        let context = &self.context;
        Ok(match self.page.send(&self.pages, context).await {
            PageOutcome::View(view) => {
                let title = title_of(&view, context).to_owned();
                let instances = &context.kit().local().instances;
                let version = instances.begin(context.session(), context.followed(), &title, &view)?;
                let version = version.sealed(context.visit().seal(), context.visitor().owner());
                PageOutcome::View(Message::whole(version, title, view_html(view, context)))
            }
            PageOutcome::Redirect(url) => PageOutcome::Redirect(url),
            PageOutcome::Other => PageOutcome::Other,
        })
    }

    /// Whether the session of the document has ended.
    pub(crate) async fn has_ended(&self) -> bool {
        let (states, session) = (&self.context.kit().shared().states, self.context.session());
        // A store that is out of reach ends no session; it is in the log.
        states.learn(session).await.ok();
        self.context.visitor().has_ended()
    }

    /// Keeps others from showing the page while an event shows what has not come true.
    pub(crate) fn busy(&self) -> Busy {
        self.context.kit().local().instances.busy(self.context.session(), self.version)
    }

    /// Waits until no other request calls the page for this instance.
    async fn guard(&self) -> InstanceGuard<'_> {
        let visitor = self.context.visitor();
        // Messages to the document are for the current session from now on.
        let version = match visitor.is_owner(self.version.owner) {
            true => self.version,
            false => self.version.sealed(self.context.visit().seal(), visitor.owner()),
        };
        self.context.kit().local().instances.turn(self.context.session(), version).await
    }
}
