//! The reply to a script after an event.

use axum::response::{IntoResponse, Response};

use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use crate::call::{Command, commands};
use crate::error::Result;
use crate::event::Effects;
use crate::instance::Message;
use crate::kit::Outcome;
use crate::offer::Uploads;
use crate::page::{LivePage, PageOutcome, Refusal, Stop, Words};
use crate::view::View;

/// The answer to an event that succeeded.
#[derive(Debug, Serialize)]
pub(crate) struct Reply {
    /// The page's message; `None` if the page stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) view: Option<Message>,
    /// The commands that the browser carries out then.
    pub(crate) actions: Vec<Command>,
}

impl Reply {
    /// A reply with the page's message, and nothing else.
    pub(crate) fn shown(view: Message) -> Self {
        Self { view: Some(view), actions: Vec::new() }
    }

    /// The page stays as it is.
    pub(crate) fn nothing() -> Self {
        Self { view: None, actions: Vec::new() }
    }

    /// The visitor is sent to another page.
    pub(crate) fn redirect(url: &str) -> Self {
        Self { view: None, actions: vec![Command::redirect(url)] }
    }
}

/// The body of the answer to a request that has no normal one.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum StopBody<'a> {
    Redirect(Reply),
    Refused {
        error: &'a Words,
        #[serde(skip_serializing_if = "Option::is_none")]
        view: Option<Message>,
    },
}

/// The answer to a script in place of a normal one, with the page as it should be if the browser shows another.
///
/// A view is written as it is, and never read as JSON values: it may be deeper than those are read.
pub(crate) fn stop_body(stop: &Stop, view: Option<Message>) -> impl Serialize {
    match stop {
        Stop::Redirect(url) => StopBody::Redirect(Reply::redirect(url)),
        Stop::Refused(Refusal { words, .. }) => StopBody::Refused { error: words, view },
    }
}

/// The answer to a script in place of a normal one; see [`stop_body`].
pub(crate) fn stop_for_script(stop: &Stop, view: Option<Message>) -> Response {
    stop_outcome(stop, view).into_response()
}

/// The same, to be remembered.
pub(crate) fn stop_outcome(stop: &Stop, view: Option<Message>) -> Outcome {
    let status = match stop {
        // The browser's request went well, and a reply says where to go.
        Stop::Redirect(_) => StatusCode::OK,
        Stop::Refused(refusal) => refusal.status,
    };
    let mut answer = outcome(status, &stop_body(stop, view));
    if let Stop::Refused(refusal) = stop {
        answer.headers.extend(refusal.retry_after());
    }
    answer
}

/// An answer of JSON that is kept nowhere on its way.
fn outcome(status: StatusCode, value: &impl Serialize) -> Outcome {
    let headers =
        [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    // Answers are made of text and JSON values: they can always be written.
    let body = serde_json::to_vec(value).unwrap_or_default().into();
    Outcome { status, headers: HeaderMap::from_iter(headers), body }
}

impl Reply {
    /// A reply with the page after an event, and the effects of the event.
    ///
    /// # Errors
    ///
    /// If a download cannot be encoded.
    pub(crate) async fn after_event(page: &LivePage, mut effects: Effects) -> Result<Self> {
        let (outcome, mut shown) = match effects.just_kept.take() {
            Some(kept) => page.call_after(kept).await,
            None => page.call().await,
        };
        let (view, url) = match outcome {
            PageOutcome::View(view) => (Some(view), None),
            PageOutcome::Redirect(url) => (None, Some(url)),
            PageOutcome::Other => (None, Some(page.context().page().shown().to_owned())),
        };
        let no_uploads = Uploads::new();
        let uploads = view.as_ref().map_or(&no_uploads, View::uploads);
        let mut actions = commands(effects, page.context(), uploads).await?;
        actions.extend(url.as_deref().map(Command::redirect));
        // Nothing can fail any more: what is sent counts as shown.
        Ok(Self { view: view.map(|view| shown.show(view)), actions })
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        outcome(StatusCode::OK, &self).into_response()
    }
}
