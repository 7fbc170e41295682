//! The page that an event was called on, as the browser is told of it; not how the event runs.

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::event::{Effects, Update};
use crate::server::Context;
use crate::server::document::{filling, title_of, view_html};
use crate::server::instance::{Claim, Turn};
use crate::server::page::{PageCall, Rendered};
use crate::server::reply::{Refusal, Reply, Told, actions_of, redirect};
use crate::server::routes::Pages;
use crate::view::{Uploads, View};

/// Where an event was called.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) pages: Pages,
    pub(crate) context: Context,
    pub(crate) page: PageCall,
    /// What the browser says that it shows, if it keeps track.
    pub(crate) claim: Option<Claim>,
}

impl Place {
    /// The session's cookie, renewed: whoever is active stays.
    pub(crate) fn session(&self) -> [(HeaderName, HeaderValue); 1] {
        [(SET_COOKIE, self.context.set_cookie())]
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
        let page = view.map(|view| self.tell(&mut turn, view));
        Ok(Reply::new(page, self.claim.is_some(), actions))
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
        let line = line(&UpdateLine { update: self.tell(&mut turn, view) });
        if fits(&line) {
            return line;
        }
        if let Some(turn) = &mut turn {
            turn.forget();
        }
        Bytes::new()
    }

    /// The reply, or the refusal and the page as it is without the event: what its updates showed did not come true.
    pub(crate) async fn last_line(&self, reply: Result<Reply>) -> Bytes {
        match reply {
            Ok(reply) => line(&reply),
            Err(error) => self.refusal(&error).await,
        }
    }

    async fn refusal(&self, error: &Error) -> Bytes {
        let mut refusal = Refusal::log(error, &self.context.kit().texts).to_json();
        let mut turn = self.turn().await;
        if let Rendered::View(view) = self.page.send(&self.pages, &self.context).await {
            self.tell(&mut turn, view).add_to(&mut refusal);
        }
        line(&refusal)
    }

    /// Waits until nobody else calls the page for this instance.
    async fn turn(&self) -> Option<Turn<'_>> {
        let claim = self.claim?;
        Some(self.context.kit().instances.turn(self.context.session(), claim).await)
    }

    fn tell(&self, turn: &mut Option<Turn<'_>>, view: View) -> Told {
        let title = title_of(&view, &self.context).to_owned();
        match turn {
            Some(turn) => Told::Instance(turn.show(&title, view, filling(&self.context))),
            None => Told::Whole { title, body: view_html(view, &self.context) },
        }
    }
}

/// The page while the event runs.
#[derive(Serialize)]
struct UpdateLine {
    update: Told,
}

fn line(value: &impl Serialize) -> Bytes {
    // Replies are made of text and JSON values: they can always be written.
    let mut json = serde_json::to_vec(value).unwrap_or_default();
    json.push(b'\n');
    json.into()
}
