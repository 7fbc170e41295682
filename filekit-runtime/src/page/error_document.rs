//! A document with an error, where there is no page to show it in. The messages of pages are `document.rs`.

use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::escape::push_escaped;
use crate::page::document::{escaped, language};
use crate::page::{PageContext, Refusal, Words, development};
use crate::texts::{Texts, Value};
use crate::wire::attribute;

/// What developers are told beside the fault. They are no visitors, so there is one language.
const FOR_DEVELOPERS: &str = "This is shown in development alone; the log has it too. The page is loaded again as soon as \
                              the program has been started anew.";

/// What the document of an error in the place of a page has for the page's developer: not where it answers to a POST, which is nothing to
/// be sent again.
#[derive(Debug)]
pub(crate) struct ForDeveloper {
    /// The script that loads the page again when another start of the program answers.
    script: String,
    /// The start of the program that has failed.
    program: String,
}

impl ForDeveloper {
    /// None if the program is not in development.
    pub(crate) fn of(context: &PageContext) -> Option<Self> {
        let program = development::program(context.kit())?;
        Some(Self { script: development::script(&escaped(context.base())), program })
    }
}

/// Makes the document, whose title is the text of a key. It brings what little style it needs: nothing else can fail with
/// it.
///
/// # Security
///
/// What went wrong in the program is for its log and its developer: it is in the document only with `developer`.
pub(crate) fn of_refusal(
    title: &'static str,
    refusal: Refusal,
    texts: &Texts,
    developer: Option<ForDeveloper>,
) -> Response {
    let retry_after = refusal.retry_after();
    let Refusal { status, words: Words { message, reference, .. }, fault, .. } = refusal;
    let title = escaped(&texts.say(title, &[]));
    let language = language(texts);
    let mut html = format!(
        "<!doctype html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto 0;padding:0 1.5rem}}\
         h1{{font-size:1.5rem}}pre{{white-space:pre-wrap;overflow-wrap:anywhere}}</style>\n"
    );
    let policy = match &developer {
        Some(ForDeveloper { script, program }) => {
            for part in [script, "</head>\n<body ", attribute::PROGRAM, "=\"", program, "\">\n"] {
                html.push_str(part);
            }
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; \
             frame-ancestors 'self'"
        }
        None => {
            html.push_str("</head>\n<body>\n");
            "default-src 'none'; style-src 'unsafe-inline'"
        }
    };
    for part in ["<h1>", &title, "</h1>\n<p>"] {
        html.push_str(part);
    }
    push_escaped(&mut html, &message);
    if let Some(reference) = reference {
        html.push_str("</p>\n<p>");
        push_escaped(&mut html, &texts.say("client.reference", &[("reference", Value::Text(&reference))]));
    }
    html.push_str("</p>\n");
    if let (Some(fault), Some(_)) = (fault, developer) {
        html.push_str("<pre>");
        push_escaped(&mut html, &fault);
        for part in ["</pre>\n<p>", FOR_DEVELOPERS, "</p>\n"] {
            html.push_str(part);
        }
    }
    html.push_str("</body>\n</html>\n");
    let headers = [(CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, policy), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, AppendHeaders(retry_after), Html(html)).into_response()
}
