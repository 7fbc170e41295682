//! What a browser is answered after an event; not how the event went.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use serde::Serialize;

use crate::download::{Download, Source};
use crate::error::{Audience, Error, Rejection, Result};
use crate::event::{Effect, Effects, small_action};
use crate::offer::client::Expression;
use crate::offer::{FilesOffer, Offer, Uploads};
use crate::server::Context;
use crate::server::instance::Message;
use crate::texts::Texts;
use crate::view::{Action, Step, harmless_url};
use crate::wire::{action as name, path};

/// The answer to an event that succeeded.
#[derive(Debug, Serialize)]
pub(crate) struct Reply {
    /// What the page shows now; nothing if it stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) view: Option<Message>,
    /// What the browser is to do then.
    pub(crate) actions: Vec<serde_json::Value>,
}

impl Reply {
    /// What the page shows now, and nothing else.
    pub(crate) fn shown(view: Message) -> Self {
        Self { view: Some(view), actions: Vec::new() }
    }

    /// The visitor is sent to another page.
    pub(crate) fn elsewhere(url: &str) -> Self {
        Self { view: None, actions: vec![redirect(url)] }
    }
}

/// The answer to a request that did not succeed.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) words: Words,
    /// Where the visitor is sent instead of being told anything.
    pub(crate) elsewhere: Option<String>,
}

/// What the visitor is told.
#[derive(Debug, Serialize)]
pub(crate) struct Words {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Under which the log has the details, if there are any.
    pub(crate) reference: Option<String>,
    /// The name of the file that is to blame, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

/// The body of the answer to a request that did not succeed.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Elsewhere(Reply),
    Refused {
        error: &'a Words,
        #[serde(skip_serializing_if = "Option::is_none")]
        view: Option<Message>,
    },
}

/// Answers with JSON that is kept nowhere.
fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let headers =
        [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    // Answers are made of text and JSON values: they can always be written.
    (status, headers, serde_json::to_vec(value).unwrap_or_default()).into_response()
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self)
    }
}

impl Refusal {
    /// The answer with the page as it should be.
    pub(crate) fn with(&self, view: Message) -> Response {
        json(self.status, &self.to_json(Some(view)))
    }

    /// The body of the answer, with the page as it should be where that is another than the browser shows.
    ///
    /// A view is written as it is, and never read as JSON values: it may be deeper than those are read.
    pub(crate) fn to_json(&self, view: Option<Message>) -> impl Serialize {
        match &self.elsewhere {
            Some(url) => Body::Elsewhere(Reply::elsewhere(url)),
            None => Body::Refused { error: &self.words, view },
        }
    }

    /// Logs an error, and makes of it what the visitor is told.
    pub(crate) fn log(error: &Error, texts: &Texts) -> Self {
        // As a value for debugging, text that strangers chose stays on its line.
        let text = error.to_string();
        match error.audience() {
            Audience::Rejection(rejection) => {
                let status = rejection.status();
                if let Rejection::Elsewhere { .. } = rejection {
                    tracing::debug!("a visitor is sent to another page first");
                } else if let Rejection::FileGone { .. } = rejection {
                    tracing::info!(error = ?text, "a file was asked for that was removed");
                } else if status.is_server_error() {
                    tracing::error!(error = ?text, "a request could not be carried out");
                } else {
                    tracing::warn!(error = ?text, "a request was refused");
                }
                let elsewhere = match rejection {
                    Rejection::Elsewhere { url, .. } => Some(url.clone()),
                    _ => None,
                };
                let file = rejection.file().map(str::to_owned);
                let words = Words { code: rejection.code(), message: rejection.words(texts), reference: None, file };
                Self { status, words, elsewhere }
            }
            Audience::Visitor(message) => {
                tracing::info!(words = ?message, "an event was refused by its handler");
                let words = Words { code: "event.refused", message: message.to_owned(), reference: None, file: None };
                Self { status: StatusCode::UNPROCESSABLE_ENTITY, words, elsewhere: None }
            }
            Audience::Log => Self::log_fault(&text, texts),
        }
    }

    fn log_fault(error: &str, texts: &Texts) -> Self {
        // Without randomness the reference is poor, and everything else is worse.
        let reference = format!("{:08x}", getrandom::u32().unwrap_or_default());
        tracing::error!(?error, reference, "a request failed");
        let code = "event.failed";
        let words = Words { code, message: texts.say(code, &[]), reference: Some(reference), file: None };
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, words, elsewhere: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        json(self.status, &self.to_json(None))
    }
}

/// The effects in the words of the browser, on a page with these uploads.
///
/// # Errors
///
/// If a download cannot be encoded.
pub(crate) fn actions_of(effects: Effects, context: &Context, uploads: &Uploads) -> Result<Vec<serde_json::Value>> {
    effects.list.into_iter().map(|effect| action_of(effect, context, uploads)).collect()
}

fn action_of(effect: Effect, context: &Context, uploads: &Uploads) -> Result<serde_json::Value> {
    Ok(match effect {
        Effect::Toast(toast) => serde_json::json!({ "action": name::TOAST, "kind": toast.kind, "text": toast.text }),
        Effect::Redirect(url) => redirect(&url),
        Effect::Action(Action(Step::Browser(json))) => serde_json::from_str(&json)?,
        Effect::Action(Action(Step::Failure(text))) => {
            let text = context.kit().texts.say(text, &[]);
            serde_json::json!({ "action": name::TOAST, "kind": "error", "text": text })
        }
        Effect::Action(Action(Step::Event { offer, arguments, .. })) => {
            event_action(&offer, &arguments, context, uploads)?
        }
        Effect::Download(download) => download_action(*download, context)?,
    })
}

/// Sends the visitor to another page.
pub(crate) fn redirect(url: &str) -> serde_json::Value {
    serde_json::json!({ "action": name::REDIRECT, "url": harmless_url(url) })
}

fn event_action(
    offer: &Offer,
    arguments: &[Expression],
    context: &Context,
    uploads: &Uploads,
) -> Result<serde_json::Value> {
    let evaluated: Vec<serde_json::Value> =
        arguments.iter().map(|argument| serde_json::from_str(argument.json())).collect::<Result<_, _>>()?;
    let mut capability = String::new();
    let write = |json: &mut Vec<u8>| match FilesOffer::new(offer, arguments) {
        Some(files) => files.write_json(uploads, json),
        None => offer.write_json(json),
    };
    context.call_signer().sign(write, &mut capability);
    Ok(serde_json::json!({ "event": capability, "arguments": evaluated }))
}

/// What is small travels along; the rest waits to be fetched.
fn download_action(download: Download, context: &Context) -> Result<serde_json::Value> {
    if matches!(download.source, Source::Url(_) | Source::Data(_)) {
        return Ok(small_action(&download)?);
    }
    let kit = context.kit();
    let opened = download.into_file(&kit.disk)?;
    let filename = opened.name.clone();
    let token = kit.outbox.put(context.session(), context.page(), opened)?;
    let url = format!("{}{}?{token}", context.base(), path::FETCH);
    Ok(serde_json::json!({ "action": name::DOWNLOAD, "url": url, "filename": filename }))
}
