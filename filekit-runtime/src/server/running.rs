//! Runs an event and answers while it runs; not what the answers say of the page.
//!
//! ```text
//! run event --------------------------> reply: page and effects (JSON, with a status)
//!    '-- it sends an update first ----> lines of JSON: updates as they come, the reply last
//! ```

use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use tokio::sync::mpsc;

use crate::error::Result;
use crate::event::{Arguments, Effects, EventDefinition, Update};
use crate::server::call::dispatch;
use crate::server::idempotency::CallGuard;
use crate::server::instance::Busy;
use crate::server::place::Place;
use crate::server::reply::Reply;
use crate::storage::Saves;
use crate::upload::IncomingBody;

/// An event that runs, and the updates that it sends.
pub(crate) struct Running {
    /// Calls no page: it stands still while one is called to show an update.
    run: Pin<Box<dyn Future<Output = Result<Effects>> + Send>>,
    previews: mpsc::Receiver<Update>,
    place: Arc<Place>,
    /// If its files still arrive.
    ahead: Option<Ahead>,
    /// From the first update on.
    busy: Option<Busy>,
}

/// How many bytes a sender is still told while it sends.
///
/// A browser looks at the answer when it has sent everything. Until then the answer piles up on the way, and if there
/// was no room for more, both sides would wait for each other.
struct Ahead {
    body: IncomingBody,
    left: usize,
}

/// As much as the buffers of any connection hold.
const TOLD_AHEAD: usize = 64 * 1024;

impl Ahead {
    fn of(body: IncomingBody) -> Self {
        Self { body, left: TOLD_AHEAD }
    }

    fn is_full(&self) -> bool {
        self.left == 0 && !self.body.is_complete()
    }

    /// Counts a line, and tells whether there is room for it.
    fn fits(&mut self, line: &Bytes) -> bool {
        if self.body.is_complete() {
            return true;
        }
        let left = self.left.checked_sub(line.len());
        self.left = left.unwrap_or_default();
        left.is_some()
    }
}

/// What happened next.
enum Next {
    Update(Update),
    Done(Result<Effects>),
}

impl Running {
    /// Begins to run an event, whose files still arrive if there is a body.
    pub(crate) fn begin(
        place: Arc<Place>,
        definition: &'static EventDefinition,
        arguments: Arguments,
        saves: Saves,
        guard: Option<CallGuard>,
        previews: mpsc::Receiver<Update>,
        arriving: Option<IncomingBody>,
    ) -> Self {
        let ahead = arriving.clone().map(Ahead::of);
        let run = Box::pin(run(Arc::clone(&place), definition, arguments, saves, guard, arriving));
        Self { run, previews, place, ahead, busy: None }
    }

    /// Answers when the event is done, or has something to show before.
    ///
    /// # Errors
    ///
    /// If the event fails before it has shown anything.
    pub(crate) async fn answer(mut self) -> Result<Response> {
        match self.next().await {
            Next::Done(effects) => {
                let reply = self.reply(effects).await?;
                Ok((self.place.session_cookie(), reply).into_response())
            }
            Next::Update(update) => {
                self.busy = Some(self.place.busy());
                let first = self.update(update).await;
                let headers = [
                    (CONTENT_TYPE, "application/x-ndjson"),
                    (CACHE_CONTROL, "no-store"),
                    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                    // nginx would hold the lines back.
                    (HeaderName::from_static("x-accel-buffering"), "no"),
                ];
                let cookie = self.place.session_cookie();
                Ok((cookie, headers, Body::from_stream(self.lines(first))).into_response())
            }
        }
    }

    async fn next(&mut self) -> Next {
        tokio::select! {
            biased;
            Some(update) = self.previews.recv() => Next::Update(update),
            effects = &mut self.run => Next::Done(effects),
        }
    }

    /// What is still to be shown is left out: the page is newer now.
    async fn reply(&mut self, effects: Result<Effects>) -> Result<Reply> {
        self.previews.close();
        self.place.reply(effects?).await
    }

    async fn update(&mut self, update: Update) -> Bytes {
        match &mut self.ahead {
            Some(ahead) if ahead.is_full() => Bytes::new(),
            Some(ahead) => self.place.update(update, |line| ahead.fits(line)).await,
            None => self.place.update(update, |_| true).await,
        }
    }

    /// The updates from `first` on, and the reply or the refusal at the end. A visitor who goes away drops this, and
    /// the event with it.
    fn lines(self, first: Bytes) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send {
        let rest = stream::unfold(Some(self), |running| async move {
            let mut running = running?;
            Some(match running.next().await {
                Next::Update(update) => (running.update(update).await, Some(running)),
                Next::Done(effects) => {
                    let reply = running.reply(effects).await;
                    (running.place.last_line(reply).await, None)
                }
            })
        });
        // A layer in front may ask for more after the end, as compression does (tower-rs/tower-http#732).
        stream::iter([first]).chain(rest).map(Ok).fuse()
    }
}

async fn run(
    place: Arc<Place>,
    definition: &EventDefinition,
    arguments: Arguments,
    saves: Saves,
    guard: Option<CallGuard>,
    arriving: Option<IncomingBody>,
) -> Result<Effects> {
    let effects = dispatch(&place.context, definition, arguments, saves).await;
    match (guard, &effects) {
        (Some(guard), Ok(_)) => guard.succeed(),
        // A browser that is refused in the middle of a file may not see why, and asks again with the beginning of it.
        (Some(guard), Err(_)) if definition.streams => guard.forget(),
        _ => {}
    }
    // The event may not have read all of it.
    match (arriving, &effects) {
        (Some(body), Ok(_)) => body.leave(),
        (Some(body), Err(_)) => body.refuse(),
        (None, _) => {}
    }
    effects
}
