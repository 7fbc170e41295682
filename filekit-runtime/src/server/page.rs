//! Makes a document of the view that a page's handler returned; not the view.

use axum::body::Body;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{Method, Uri};
use tower::ServiceExt as _;

use crate::error::{Panicked, Rejection, Result, caught};
use crate::event::refused;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::server::{Context, FileKit, client, message};
use crate::state::Entered;
use crate::view::escape::push_escaped;
use crate::view::{Filling, Uploads, View};
use crate::wire::{attribute, path};

/// Headers of documents, unless the handler or a layer of the developer's has set them.
///
/// The page needs no inline script, so none may run; styles of elements are inline, so nothing is said of them.
const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("script-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // It is this visitor's page as it is now.
    (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
];

/// Lets a page's handler know the visitor, and completes the view that it returns.
pub(crate) async fn complete(State(filekit): State<FileKit>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let context = match Context::of_request(&filekit, &parts) {
        Ok(context) => context,
        Err(error) => return Refusal::log(&error).into_response(),
    };
    parts.extensions.insert(context.clone());
    match caught(context.scope(next.run(Request::from_parts(parts, body)))).await {
        Ok(response) => into_document(response, &context),
        Err(panic) => message::page("This page failed", Refusal::log(&panic.into())),
    }
}

fn into_document(mut response: Response, context: &Context) -> Response {
    let Some(view) = response.extensions_mut().remove::<View>() else { return response };
    let settings = &context.kit().settings;
    let title = view.document_title().unwrap_or(&settings.title).to_owned();
    let html = document(context.base(), &settings.lang, &title, &view_html(view, context));
    let mut document = Html(html).into_response();
    // A handler that returns `(StatusCode, View)` means that status; the view alone says none.
    if response.status() != View::UNSERVED {
        *document.status_mut() = response.status();
    }
    let own = [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING];
    for (name, value) in response.headers() {
        if !own.contains(name) {
            document.headers_mut().append(name, value.clone());
        }
    }
    for (name, value) in DEFAULTS {
        document.headers_mut().entry(name).or_insert(value);
    }
    document.headers_mut().append(SET_COOKIE, context.set_cookie());
    document
}

fn document(base: &str, lang: &str, title: &str, view: &str) -> String {
    let [lang, title, base] = [lang, title, base].map(escaped);
    let (script, style, icon) = (path::CLIENT_SCRIPT, path::CLIENT_STYLE, path::ICON);
    let (script_version, style_version) = (client::script_version(), client::style_version());
    let icon_version = client::icon_version();
    let base_attribute = attribute::BASE;
    format!(
        "<!doctype html>\n\
         <html lang=\"{lang}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{base}{style}?version={style_version}\">\n\
         <link rel=\"icon\" href=\"{base}{icon}?version={icon_version}\" type=\"image/svg+xml\">\n\
         <script type=\"module\" src=\"{base}{script}?version={script_version}\"></script>\n\
         </head>\n\
         <body {base_attribute}=\"{base}\">\n\
         <main id=\"filekit\">{view}</main>\n\
         </body>\n\
         </html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_escaped(&mut html, text);
    html
}

/// The markup of a view, with what it offers signed for the visitor.
fn view_html(view: View, context: &Context) -> String {
    view.into_html(|filling, uploads, html| match filling {
        Filling::Capability(offer) => context.sign_call(&offer.to_json(), html),
        Filling::UploadCapability(offer) => context.sign_call(&offer.to_json(uploads), html),
        Filling::DownloadUrl(offer) => context.sign_download(offer, html),
    })
}

/// What a page looks like after an event.
#[derive(Debug)]
pub(crate) enum Rendered {
    /// Its view.
    View { title: String, html: String, uploads: Uploads },
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
    /// would get it. A handler that takes `Current` is not run for this.
    ///
    /// # Errors
    ///
    /// If it would not: what a layer or an extractor of the page says instead.
    pub(crate) async fn knock(&self, pages: &Pages, context: &Context) -> Result<Parts> {
        let mut response = self.response(pages, &context.knocking()).await?;
        if let Some(entered) = response.extensions_mut().remove::<Entered>() {
            return Ok(Parts::clone(&entered.0));
        }
        if response.extensions().get::<View>().is_some() {
            return Ok(self.0.clone());
        }
        if response.status().is_success() {
            return Err(Rejection::OutOfDate.into());
        }
        Err(refused(response).await)
    }

    /// Calls the page, for the visitor of `context`.
    pub(crate) async fn send(&self, pages: &Pages, context: &Context) -> Rendered {
        match self.response(pages, context).await {
            Ok(response) => rendered(response, context),
            Err(panic) => {
                tracing::error!(%panic, "the page of an event could not be shown");
                Rendered::Other
            }
        }
    }

    async fn response(&self, pages: &Pages, context: &Context) -> Result<Response, Panicked> {
        let mut parts = self.0.clone();
        parts.extensions.insert(context.clone());
        let request = Request::from_parts(parts, Body::empty());
        let Ok(response) = caught(context.scope(pages.pages.clone().oneshot(request))).await?;
        Ok(response)
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

fn rendered(mut response: Response, context: &Context) -> Rendered {
    if let Some(view) = response.extensions_mut().remove::<View>() {
        let title = view.document_title().unwrap_or(&context.kit().settings.title).to_owned();
        let uploads = view.uploads().clone();
        return Rendered::View { title, html: view_html(view, context), uploads };
    }
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    match location {
        Some(url) if response.status().is_redirection() => Rendered::Redirect(url.to_owned()),
        _ => Rendered::Other,
    }
}
