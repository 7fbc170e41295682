//! Calls the handlers of pages, for visitors and after events. The document around their views is `document.rs`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING};
use http::request::Parts;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use crate::error::{AnsweredError, Audience, Error, Panicked, Rejection, Result, caught};
use crate::event::{RedirectFirst, refused};
use crate::kit::{FileKit, spans};
use crate::page::error_document::ForDeveloper;
use crate::page::{Notices, PageContext, Pages, Stop, document};
use crate::state::{Admission, Probe, as_page};
use crate::view::View;
use crate::visitor::PagePath;

/// Lets a page's handler know the visitor, and completes the view that it returns.
pub(crate) async fn complete(State(kit): State<FileKit>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let context = match PageContext::of_request(&kit, &parts).await {
        Ok(context) => context,
        Err(error) => return failed(&error, &kit, None),
    };
    if context.visitor().has_several_sessions() {
        tracing::warn!(
            "a visitor comes with several sessions, of which another site may have set one: they get a new one"
        );
    }
    let is_asked_for = matches!(parts.method, Method::GET | Method::HEAD);
    let developer = || if is_asked_for { ForDeveloper::of(&context) } else { None };
    context.insert_into(&mut parts.extensions);
    let flash = context.visitor().flash(&parts.headers);
    let span = spans::page(parts.uri.path());
    let called = caught(context.scope(next.run(Request::from_parts(parts, body)))).instrument(span).await;
    let completed = called.map_err(Error::from).and_then(|mut response| {
        if let Some(error) = AnsweredError::take(&mut response) {
            response = failed_response(&error, response, &kit, developer());
        }
        document::complete(response, &context, &Notices::of_toasts(flash))
    });
    completed.unwrap_or_else(|error| failed(&error, &kit, developer()))
}

/// The document of an error, with what the handler and the layers of the pages have said around it: headers, cookies, another
/// status. A response that a layer has made a redirect stays one.
fn failed_response(
    error: &AnsweredError,
    response: Response,
    kit: &FileKit,
    developer: Option<ForDeveloper>,
) -> Response {
    let status = response.status();
    let mut document = failed(error.report(), kit, developer);
    if status.is_redirection() {
        return response;
    }
    if status != error.status() {
        *document.status_mut() = status;
    }
    let of_document = std::mem::take(document.headers_mut());
    document::append_headers_around(&response, document.headers_mut());
    for (name, value) in of_document.iter() {
        document.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    document
}

fn failed(error: &Error, kit: &FileKit, developer: Option<ForDeveloper>) -> Response {
    let title = match Audience::of(error) {
        Audience::Rejection(Rejection::WrongPath { .. }) => "page.not-found",
        Audience::Rejection(Rejection::WrongQuery { .. }) => "page.refused",
        _ => "page.failed",
    };
    Stop::report(error, kit.texts()).in_place_of_a_page(title, kit.texts(), developer)
}

/// The outcome of calling a page again.
#[derive(Debug)]
pub(crate) enum PageOutcome<T = View> {
    /// Its view, or what was made of it.
    View(T),
    /// It sends the visitor to another page.
    Redirect(String),
    /// It is no view, or fails: the browser is to ask for it itself.
    Other,
}

impl<T> PageOutcome<T> {
    pub(crate) fn map<U>(self, work: impl FnOnce(T) -> U) -> PageOutcome<U> {
        match self {
            Self::View(view) => PageOutcome::View(work(view)),
            Self::Redirect(url) => PageOutcome::Redirect(url),
            Self::Other => PageOutcome::Other,
        }
    }
}

/// What is asked of a page before something is done for its visitor.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Question {
    /// Whether the handler itself is asked too: it may be the one that decides who sees what the request names, and an event
    /// takes something of that request.
    pub(super) asks_handler: bool,
    /// Whether it need not be a view that is shown: what hands out the URL of an endpoint may answer with that alone.
    pub(super) takes_any_answer: bool,
}

impl Question {
    pub(super) fn of_handler_if(asks_handler: bool) -> Self {
        Self { asks_handler, ..Self::default() }
    }

    /// Checks that a page shows its visitor something, whatever its status if it is a view.
    ///
    /// # Errors
    ///
    /// If it does not: what it says instead.
    async fn check(self, response: Response) -> Result<()> {
        match response.extensions().get::<View>() {
            Some(_) => Ok(()),
            None if response.status().is_success() && self.takes_any_answer => Ok(()),
            None if response.status().is_success() => Err(Rejection::OutOfDate.into()),
            None => Err(refused(response).await),
        }
    }
}

/// A call of the page's own route: the same URL and headers, and all layers of the pages.
#[derive(Debug)]
pub(crate) struct PageCall(Parts);

impl PageCall {
    /// Prepares the call for a request that names the page.
    pub(crate) fn new(page: &PagePath, request: &Parts) -> Self {
        Self(page_request(page, request))
    }

    /// Asks whether the page, with all its layers, would let the visitor in, and returns the request as its handler
    /// would get it. A handler that takes `Current` is run only if the question says so.
    ///
    /// # Errors
    ///
    /// If it would not: what a layer, an extractor or the handler of the page says instead.
    pub(super) async fn probe(&self, pages: &Pages, context: &PageContext, question: Question) -> Result<Parts> {
        let mut probe = self.0.clone();
        probe.extensions.insert(Probe);
        let mut response = respond(probe, pages, context).await?;
        let Some(admission) = response.extensions_mut().remove::<Admission>() else {
            question.check(response).await?;
            return Ok(self.0.clone());
        };
        if question.asks_handler {
            question.check(self.response(pages, context).await?).await?;
        }
        let mut request = Arc::unwrap_or_clone(admission.0);
        request.extensions.remove::<Probe>();
        Ok(request)
    }

    /// Calls the page, for the visitor of `context`.
    pub(crate) async fn send(&self, pages: &Pages, context: &PageContext) -> PageOutcome {
        match self.response(pages, context).await {
            Ok(response) => rendered(response),
            Err(panic) => {
                tracing::error!(?panic, "the page of an event could not be shown");
                PageOutcome::Other
            }
        }
    }

    /// Calls the page, and makes a document of it with `notices` in it. Nothing if the page is no view at present.
    pub(crate) async fn document(&self, pages: &Pages, context: &PageContext, notices: &Notices) -> Option<Response> {
        let document = match self.response(pages, context).await {
            Ok(mut response) => {
                let view = response.extensions_mut().remove::<View>()?;
                document::of_view(view, &response, context, notices)
            }
            Err(panic) => Err(panic.into()),
        };
        document.inspect_err(|error| tracing::error!(?error, "the page of an event could not be shown")).ok()
    }

    /// Asks for another URL of this site, as the visitor's browser would. Nothing if it is not one of what filekit serves.
    pub(crate) async fn get(&self, pages: &Pages, context: &PageContext, url: &str) -> Option<Response> {
        let mut parts = self.0.clone();
        let mount = context.visit().mount();
        parts.uri = mount.routed(url)?;
        parts.extensions.insert(OriginalUri(mount.original(url)?));
        parts.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let Ok(response) = pages.files.clone().oneshot(Request::from_parts(parts, Body::empty())).await;
        Some(response)
    }

    async fn response(&self, pages: &Pages, context: &PageContext) -> Result<Response, Panicked> {
        respond(self.0.clone(), pages, context).await
    }
}

async fn respond(mut parts: Parts, pages: &Pages, context: &PageContext) -> Result<Response, Panicked> {
    context.visit().seen().clear();
    context.insert_into(&mut parts.extensions);
    let request = Request::from_parts(parts, Body::empty());
    let called = as_page(pages.pages.clone().oneshot(request));
    let Ok(response) = caught(context.scope(called)).await?;
    Ok(response)
}

fn page_request(page: &PagePath, request: &Parts) -> Parts {
    let mut parts = request.clone();
    parts.method = Method::GET;
    parts.uri = page.routed().clone();
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    parts.headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
    // The extensions of layers around filekit (who is signed in, say) hold for the page too; where the event was routed
    // to does not.
    parts.extensions.remove::<MatchedPath>();
    parts.extensions.insert(OriginalUri(page.original().clone()));
    parts
}

fn rendered(mut response: Response) -> PageOutcome {
    match response.extensions_mut().remove::<View>() {
        Some(view) => PageOutcome::View(view),
        None => RedirectFirst::of(response.status(), response.headers())
            .map_or(PageOutcome::Other, |RedirectFirst(url)| PageOutcome::Redirect(url)),
    }
}
