//! A document with an error, where there is no page to show it in. The messages of pages are `document.rs`.

use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::escape::push_escaped;
use crate::page::document::{escaped, language};
use crate::page::{Refusal, Words};
use crate::texts::{Texts, Value};

/// Makes the document, whose title is the text of a key. It brings what little style it needs: nothing else can fail with
/// it.
pub(crate) fn of_refusal(title: &'static str, refusal: Refusal, texts: &Texts) -> Response {
    let retry_after = refusal.retry_after();
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
    (status, headers, AppendHeaders(retry_after), Html(html)).into_response()
}
