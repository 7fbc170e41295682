//! Calls the handlers of pages, for visitors and after events; not the document around their views.

use axum::body::Body;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Method, Uri};
use tower::ServiceExt as _;

use crate::error::{Error, Panicked, Rejection, Result, caught};
use crate::event::refused;
use crate::server::document::Notices;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::server::{Context, FileKit, document, message};
use crate::state::{Entered, as_page};
use crate::view::View;

/// Lets a page's handler know the visitor, and completes the view that it returns.
pub(crate) async fn complete(State(filekit): State<FileKit>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let context = match Context::of_request(&filekit, &parts) {
        Ok(context) => context,
        Err(error) => return failed(&error, &filekit),
    };
    if context.has_several_sessions() {
        tracing::warn!(
            "a visitor comes with several sessions, of which another site may have set one: they get a new one"
        );
    }
    parts.extensions.insert(context.clone());
    let flash = context.flash(&parts.headers);
    let called = caught(context.scope(next.run(Request::from_parts(parts, body)))).await.map_err(Error::from);
    let completed = called.and_then(|response| document::complete(response, &context, &Notices::of_toasts(flash)));
    completed.unwrap_or_else(|error| failed(&error, &filekit))
}

fn failed(error: &Error, filekit: &FileKit) -> Response {
    let texts = &filekit.0.texts;
    message::page("page.failed", Refusal::log(error, texts), texts)
}

/// What a page looks like after an event.
#[derive(Debug)]
pub(crate) enum Rendered {
    /// Its view.
    View(View),
    /// It sends the visitor somewhere else.
    Redirect(String),
    /// It is no view, or fails: the browser is to ask for it itself.
    Other,
}

/// A call of the page's own route: the same URL and headers, and all layers of the pages.
#[derive(Debug)]
pub(crate) struct PageCall(Parts);

impl PageCall {
    /// Prepares the call, before anything is changed.
    ///
    /// # Errors
    ///
    /// If `page` is not a path of this site.
    pub(crate) fn new(context: &Context, event: &Parts, page: &str) -> Result<Self> {
        page_request(context, event, page).map(Self)
    }

    /// Asks whether the page, with all its layers, would let the visitor in, and returns the request as its handler
    /// would get it. A handler that takes `Current` is run only if `thorough`.
    ///
    /// # Errors
    ///
    /// If it would not: what a layer, an extractor or the handler of the page says instead.
    pub(crate) async fn knock(&self, pages: &Pages, context: &Context, thorough: bool) -> Result<Parts> {
        let mut response = self.response(pages, &context.knocking()).await?;
        let Some(entered) = response.extensions_mut().remove::<Entered>() else {
            shows_view(response).await?;
            return Ok(self.0.clone());
        };
        if thorough {
            shows_view(self.response(pages, context).await?).await?;
        }
        Ok(Parts::clone(&entered.0))
    }

    /// Calls the page, for the visitor of `context`.
    pub(crate) async fn send(&self, pages: &Pages, context: &Context) -> Rendered {
        match self.response(pages, context).await {
            Ok(response) => rendered(response),
            Err(panic) => {
                tracing::error!(?panic, "the page of an event could not be shown");
                Rendered::Other
            }
        }
    }

    /// Calls the page, and makes a document of it with `notices` in it. Nothing if the page is no view at present.
    pub(crate) async fn document(&self, pages: &Pages, context: &Context, notices: &Notices) -> Option<Response> {
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
    pub(crate) async fn get(&self, pages: &Pages, context: &Context, url: &str) -> Option<Response> {
        let mut parts = self.0.clone();
        parts.uri = context.routed(url)?.parse().ok()?;
        parts.extensions.insert(OriginalUri(context.original(url)?.parse().ok()?));
        parts.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let Ok(response) = pages.files.clone().oneshot(Request::from_parts(parts, Body::empty())).await;
        Some(response)
    }

    async fn response(&self, pages: &Pages, context: &Context) -> Result<Response, Panicked> {
        let mut parts = self.0.clone();
        parts.extensions.insert(context.clone());
        let request = Request::from_parts(parts, Body::empty());
        let called = as_page(pages.pages.clone().oneshot(request));
        let Ok(response) = caught(context.scope(called)).await?;
        Ok(response)
    }
}

/// Checks that a page shows its visitor a view, whatever its status.
///
/// # Errors
///
/// If it does not: what it says instead.
async fn shows_view(response: Response) -> Result<()> {
    match response.extensions().get::<View>() {
        Some(_) => Ok(()),
        None if response.status().is_success() => Err(Rejection::OutOfDate.into()),
        None => Err(refused(response).await),
    }
}

fn page_request(context: &Context, event: &Parts, page: &str) -> Result<Parts> {
    let malformed = || Rejection::malformed(format_args!("the page {page:?} is not one of this site"));
    // `//host` and `/\\host` would be another site's for whoever follows them.
    if page.starts_with("//") || page.contains('\\') {
        return Err(malformed().into());
    }
    let uri: Uri = context.routed(page).and_then(|routed| routed.parse().ok()).ok_or_else(malformed)?;
    let original: Uri = context.original(page).and_then(|original| original.parse().ok()).ok_or_else(malformed)?;

    let mut parts = event.clone();
    parts.method = Method::GET;
    parts.uri = uri;
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    parts.headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
    // What layers around filekit found out (who is signed in, say) holds for the page too; where the event was routed
    // to does not.
    parts.extensions.remove::<MatchedPath>();
    parts.extensions.insert(OriginalUri(original));
    Ok(parts)
}

fn rendered(mut response: Response) -> Rendered {
    if let Some(view) = response.extensions_mut().remove::<View>() {
        return Rendered::View(view);
    }
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    match location {
        Some(url) if response.status().is_redirection() => Rendered::Redirect(url.to_owned()),
        _ => Rendered::Other,
    }
}
