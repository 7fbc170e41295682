//! The route of documents that follow their visitor's state: Server-Sent Events; not what changes the state.
//!
//! ```text
//! GET -> page's layers let the visitor in -> what the document does not show yet
//!     -> a state of the session changes -> page called and compared -> what changed, as an event -> ..
//! ```

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::error::{Rejection, Result};
use crate::server::Context;
use crate::server::call::enter;
use crate::server::instance::Claim;
use crate::server::page::PageCall;
use crate::server::place::{Followed, Place};
use crate::server::reply::{Refusal, Reply, redirect};
use crate::server::routes::Pages;
use crate::state::Watcher;

/// How long changes are collected: several at once are one event, and the answer to what caused them comes first.
const COLLECT: Duration = Duration::from_millis(20);

/// How often something is said at least, so that whoever is in between keeps the connection open.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A comment, which the browser does not tell the page.
const COMMENT: &[u8] = b":\n\n";

/// How many milliseconds the browser waits before it asks again when the connection breaks.
const RETRY: &[u8] = b"retry: 1000\n\n";

/// Answers `GET /_filekit/live?page={page}&instance={id}.{version}`.
pub(crate) async fn handle(State(pages): State<Pages>, parts: Parts) -> Response {
    if !pages.filekit.0.settings.live {
        return StatusCode::NOT_FOUND.into_response();
    }
    let error = match open(&pages, &parts).await {
        Ok(response) => return response,
        Err(error) => error,
    };
    let refusal = Refusal::log(&error, &pages.filekit.0.texts);
    match &refusal.elsewhere {
        // A script cannot read the answer to this request unless it is events.
        Some(url) => events(Body::from(event(&gone_to(url)))),
        None => refusal.into_response(),
    }
}

async fn open(pages: &Pages, parts: &Parts) -> Result<Response> {
    let context = Context::of_request(&pages.filekit, parts)?;
    let (page, claim) = asked(parts.uri.query().unwrap_or_default())?;
    let call = PageCall::new(&context, parts, &page)?;
    let context = context.on_page(&page);
    enter(pages, &context, &call).await?;
    let Some(watcher) = context.kit().changes.watch(context.session()) else {
        tracing::warn!("a visitor has too many documents open that follow their state");
        return Ok(StatusCode::TOO_MANY_REQUESTS.into_response());
    };
    let stopping = context.kit().stopping.subscribe();
    let place = Place { pages: pages.clone(), context, page: call, claim: Some(claim) };
    let session = place.session();
    let first = place.follow(Some(claim.version)).await;
    if let Followed::NoView = first {
        // An end would let the browser ask again at once.
        return Ok(StatusCode::CONFLICT.into_response());
    }
    let following = Following { place, first: Some(first), watcher, stopping };
    Ok((session, events(Body::from_stream(following.events()))).into_response())
}

/// The page and what the browser shows of it.
fn asked(query: &str) -> Result<(String, Claim), Rejection> {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(key, _)| *key == name);
        found.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let page = value("page").ok_or_else(|| Rejection::malformed("no page to follow is named"))?;
    let claim = value("instance").ok_or_else(|| Rejection::malformed("no page instance is named"))?;
    Ok((page, claim.parse()?))
}

fn events(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // nginx would hold the events back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

fn event(reply: &Reply) -> Bytes {
    // Replies are made of text and JSON values: they can always be written, on one line.
    let json = serde_json::to_string(reply).unwrap_or_default();
    format!("data: {json}\n\n").into()
}

fn gone_to(url: &str) -> Reply {
    Reply::Instance { view: None, actions: vec![redirect(url)] }
}

/// A document that follows its visitor's state.
struct Following {
    place: Place,
    /// What has changed before, until that is told.
    first: Option<Followed>,
    watcher: Watcher,
    /// Becomes true when the server is to stop.
    stopping: watch::Receiver<bool>,
}

/// What happened next.
enum Next {
    Changed,
    Nothing,
    Stopping,
}

impl Following {
    /// Ends when the server stops, or the page shows the visitor no view. A reader who is gone drops it.
    fn events(self) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send {
        let rest = stream::unfold(Some(self), |following| async move {
            let (bytes, rest) = following?.event().await?;
            Some((bytes, rest))
        });
        stream::iter([Bytes::from_static(RETRY)]).chain(rest).map(Ok)
    }

    /// The next bytes, and what follows them, if anything does.
    async fn event(mut self) -> Option<(Bytes, Option<Self>)> {
        match self.first.take() {
            Some(Followed::Same) => return Some((Bytes::from_static(COMMENT), Some(self))),
            Some(followed) => return self.told(followed),
            None => {}
        }
        loop {
            match self.next().await {
                Next::Stopping => return None,
                Next::Nothing => return Some((Bytes::from_static(COMMENT), Some(self))),
                Next::Changed => {}
            }
            match self.place.follow(None).await {
                Followed::Same => {}
                followed => return self.told(followed),
            }
        }
    }

    fn told(self, followed: Followed) -> Option<(Bytes, Option<Self>)> {
        match followed {
            Followed::Changed(view) => {
                Some((event(&Reply::Instance { view: Some(view), actions: Vec::new() }), Some(self)))
            }
            Followed::Elsewhere(url) => Some((event(&gone_to(&url)), None)),
            Followed::Same | Followed::NoView => None,
        }
    }

    async fn next(&mut self) -> Next {
        let changed = async {
            self.watcher.changed().await;
            sleep(COLLECT).await;
        };
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|is_stopping| *is_stopping) => Next::Stopping,
            () = changed => Next::Changed,
            () = sleep(HEARTBEAT) => Next::Nothing,
        }
    }
}
