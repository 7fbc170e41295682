//! Runs an event and answers while it runs. The messages in the answers are `reply.rs`.
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
use serde::Serialize;
use tokio::sync::mpsc;

use crate::call::{Reply, run_event, stop_body};
use crate::error::Result;
use crate::event::{Arguments, Effects, EventTarget, Update};
use crate::guard::RequestWatch;
use crate::instance::{Busy, Message};
use crate::kit::CallGuard;
use crate::page::{LivePage, PageOutcome, Stop};
use crate::state::{BegunElsewhere, is_of_store};
use crate::storage::SaveTransaction;
use crate::upload::IncomingBody;

/// An event that runs, and the updates that it sends.
pub(crate) struct ProgressiveReply {
    /// Calls no page: the event is suspended while one is called to show an update.
    run: Pin<Box<dyn Future<Output = Result<Effects>> + Send>>,
    previews: mpsc::Receiver<Update>,
    page: Arc<LivePage>,
    /// The budget, if its files still arrive.
    budget: Option<SendBudget>,
    /// Held from the first update on, so that no other request shows the page.
    busy: Option<Busy>,
}

/// How many bytes are still written to a client while it sends.
///
/// A browser looks at the answer when it has sent everything. Until then the answer piles up on the way, and if there
/// was no room for more, both sides would wait for each other.
struct SendBudget {
    body: IncomingBody,
    left: usize,
}

/// As much as the buffers of any connection hold.
const SEND_BUDGET: usize = 64 * 1024;

impl SendBudget {
    fn of(body: IncomingBody) -> Self {
        Self { body, left: SEND_BUDGET }
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

/// The next step of the event.
enum Next {
    Update(Update),
    Done(Result<Effects>),
}

impl ProgressiveReply {
    /// Begins to run an event, whose files still arrive if there is a body.
    pub(crate) fn begin(
        page: Arc<LivePage>,
        target: EventTarget,
        arguments: Arguments,
        saves: SaveTransaction,
        guard: Option<CallGuard>,
        previews: mpsc::Receiver<Update>,
        arriving: Option<IncomingBody>,
    ) -> Self {
        let budget = arriving.clone().map(SendBudget::of);
        let run = Box::pin(run(Arc::clone(&page), target, arguments, saves, guard, arriving));
        Self { run, previews, page, budget, busy: None }
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
                Ok((self.page.session_cookie(), reply).into_response())
            }
            Next::Update(update) => {
                self.busy = Some(self.page.busy());
                let first = self.update(update).await;
                let headers = [
                    (CONTENT_TYPE, "application/x-ndjson"),
                    (CACHE_CONTROL, "no-store"),
                    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                    // nginx would hold the lines back.
                    (HeaderName::from_static("x-accel-buffering"), "no"),
                ];
                let cookie = self.page.session_cookie();
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

    /// Updates that are still to be shown are dropped: the page is newer now.
    async fn reply(&mut self, effects: Result<Effects>) -> Result<Reply> {
        self.previews.close();
        Reply::after_event(&self.page, effects?).await
    }

    /// The page with an update, as a line; nothing if there is no room for it.
    async fn update(&mut self, update: Update) -> Bytes {
        if self.budget.as_ref().is_some_and(SendBudget::is_full) {
            return Bytes::new();
        }
        let (outcome, mut shown) = self.page.preview(update.preview).await;
        // The event waits for this, and may be gone.
        let _ = update.shown.send(());
        // A page that is elsewhere for a moment is better left alone until the event is done.
        let PageOutcome::View(view) = outcome else { return Bytes::new() };
        let line = line(&UpdateLine { update: shown.show(view) });
        if self.budget.as_mut().is_some_and(|budget| !budget.fits(&line)) {
            shown.forget();
            return Bytes::new();
        }
        shown.expect_more();
        line
    }

    /// The updates from `first` on, and the reply or the refusal at the end. A visitor who goes away drops this, and
    /// the event with it.
    fn lines(self, first: Bytes) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send {
        let rest = stream::unfold(Some(self), |reply| async move {
            let mut reply = reply?;
            Some(match reply.next().await {
                Next::Update(update) => (reply.update(update).await, Some(reply)),
                Next::Done(effects) => {
                    let answer = reply.reply(effects).await;
                    (last_line(&reply.page, answer).await, None)
                }
            })
        });
        // A layer in front may ask for more after the end, as compression does (tower-rs/tower-http#732).
        stream::iter([first]).chain(rest).map(Ok).fuse()
    }
}

async fn run(
    page: Arc<LivePage>,
    target: EventTarget,
    arguments: Arguments,
    saves: SaveTransaction,
    guard: Option<CallGuard>,
    arriving: Option<IncomingBody>,
) -> Result<Effects> {
    let streams = target.definition.streams;
    let idempotent = guard.as_ref().map(CallGuard::idempotent_call).unwrap_or_default();
    let effects = run_event(page.context(), target, idempotent, arguments, saves).await;
    let effects = match guard {
        Some(guard) => end_call(guard, effects, streams).await,
        None => effects,
    };
    // The event may not have read all of it.
    match (arriving, &effects) {
        (Some(body), Ok(_)) => body.leave(),
        (Some(body), Err(_)) => body.refuse(),
        (None, _) => {}
    }
    effects
}

/// Ends a call that has run, or that another server has. An event that has happened has noted that by now.
async fn end_call(guard: CallGuard, effects: Result<Effects>, streams: bool) -> Result<Effects> {
    let error = match effects {
        Ok(effects) => return Ok(effects),
        Err(error) => error,
    };
    // Not before the event has let go of its state: the other server may wait for that.
    if error.downcast_ref::<BegunElsewhere>().is_some() {
        return Err(guard.outcome_elsewhere().await?.into());
    }
    match is_of_store(&error) {
        true => guard.leave_unknown(),
        // A browser that is refused in the middle of a file may not see why, and asks again with the beginning of it.
        false if streams => guard.forget(),
        false => drop(guard),
    }
    Err(error)
}

/// The page while the event runs.
#[derive(Serialize)]
struct UpdateLine {
    update: Message,
}

/// The reply, or the refusal and the page as it is without the event: what its updates showed did not come true.
async fn last_line(page: &LivePage, reply: Result<Reply>) -> Bytes {
    let error = match reply {
        Ok(reply) => return line(&reply),
        Err(error) => error,
    };
    // The answer is under way, and its request is not at hand.
    let request = page.context().visit().watch().cloned();
    let stop = RequestWatch::sync_scope(request, || Stop::report(&error, page.context().texts()));
    let (outcome, mut shown) = page.call().await;
    let view = match outcome {
        PageOutcome::View(view) => Some(shown.show(view)),
        PageOutcome::Redirect(_) | PageOutcome::Other => None,
    };
    line(&stop_body(&stop, view))
}

fn line(value: &impl Serialize) -> Bytes {
    // Replies are made of text and JSON values: they can always be written.
    let mut json = serde_json::to_vec(value).unwrap_or_default();
    json.push(b'\n');
    json.into()
}
