//! Carries out an event that was checked, and answers it; not how it was read or checked.
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
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use crate::download::Outlet;
use crate::error::{Rejection, Result};
use crate::event::{Argument, Arguments, Effects, EventCall, EventDefinition, Grant, GrantedArgument, Update, Updates};
use crate::server::Context;
use crate::server::page::{PageCall, Rendered};
use crate::server::reply::{Refusal, Reply, actions_of, redirect};
use crate::server::routes::Pages;
use crate::session::{Capability, Scope};
use crate::storage::Saves;
use crate::upload::{Call, CallFiles, IncomingBody, Received, RuleBook};
use crate::view::Uploads;

/// An event that the visitor may call, on a page that lets them in.
#[derive(Debug)]
pub(crate) struct AuthorisedCall {
    definition: &'static EventDefinition,
    grant: Grant,
    /// The request as the page's handler would get it, for the extractors of the event.
    request: Parts,
    place: Arc<Place>,
}

/// Where an event was called.
#[derive(Debug)]
struct Place {
    pages: Pages,
    context: Context,
    page: PageCall,
    /// The page's URL as the browser sees it.
    url: String,
}

impl AuthorisedCall {
    /// Checks a call.
    ///
    /// # Errors
    ///
    /// If the capability is not genuine, the event is not known, the page is none of this site, or one of its layers
    /// does not let the visitor in.
    pub(crate) async fn new(pages: &Pages, context: &Context, parts: &Parts, call: &Call) -> Result<Self> {
        let (definition, grant) = authorise(context, Scope::Page(context.path_of(&call.page)), &call.capability)?;
        let page = PageCall::new(context, parts, &call.page)?;
        let context = context.on_page(&call.page);
        let request = enter(pages, &context, &page).await?;
        let place = Place { pages: pages.clone(), context, page, url: call.page.clone() };
        Ok(Self { definition, grant, request, place: Arc::new(place) })
    }

    /// The rules of the uploads whose files the event takes, if it takes any.
    pub(crate) fn rules(&self) -> Option<RuleBook> {
        let uploads = self.grant.uploads();
        (!uploads.is_empty()).then(|| RuleBook::new(uploads))
    }

    /// Whether the event runs while its files arrive.
    pub(crate) fn streams(&self) -> bool {
        self.definition.streams
    }

    /// Carries the event out and answers it.
    ///
    /// # Errors
    ///
    /// If the event fails before it has shown anything.
    pub(crate) async fn respond(self, evaluated: &RawValue, files: CallFiles, saves: Saves) -> Result<Response> {
        let arriving = match &files {
            CallFiles::Received(_) => None,
            CallFiles::Arriving(stream) => Some(stream.body()),
        };
        let Self { definition, grant, request, place } = self;
        let (updates, previews) = Updates::channel();
        let arguments = arguments(grant, evaluated, files)?.with(request, updates);
        let run = Arc::clone(&place).run(definition, arguments, saves, arriving.clone());
        let ahead = arriving.map(Ahead::of);
        Running { run: Box::pin(run), previews, place, ahead }.answer().await
    }
}

impl Place {
    /// The session's cookie, renewed: whoever is active stays.
    fn session(&self) -> [(HeaderName, HeaderValue); 1] {
        [(SET_COOKIE, self.context.set_cookie())]
    }

    async fn run(
        self: Arc<Self>,
        definition: &EventDefinition,
        arguments: Arguments,
        saves: Saves,
        arriving: Option<IncomingBody>,
    ) -> Result<Reply> {
        let effects = dispatch(&self.context, definition, arguments, saves).await;
        if let Some(body) = arriving {
            // The event may not have read all of it.
            body.drain().await;
        }
        self.reply(effects?).await
    }

    /// The page as it is now, and the effects.
    async fn reply(&self, effects: Effects) -> Result<Reply> {
        let (title, body, uploads, elsewhere) = match self.page.send(&self.pages, &self.context).await {
            Rendered::View { title, html, uploads } => (Some(title), Some(html), uploads, None),
            Rendered::Redirect(url) => (None, None, Uploads::new(), Some(url)),
            Rendered::Other => (None, None, Uploads::new(), Some(self.url.clone())),
        };
        let mut actions = actions_of(effects, &self.context, &uploads)?;
        actions.extend(elsewhere.as_deref().map(redirect));
        Ok(Reply { title, body, actions })
    }

    /// The page as it is with an update, as a line.
    async fn update(&self, update: Update) -> Bytes {
        let context = self.context.with_preview(update.preview);
        let rendered = self.page.send(&self.pages, &context).await;
        // The event waits for this, and may be gone.
        let _ = update.shown.send(());
        match rendered {
            Rendered::View { title, html, .. } => {
                line(&serde_json::json!({ "update": { "title": title, "body": html } }))
            }
            // A page that is elsewhere for a moment is better left alone until the event is done.
            Rendered::Redirect(_) | Rendered::Other => Bytes::new(),
        }
    }

    /// The reply, or the refusal and the page as it is without the event: what its updates showed did not come true.
    async fn last_line(&self, reply: Result<Reply>) -> Bytes {
        let error = match reply {
            Ok(reply) => return line(&reply),
            Err(error) => error,
        };
        let mut refusal = Refusal::log(&error, &self.context.kit().texts).to_json();
        if let Rendered::View { title, html, .. } = self.page.send(&self.pages, &self.context).await {
            refusal["title"] = title.into();
            refusal["body"] = html.into();
        }
        line(&refusal)
    }
}

/// An event that runs, and the updates that it sends.
struct Running {
    run: Pin<Box<dyn Future<Output = Result<Reply>> + Send>>,
    previews: mpsc::Receiver<Update>,
    place: Arc<Place>,
    /// If its files still arrive.
    ahead: Option<Ahead>,
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

    /// Lets a line pass if there is room for it.
    fn limit(&mut self, line: Bytes) -> Bytes {
        if self.body.is_complete() {
            return line;
        }
        let left = self.left.checked_sub(line.len());
        self.left = left.unwrap_or_default();
        left.map(|_| line).unwrap_or_default()
    }
}

/// What happened next.
enum Next {
    Update(Update),
    Done(Box<Result<Reply>>),
}

impl Running {
    async fn answer(mut self) -> Result<Response> {
        match self.next().await {
            Next::Done(reply) => Ok((self.place.session(), (*reply)?).into_response()),
            Next::Update(update) => {
                let first = self.update(update).await;
                let headers = [
                    (CONTENT_TYPE, "application/x-ndjson"),
                    (CACHE_CONTROL, "no-store"),
                    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                    // nginx would hold the lines back.
                    (HeaderName::from_static("x-accel-buffering"), "no"),
                ];
                let session = self.place.session();
                Ok((session, headers, Body::from_stream(self.lines(first))).into_response())
            }
        }
    }

    async fn next(&mut self) -> Next {
        tokio::select! {
            biased;
            Some(update) = self.previews.recv() => Next::Update(update),
            reply = &mut self.run => Next::Done(Box::new(reply)),
        }
    }

    async fn update(&mut self, update: Update) -> Bytes {
        match &mut self.ahead {
            Some(ahead) if ahead.is_full() => Bytes::new(),
            Some(ahead) => ahead.limit(self.place.update(update).await),
            None => self.place.update(update).await,
        }
    }

    /// The updates from `first` on, and the reply or the refusal at the end. A visitor who goes away drops this, and
    /// the event with it.
    fn lines(self, first: Bytes) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send {
        let rest = stream::unfold(Some(self), |running| async move {
            let mut running = running?;
            Some(match running.next().await {
                Next::Update(update) => (running.update(update).await, Some(running)),
                Next::Done(reply) => (running.place.last_line(*reply).await, None),
            })
        });
        stream::iter([first]).chain(rest).map(Ok)
    }
}

fn line(value: &impl serde::Serialize) -> Bytes {
    // Replies are made of text and JSON values: they can always be written.
    let mut json = serde_json::to_vec(value).unwrap_or_default();
    json.push(b'\n');
    json.into()
}

/// The request as the handler of `page` would get it, if all layers of the page let the visitor in.
///
/// # Errors
///
/// If one of them does not.
pub(crate) async fn enter(pages: &Pages, context: &Context, page: &PageCall) -> Result<Parts> {
    let mut request = page.knock(pages, context).await?;
    request.extensions.insert(context.clone());
    Ok(request)
}

/// Finds the event that a capability opens, for what it was signed for.
///
/// # Errors
///
/// If the capability is not genuine, or the event is not known.
pub(crate) fn authorise(
    context: &Context,
    scope: Scope<'_>,
    capability: &str,
) -> Result<(&'static EventDefinition, Grant)> {
    let Capability(grant) = Capability::open(&context.kit().secret, context.session(), scope, capability)?;
    let definition = EventDefinition::find(grant.event).ok_or(Rejection::OutOfDate)?;
    Ok((definition, grant))
}

/// Puts the arguments together: those captured when the page was made, those that the browser evaluated, and files.
///
/// # Errors
///
/// If the browser sent fewer or more than were offered to it.
pub(crate) fn arguments(grant: Grant, evaluated: &RawValue, files: CallFiles) -> Result<Arguments> {
    let wrong = || Rejection::malformed("the number of arguments is not that of the event");
    let (mut files, mut stream) = match files {
        CallFiles::Received(files) => (files, None),
        CallFiles::Arriving(stream) => (Received::new(), Some(stream)),
    };
    let evaluated: Vec<Box<RawValue>> = serde_json::from_str(evaluated.get()).map_err(|_| wrong())?;
    let mut evaluated = evaluated.into_iter();
    let arguments: Arguments = grant
        .arguments
        .into_iter()
        .map(|argument| {
            Ok(match argument {
                GrantedArgument::Captured(value) => Argument::Value(value),
                GrantedArgument::Client => Argument::Value(evaluated.next().ok_or_else(wrong)?),
                GrantedArgument::Files(upload) => {
                    // The place of files is held by a value that says nothing.
                    evaluated.next().ok_or_else(wrong)?;
                    match stream.take() {
                        Some(stream) => Argument::Stream(stream),
                        None => Argument::Files(files.remove(&upload).unwrap_or_default()),
                    }
                }
            })
        })
        .collect::<Result<_, Rejection>>()?;
    if evaluated.next().is_some() {
        return Err(wrong().into());
    }
    Ok(arguments)
}

/// Calls the event for the visitor. The downloads that it returns are complete.
///
/// # Errors
///
/// If the event fails, or a download cannot be made; its state and the store are as they were, then.
pub(crate) async fn dispatch(
    context: &Context,
    definition: &EventDefinition,
    arguments: Arguments,
    saves: Saves,
) -> Result<Effects> {
    let kit = context.kit();
    let outlet = Outlet { disk: kit.disk.clone(), spool: kit.spool.clone(), saves: saves.share() };
    carry_out(context, definition, arguments, saves, Some(outlet)).await
}

/// Calls the event for the visitor, whose answer is the download that it returns, sent while it is made.
///
/// # Errors
///
/// If the event fails.
pub(crate) async fn dispatch_link(
    context: &Context,
    definition: &EventDefinition,
    arguments: Arguments,
) -> Result<Effects> {
    carry_out(context, definition, arguments, Saves::default(), None).await
}

async fn carry_out(
    context: &Context,
    definition: &EventDefinition,
    arguments: Arguments,
    saves: Saves,
    outlet: Option<Outlet>,
) -> Result<Effects> {
    let share = saves.share();
    let call = EventCall { store: &context.kit().states, session: context.session(), arguments, saves, outlet };
    let effects = context.scope((definition.call)(call)).await?;
    if share.has_kept()
        && let Err(error) = context.kit().disk.settle().await
    {
        // The files stand and so does the state: only whether they would survive a power cut is not certain.
        tracing::error!(%error, "the upload directory could not be written to the disk");
    }
    tracing::debug!(state = definition.state, event = definition.name, "an event was carried out");
    Ok(effects)
}
