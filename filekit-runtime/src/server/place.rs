//! The page that an event was called on, as the browser is told of it; not how the event runs.

use axum::response::AppendHeaders;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::event::{Effects, Update};
use crate::offer::Uploads;
use crate::server::Context;
use crate::server::document::{title_of, view_html};
use crate::server::fill::scripted_filling;
use crate::server::instance::{Busy, Claim, Follower, Message, Turn};
use crate::server::page::{PageCall, Rendered};
use crate::server::reply::{Refusal, Reply, actions_of, redirect};
use crate::server::routes::Pages;
use crate::view::View;

/// Where an event was called.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) pages: Pages,
    pub(crate) context: Context,
    pub(crate) page: PageCall,
    /// What the browser says that it shows.
    pub(crate) claim: Claim,
}

/// What came of following the visitor's state.
#[derive(Debug)]
pub(crate) enum Followed {
    Changed(Message),
    Same,
    /// The page sends the visitor somewhere else.
    Elsewhere(String),
    /// The page is no view, or fails.
    NoView,
    /// Another connection follows the instance now, and is told what there is to tell.
    Displaced,
}

impl Place {
    /// The session's cookie, renewed: whoever is active stays.
    pub(crate) fn session_cookie(&self) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        AppendHeaders(self.context.set_cookie().map(|cookie| (SET_COOKIE, cookie)))
    }

    /// The page as it is now, and the effects.
    ///
    /// # Errors
    ///
    /// If a download cannot be encoded.
    pub(crate) async fn reply(&self, effects: Effects) -> Result<Reply> {
        let mut turn = self.turn().await;
        let (view, elsewhere) = match self.page.send(&self.pages, &self.context).await {
            Rendered::View(view) => (Some(view), None),
            Rendered::Redirect(url) => (None, Some(url)),
            Rendered::Other => (None, Some(self.context.page().to_owned())),
        };
        let no_uploads = Uploads::new();
        let uploads = view.as_ref().map_or(&no_uploads, View::uploads);
        let mut actions = actions_of(effects, &self.context, uploads)?;
        actions.extend(elsewhere.as_deref().map(redirect));
        // Nothing can fail any more: what is told counts as shown.
        Ok(Reply { view: view.map(|view| self.show(&mut turn, view)), actions })
    }

    /// The page as it is with an update, as a line. `fits` may drop it.
    pub(crate) async fn update(&self, update: Update, fits: impl FnOnce(&Bytes) -> bool) -> Bytes {
        let context = self.context.with_preview(update.preview);
        let mut turn = self.turn().await;
        let rendered = self.page.send(&self.pages, &context).await;
        // The event waits for this, and may be gone.
        let _ = update.shown.send(());
        // A page that is elsewhere for a moment is better left alone until the event is done.
        let Rendered::View(view) = rendered else { return Bytes::new() };
        let line = line(&UpdateLine { update: self.show(&mut turn, view) });
        if !fits(&line) {
            turn.forget();
            return Bytes::new();
        }
        turn.expect_more();
        line
    }

    /// What the page shows now and the browser behind `follower` does not, which says that it shows `version` if it comes anew.
    pub(crate) async fn follow(&self, follower: &Follower, version: Option<u64>) -> Followed {
        let mut turn = self.turn().await;
        if !follower.is_latest() {
            return Followed::Displaced;
        }
        if version.is_some_and(|version| version != turn.version()) {
            // Something is lost, or still on its way.
            turn.forget();
        }
        if turn.is_up_to_date() {
            return Followed::Same;
        }
        match self.page.send(&self.pages, &self.context).await {
            Rendered::View(view) => {
                let title = title_of(&view, &self.context).to_owned();
                turn.show_if_changed(&title, view, scripted_filling(&self.context))
                    .map_or(Followed::Same, Followed::Changed)
            }
            Rendered::Redirect(url) => Followed::Elsewhere(url),
            Rendered::Other => Followed::NoView,
        }
    }

    /// The page as it is, whole, whatever the browser shows.
    pub(crate) async fn whole(&self) -> Followed {
        let mut turn = self.turn().await;
        turn.forget();
        match self.page.send(&self.pages, &self.context).await {
            Rendered::View(view) => Followed::Changed(self.show(&mut turn, view)),
            Rendered::Redirect(url) => Followed::Elsewhere(url),
            Rendered::Other => Followed::NoView,
        }
    }

    /// The page as it is, as that of an instance of its own: what is on its way to the one before cannot be taken for this.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) async fn anew(&self) -> Result<Followed> {
        Ok(match self.page.send(&self.pages, &self.context).await {
            Rendered::View(view) => {
                let title = title_of(&view, &self.context).to_owned();
                let instances = &self.context.kit().instances;
                let instance = instances.begin(self.context.session(), self.context.changes(), &title, &view)?;
                let body = view_html(view, &self.context);
                Followed::Changed(Message::whole(
                    instance.sealed(self.context.seal(), self.context.owner()),
                    title,
                    body,
                ))
            }
            Rendered::Redirect(url) => Followed::Elsewhere(url),
            Rendered::Other => Followed::NoView,
        })
    }

    /// Whether the session of the document has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.context.kit().ended.has(self.context.session())
    }

    /// Keeps others from showing the page while an event shows what has not come true.
    pub(crate) fn busy(&self) -> Busy {
        self.context.kit().instances.busy(self.context.session(), self.claim)
    }

    /// The reply, or the refusal and the page as it is without the event: what its updates showed did not come true.
    pub(crate) async fn last_line(&self, reply: Result<Reply>) -> Bytes {
        match reply {
            Ok(reply) => line(&reply),
            Err(error) => self.refusal(&error).await,
        }
    }

    async fn refusal(&self, error: &Error) -> Bytes {
        let refusal = Refusal::log(error, &self.context.kit().texts);
        let mut turn = self.turn().await;
        let view = match self.page.send(&self.pages, &self.context).await {
            Rendered::View(view) => Some(self.show(&mut turn, view)),
            Rendered::Redirect(_) | Rendered::Other => None,
        };
        line(&refusal.to_json(view))
    }

    /// Waits until nobody else calls the page for this instance.
    async fn turn(&self) -> Turn<'_> {
        // What the document is told from now on is for the session of now.
        let claim = match self.context.owns(&self.claim) {
            true => self.claim,
            false => self.claim.sealed(self.context.seal(), self.context.owner()),
        };
        self.context.kit().instances.turn(self.context.session(), claim).await
    }

    fn show(&self, turn: &mut Turn<'_>, view: View) -> Message {
        let title = title_of(&view, &self.context).to_owned();
        turn.show(&title, view, scripted_filling(&self.context))
    }
}

/// The page while the event runs.
#[derive(Serialize)]
struct UpdateLine {
    update: Message,
}

fn line(value: &impl Serialize) -> Bytes {
    // Replies are made of text and JSON values: they can always be written.
    let mut json = serde_json::to_vec(value).unwrap_or_default();
    json.push(b'\n');
    json.into()
}
