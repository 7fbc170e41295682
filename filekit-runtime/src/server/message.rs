//! A document that says what went wrong, where there is no page to say it in; not the messages of pages.

use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::error::Error;
use crate::escape::push_escaped;
use crate::server::context;
use crate::server::document::{escaped, language};
use crate::server::reply::{Refusal, Words};
use crate::texts::{Texts, Value};
use crate::view::harmless_url;

/// Makes the document that an error is which a page's handler returns.
pub(crate) fn answer(error: Error) -> Response {
    let context = context::current();
    let english = Texts::english();
    let texts = context.as_ref().map_or(&english, |context| &context.kit().texts);
    page("page.failed", Refusal::log(&error, texts), texts)
}

/// Makes the document, whose title is the text of a key. It brings what little style it needs: nothing else can fail with
/// it.
pub(crate) fn page(title: &'static str, refusal: Refusal, texts: &Texts) -> Response {
    if let Some(url) = &refusal.elsewhere {
        return Redirect::to(harmless_url(url)).into_response();
    }
    let Refusal { status, words: Words { message, reference, .. }, .. } = refusal;
    let title = escaped(&texts.say(title, &[]));
    let language = language(texts);
    let mut html = format!(
        "<!doctype html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto 0;padding:0 1.5rem}}\
         h1{{font-size:1.5rem}}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>"
    );
    push_escaped(&mut html, &message);
    if let Some(reference) = reference {
        html.push_str("</p>\n<p>");
        push_escaped(&mut html, &texts.say("client.reference", &[("reference", Value::Text(&reference))]));
    }
    html.push_str("</p>\n</body>\n</html>\n");
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Html(html)).into_response()
}
