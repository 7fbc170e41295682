//! The routes of forms that a browser sends by itself, without scripts. The markup is `forms.rs` and `view/plain.rs`; the
//! routes of scripts are `event.rs` and `upload.rs`.
//!
//! ```text
//! POST -> capabilities checked -> page's layers let the visitor in -> body read -> events, one after the other
//!      -> all went well: the page (303), another page (303) or a file; one did not: its status, and the page with the words
//!
//! the form around a page: its uploads checked -> page's layers -> files and values read -> capabilities of the button checked
//! ```

use std::collections::VecDeque;

use axum::body::Body;
use axum::extract::{RawPathParams, RawQuery, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Method, request};
use percent_encoding::percent_decode_str;

use crate::download::{Download, Source};
use crate::error::{Error, Rejection, Result};
use crate::event::{Argument, Arguments, Effect, Effects, EventDefinition, Updates};
use crate::offer::{Grant, GrantedArgument, PageUploads, Scope};
use crate::server::call::{authorise, dispatch, enter};
use crate::server::context::parameter;
use crate::server::document::Notices;
use crate::server::handed_over::{Asked, handed_over};
use crate::server::page::PageCall;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::server::{Context, message};
use crate::storage::Saves;
use crate::upload::{
    FileParts, FileStore, FormFields, IncomingBody, Parts, Received, RuleBook, Rules, UploadId, UploadStream, Wanted,
    read_call, receive,
};
use crate::view::{Action, Step, harmless_url};
use crate::visitor::{Seal, Toast};
use crate::wire::{CHAIN, form};

/// How many events may follow each other, each returned by the one before.
const MAX_EVENTS: usize = 100;

/// Answers `POST /_filekit/upload/{capabilities}?page={page}&field={name}..`, whose body has the values and the files.
pub(crate) async fn handle_parts(
    State(pages): State<Pages>,
    parameters: RawPathParams,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let (request, body) = request.into_parts();
    let body = IncomingBody::new(&request.headers, body.into_data_stream(), pages.filekit.0.settings.max_body);
    let mut form = match Form::new(&pages, &request, query.as_deref()) {
        Ok(form) => form,
        Err(error) => {
            body.refuse();
            return unanswered(&pages, &error);
        }
    };
    match form.call_with_parts(&parameter(&parameters, "capabilities"), &body).await {
        Ok(()) => form.answer().await.unwrap_or_else(|error| unanswered(&pages, &error)),
        Err(error) => {
            let refusal = Refusal::log(&error, &pages.filekit.0.texts);
            body.refuse();
            form.refuse(refusal).await
        }
    }
}

/// Answers `POST /_filekit/form?page={page}`, whose body has the capabilities: of an empty form, or of the one around a page.
pub(crate) async fn handle_button(State(pages): State<Pages>, RawQuery(query): RawQuery, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let is_around = is_multipart(&request.headers);
    let mut form = match Form::new(&pages, &request, query.as_deref()) {
        Ok(form) => form,
        Err(error) => {
            IncomingBody::new(&request.headers, body.into_data_stream(), 0).refuse();
            return unanswered(&pages, &error);
        }
    };
    let called = match is_around {
        false => form.call_with_value(body).await,
        true => {
            let limit = pages.filekit.0.settings.max_body;
            let body = IncomingBody::new(&request.headers, body.into_data_stream(), limit);
            let called = form.call_around(&body).await;
            if called.is_err() {
                body.refuse();
            }
            called
        }
    };
    match called {
        Ok(()) => form.answer().await.unwrap_or_else(|error| unanswered(&pages, &error)),
        Err(error) => form.refuse(Refusal::log(&error, &pages.filekit.0.texts)).await,
    }
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let mime = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    mime.and_then(|mime| mime.get(..10)).is_some_and(|mime| mime.eq_ignore_ascii_case("multipart/"))
}

/// Answers `GET` of these routes: somebody went to the address of an answer. The page is where they want to be.
pub(crate) async fn lead_back(
    State(pages): State<Pages>,
    RawQuery(query): RawQuery,
    request: request::Parts,
) -> Response {
    match Form::new(&pages, &request, query.as_deref()) {
        Ok(form) => Redirect::to(form.context.page()).into_response(),
        Err(error) => unanswered(&pages, &error),
    }
}

/// There is no page to show the message in.
fn unanswered(pages: &Pages, error: &Error) -> Response {
    let texts = &pages.filekit.0.texts;
    message::page("page.form-failed", Refusal::log(error, texts), texts)
}

/// A form that was sent, and what came of it so far.
struct Form<'a> {
    pages: &'a Pages,
    request: &'a request::Parts,
    /// On the page that holds the form.
    context: Context,
    page: PageCall,
    /// Names of the controls whose values the events take.
    fields: Vec<String>,
    /// Whether the page was shown to somebody, so that it can be shown again.
    was_shown: bool,
    /// What was typed, to be shown again if the form is refused.
    typed: Vec<(String, String)>,
    outcome: Outcome,
}

/// What the events answered.
#[derive(Default)]
struct Outcome {
    toasts: Vec<Toast>,
    redirect: Option<String>,
    downloads: Vec<Download>,
}

/// The files of a form, for its events.
enum Files {
    Received(Received),
    /// For the first event that takes files.
    Arriving(Option<Box<(FileParts, FileStore)>>),
}

impl Files {
    /// Checks that an event finds as many files as it takes: one before it in the chain may have taken them, and those of
    /// a form around a page were counted before the event was known.
    fn check(&self, grant: &Grant) -> Result<(), Rejection> {
        let Self::Received(files) = self else { return Ok(()) };
        for (upload, Rules { limits, .. }) in grant.uploads() {
            let count = files.get(&upload).map_or(0, Vec::len);
            if let Some(limit) = limits.min_files.filter(|limit| count < *limit as usize) {
                return Err(Rejection::too_few_files(limit));
            }
            if let Some(limit) = limits.max_files.filter(|limit| count > *limit as usize) {
                return Err(Rejection::too_many_files(limit));
            }
        }
        Ok(())
    }

    /// The files of an upload, which are saved through `saves`: each event of a chain succeeds or fails by itself.
    fn take(&mut self, upload: &UploadId, saves: &Saves) -> Result<Argument, Rejection> {
        match self {
            Self::Received(files) => {
                let mut files = files.remove(upload).unwrap_or_default();
                files.iter_mut().for_each(|file| file.store.saves = saves.share());
                Ok(Argument::Files(files))
            }
            Self::Arriving(files) => {
                let (parts, store) = *files.take().ok_or_else(several)?;
                let store = FileStore { saves: saves.share(), ..store };
                Ok(Argument::Stream(Box::new(UploadStream::new(parts, store))))
            }
        }
    }
}

fn several() -> Rejection {
    Rejection::malformed("files that are read while they arrive go to one event alone")
}

/// An event that is to be called.
type Authorised = (&'static EventDefinition, Grant);

/// Checks that the files of a form around a page were received under the rules of the events that get them. A page that had
/// other rules once gave its visitor another proof.
///
/// # Errors
///
/// If an event has a stricter rule.
fn check_received_under(uploads: &[(UploadId, Rules)], events: &[Authorised]) -> Result<(), Rejection> {
    let mut wanted = events.iter().flat_map(|(_, grant)| grant.uploads());
    let is_kept = wanted.all(|(id, rules)| {
        let mut received = uploads.iter().filter(|(known, _)| *known == id);
        received.all(|(_, received)| rules.hold_under(received))
    });
    is_kept.then_some(()).ok_or(Rejection::OutOfDate)
}

/// Whether any of these events takes something of the request.
fn take_of_request(events: &[Authorised]) -> bool {
    events.iter().any(|(definition, _)| definition.extracts)
}

impl<'a> Form<'a> {
    /// # Errors
    ///
    /// If the query names no page of this site.
    fn new(pages: &'a Pages, request: &'a request::Parts, query: Option<&str>) -> Result<Self> {
        let (mut page, mut fields, mut seal) = (None, Vec::new(), None);
        for (name, value) in query.unwrap_or_default().split('&').filter_map(decoded) {
            match &*name {
                "page" => page = Some(value),
                "field" => fields.push(value),
                "seal" => seal = Seal::parse(&value),
                _ => {}
            }
        }
        // Only a path can be led back to, whatever the address of this answer is.
        let page = page.filter(|page: &String| page.starts_with('/'));
        let page = page.ok_or_else(|| Rejection::malformed("a form names no page"))?;
        let context = Context::of_request(&pages.filekit, request)?.on_page(&page);
        let call = PageCall::new(&context, request, &page)?;
        let was_shown = context.check_seal(&page, seal).is_ok();
        let (typed, outcome) = (Vec::new(), Outcome::default());
        Ok(Self { pages, request, context, page: call, fields, was_shown, typed, outcome })
    }

    async fn call_with_parts(&mut self, capabilities: &str, body: &IncomingBody) -> Result<()> {
        let events = self.authorise(capabilities)?;
        self.was_shown = true;
        let request = enter(self.pages, &self.context, &self.page, take_of_request(&events)).await?;
        let store = self.store();
        let streams = events.iter().any(|(definition, _)| definition.streams);
        let taking = events.iter().filter(|(_, grant)| !grant.uploads().is_empty());
        if streams && taking.count() > 1 {
            // Whoever reads while files arrive would get those of the other events, under their rules.
            return Err(several().into());
        }
        let rules = RuleBook::new(events.iter().flat_map(|(_, grant)| grant.uploads()).collect());
        let parts = Parts::open(&self.request.headers, body)?;
        let mut parts = parts.form(rules, Wanted::Named(std::mem::take(&mut self.fields)));
        if !streams {
            let (files, fields) = self.receive(&mut parts, &store).await?;
            return self.call(events, &request, &mut fields.into_values(), &mut Files::Received(files)).await;
        }
        // Its files are not kept, so those of no other event can be either; and no value stands behind a file.
        parts.read_to_first_file().await?;
        self.typed = parts.fields().into_pairs();
        let mut values = parts.fields().into_values();
        let mut files = Files::Arriving(Some(Box::new((parts, store))));
        let called = self.call(events, &request, &mut values, &mut files).await;
        body.leave();
        called
    }

    async fn call_with_value(&mut self, body: Body) -> Result<()> {
        let bytes = read_call(&self.request.headers, body).await?;
        let text = String::from_utf8_lossy(&bytes);
        let fields = FormFields::from(text.split('&').filter_map(decoded).collect::<Vec<_>>());
        let (events, names) = self.pressed(&fields)?;
        self.was_shown = true;
        let request = enter(self.pages, &self.context, &self.page, take_of_request(&events)).await?;
        self.call(events, &request, &mut fields.into_values_of(names), &mut Files::Received(Received::new())).await
    }

    /// Calls the events of a form around a page. Its files may come before the button that was pressed, so what is checked
    /// before them is that this visitor was shown this page with these uploads.
    async fn call_around(&mut self, body: &IncomingBody) -> Result<()> {
        let mut parts = Parts::open(&self.request.headers, body)?;
        let uploads = parts.first_field(form::UPLOADS).await.map_err(|error| match error {
            Rejection::Malformed { .. } => Rejection::ButtonMissing,
            other => other,
        })?;
        self.context = self.context.fitting_uploads(&uploads);
        let PageUploads(uploads) = self.context.open_uploads(&uploads)?;
        self.was_shown = true;
        // The event may take something of the page's request, so the whole page is asked.
        let request = enter(self.pages, &self.context, &self.page, true).await?;
        // How many files it takes, the event will say.
        let uncounted = uploads.iter().cloned().map(|(id, mut rules)| {
            rules.limits.min_files = None;
            (id, rules)
        });
        let mut parts = parts.form(RuleBook::new(uncounted.collect()), Wanted::All);
        let (files, fields) = self.receive(&mut parts, &self.store()).await?;
        let (events, names) = self.pressed(&fields)?;
        check_received_under(&uploads, &events)?;
        if events.iter().any(|(definition, _)| definition.streams) {
            return Err(Rejection::ButtonMissing.into());
        }
        self.call(events, &request, &mut fields.into_values_of(names), &mut Files::Received(files)).await
    }

    /// The events of the button that a form names, and the names of the controls whose values they take.
    fn pressed(&mut self, fields: &FormFields) -> Result<(Vec<Authorised>, Vec<String>)> {
        let button = fields.clone().into_values_of(vec![form::CALL.to_owned()]).flatten().next();
        let button = button.ok_or(Rejection::ButtonMissing)?;
        let (capabilities, query) = button.split_once('?').unwrap_or((&button, ""));
        let names = query.split('&').filter_map(decoded).filter(|(name, _)| name == "field");
        Ok((self.authorise(capabilities)?, names.map(|(_, value)| value).collect()))
    }

    /// Receives the files and the fields of a form. If it is refused, what was typed is known all the same.
    async fn receive(&mut self, parts: &mut FileParts, store: &FileStore) -> Result<(Received, FormFields)> {
        let received = receive(parts, store).await;
        if received.is_err() {
            parts.read_fields_left().await;
        }
        self.typed = parts.fields().into_pairs();
        Ok((received?, parts.fields()))
    }

    fn store(&self) -> FileStore {
        let kit = self.context.kit();
        FileStore { disk: kit.disk.clone(), spool: kit.spool.clone(), saves: Saves::default().share() }
    }

    fn authorise(&mut self, capabilities: &str) -> Result<Vec<Authorised>> {
        if capabilities.split(CHAIN).count() > MAX_EVENTS {
            return Err(Rejection::malformed("a form calls more events than may follow each other").into());
        }
        let first = capabilities.split(CHAIN).next().unwrap_or_default();
        let scope = Scope::Page(self.context.address_of(self.context.page()));
        let context = self.context.fitting_capability(scope, first);
        let events = capabilities.split(CHAIN).map(|capability| authorise(&context, scope, capability)).collect();
        self.context = context;
        events
    }

    /// Calls events, and those that they return, until one fails.
    async fn call(
        &mut self,
        events: Vec<Authorised>,
        request: &request::Parts,
        values: &mut impl Iterator<Item = Vec<String>>,
        files: &mut Files,
    ) -> Result<()> {
        let is_asked = take_of_request(&events);
        let mut left = VecDeque::from(events);
        for _ in 0..MAX_EVENTS {
            let Some((definition, grant)) = left.pop_front() else { return Ok(()) };
            if definition.extracts && !is_asked {
                // An event has returned it.
                enter(self.pages, &self.context, &self.page, true).await?;
            }
            let saves = Saves::default();
            let arguments = arguments(grant, values, files, &saves)?.with(request.clone(), Updates::default());
            let effects = dispatch(&self.context, definition, arguments, saves).await?;
            // A browser with scripts does what an event returns before it goes on.
            for event in self.outcome.take(effects).into_iter().rev() {
                left.push_front(event);
            }
        }
        if !left.is_empty() {
            tracing::error!("events that call each other without end were stopped after {MAX_EVENTS}");
        }
        Ok(())
    }

    /// The answer when all events went well.
    ///
    /// # Errors
    ///
    /// If the download that one returned cannot be sent.
    async fn answer(self) -> Result<Response> {
        let Outcome { toasts, redirect, downloads } = self.outcome;
        let mut response = match (single(downloads), redirect) {
            (Some(download), _) => {
                let asked = Asked { method: &Method::GET, headers: &HeaderMap::new() };
                handed_over(download, self.pages, &self.page, &self.context, asked).await?
            }
            (None, Some(url)) => Redirect::to(harmless_url(&url)).into_response(),
            (None, None) => Redirect::to(self.context.page()).into_response(),
        };
        let cookies = response.headers_mut();
        if let Some(cookie) = self.context.set_cookie() {
            cookies.append(SET_COOKIE, cookie);
        }
        if !toasts.is_empty() {
            cookies.append(SET_COOKIE, self.context.set_flash(&toasts));
        }
        cookies.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// The page as it is now, with the message in it.
    async fn refuse(self, refusal: Refusal) -> Response {
        let texts = &self.pages.filekit.0.texts;
        if refusal.elsewhere.is_some() || !self.was_shown {
            return message::page("page.form-failed", refusal, texts);
        }
        let notices = Notices::of_refusal(self.outcome.toasts, refusal, self.typed);
        let document = self.page.document(self.pages, &self.context, &notices).await;
        document.or_else(|| Some(message::page("page.form-failed", notices.refusal?, texts))).unwrap_or_default()
    }
}

/// A name and a value of an urlencoded form, or of a query.
fn decoded(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=')?;
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    Some((decode(name), decode(value)))
}

/// One answer is one file: several come as an archive.
fn single(mut downloads: Vec<Download>) -> Option<Download> {
    if downloads.len() < 2 {
        return downloads.pop();
    }
    let (files, urls): (Vec<_>, Vec<_>) =
        downloads.into_iter().partition(|download| !matches!(download.source, Source::Url(_)));
    if !urls.is_empty() {
        tracing::warn!(
            urls = urls.len(),
            "a browser without scripts gets one of several downloads, or an archive of those without a URL"
        );
    }
    if files.is_empty() { urls.into_iter().next() } else { Some(Download::zip(files)) }
}

impl Outcome {
    /// Notes the effects of an event, and returns the events that it wants to be called next. What only scripts can do is
    /// left out: there is no selection to be cleared.
    fn take(&mut self, effects: Effects) -> Vec<Authorised> {
        let mut next = Vec::new();
        for effect in effects.list {
            match effect {
                Effect::Toast(toast) => self.toasts.push(toast),
                Effect::Redirect(url) => self.redirect = Some(url),
                Effect::Download(download) => self.downloads.push(*download),
                Effect::Action(Action(Step::Event { offer, arguments, .. })) if arguments.is_empty() => {
                    next.extend(
                        offer.into_grant().and_then(|grant| Some((EventDefinition::find(grant.event)?, grant))),
                    );
                }
                Effect::Action(_) => tracing::debug!("an action that only scripts can do was left out"),
            }
        }
        next
    }
}

/// Puts the arguments of an event together, from what was captured, the next values of the form, and its files.
fn arguments(
    grant: Grant,
    values: &mut impl Iterator<Item = Vec<String>>,
    files: &mut Files,
    saves: &Saves,
) -> Result<Arguments, Rejection> {
    files.check(&grant)?;
    let argument = |argument| match argument {
        GrantedArgument::Captured(value) => Ok(Argument::Captured(value)),
        GrantedArgument::Client => {
            values.next().map(Argument::Field).ok_or_else(|| Rejection::malformed("a form names too few fields"))
        }
        GrantedArgument::Files(upload) => files.take(&upload, saves),
    };
    grant.arguments.into_iter().map(argument).collect()
}
