//! The document around the view of a page, with the notices that it shows first. The view is called in `render.rs`.

use std::fmt::Write as _;

use axum::response::{Html, IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, REFERRER_POLICY, SET_COOKIE, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};

use crate::error::Result;
use crate::escape::push_escaped;
use crate::instance::InstanceVersion;
use crate::offer::client::push_json_attribute;
use crate::page::fill::{filling, scripted_filling};
use crate::page::forms::{DocumentForms, FormLayout};
use crate::page::{PageContext, Refusal, client, development, refill, style};
use crate::texts::{Texts, Value, for_browser};
use crate::view::View;
use crate::visitor::Toast;
use crate::wire::{attribute, path};

/// Headers of documents, unless the handler or a layer of the developer's has set them.
///
/// The page needs no inline script, so none may run. It needs no inline style either, but what a developer shows as raw HTML
/// may bring some. Nothing is said of where forms lead: a browser holds the redirects of an answer to that too, so that an event
/// without scripts could not redirect to another site to sign in.
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

/// The notices that a document shows above its page.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    pub(crate) toasts: Vec<Toast>,
    /// Why the form that this answers was refused.
    pub(crate) refusal: Option<Refusal>,
    /// The values typed into the controls of that form, by their names.
    typed: Vec<(String, String)>,
    /// Whether a cookie brought the toasts, which has to go now.
    from_cookie: bool,
}

impl Notices {
    /// The toasts that a cookie has kept for this page.
    pub(crate) fn of_toasts(kept: Option<Vec<Toast>>) -> Self {
        Self { from_cookie: kept.is_some(), toasts: kept.unwrap_or_default(), ..Self::default() }
    }

    /// The answer to a form that was refused, after it had said `toasts` and with what was `typed` into it.
    pub(crate) fn of_refusal(toasts: Vec<Toast>, refusal: Refusal, typed: Vec<(String, String)>) -> Self {
        Self { toasts, refusal: Some(refusal), typed, from_cookie: false }
    }

    fn is_empty(&self) -> bool {
        self.toasts.is_empty() && self.refusal.is_none()
    }
}

/// Makes a document of the view in a response; one without a view stays as it is.
///
/// # Errors
///
/// If the system has no randomness to give.
pub(crate) fn complete(mut response: Response, context: &PageContext, notices: &Notices) -> Result<Response> {
    match response.extensions_mut().remove::<View>() {
        Some(view) => of_view(view, &response, context, notices),
        None => {
            // Whatever the answer is, it is what the new session comes with.
            if let Some(cookie) = context.visitor().renewed_cookie() {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            Ok(response)
        }
    }
}

/// Makes a document of a view that came with a response.
///
/// # Errors
///
/// If the system has no randomness to give.
pub(crate) fn of_view(view: View, response: &Response, context: &PageContext, notices: &Notices) -> Result<Response> {
    let mut document = Html(html(view, context, notices)?).into_response();
    // A handler that returns `(StatusCode, View)` means that status; the view alone says none.
    if response.status() != View::UNSERVED {
        *document.status_mut() = response.status();
    }
    if let Some(refusal) = &notices.refusal {
        *document.status_mut() = refusal.status;
    }
    append_headers_around(response, document.headers_mut());
    for (name, value) in DEFAULTS {
        document.headers_mut().entry(name).or_insert(value);
    }
    if let Some(cookie) = context.visitor().set_cookie() {
        document.headers_mut().append(SET_COOKIE, cookie);
    }
    if notices.from_cookie {
        document.headers_mut().append(SET_COOKIE, context.visitor().end_flash());
    }
    if !notices.is_empty() {
        // Said once: the way back must not say it again.
        document.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(document)
}

/// Appends the headers that a handler and layers have set around their answer, but for those of its body.
pub(super) fn append_headers_around(response: &Response, headers: &mut HeaderMap) {
    let of_body = [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING];
    for (name, value) in response.headers().iter().filter(|(name, _)| !of_body.contains(name)) {
        headers.append(name, value.clone());
    }
}

fn html(view: View, context: &PageContext, notices: &Notices) -> Result<String> {
    let title = title_of(&view, context).to_owned();
    let instance = context.kit().local().instances.begin(context.session(), context.followed(), &title, &view)?;
    let instance = instance.sealed(context.visit().seal(), context.visitor().owner());
    let layout = FormLayout::of(&view);
    let DocumentForms { empty, begin, end } = DocumentForms::new(layout, &view, context);

    let mut html = String::with_capacity(view.filled_length() + 4096);
    push_head(&mut html, &title, &view, context, notices);
    push_body_tag(&mut html, &instance, context);
    for part in [&empty, &begin, &notices_html(notices, context.texts()), "<main id=\"filekit\">"] {
        html.push_str(part);
    }
    if notices.refusal.is_some() {
        html.push_str(&refill::with_values(&view.into_html(filling(context, layout)), &notices.typed));
    } else {
        view.push_html(filling(context, layout), &mut html);
    }
    for part in ["</main>", end, "\n</body>\n</html>\n"] {
        html.push_str(part);
    }
    Ok(html)
}

/// Appends the beginning of a document, with its head.
fn push_head(html: &mut String, title: &str, view: &View, context: &PageContext, notices: &Notices) {
    let language = language(context.texts());
    let [title, base, page] = [title, context.base(), context.page().shown()].map(escaped);
    let (script, sheet, icon) = (path::CLIENT_SCRIPT, path::CLIENT_STYLE, path::ICON);
    let [script_version, style_version, icon_version] =
        [&client::SCRIPT, &client::STYLE, &client::ICON].map(client::ClientAsset::version);
    // The answer to a form has another URL than its page, and links and scripts are to mean the page's.
    let base_element = match notices.refusal {
        Some(_) => format!("<base href=\"{page}\">\n"),
        None => String::new(),
    };
    let mut page_style = String::new();
    style::push_links(view.markup(), &base, context.visitor().secret(), &mut page_style);
    let development_script = match context.kit().local().development {
        Some(_) => development::script(&base),
        None => String::new(),
    };
    // Writing to a `String` cannot fail.
    let _ = write!(
        html,
        "<!doctype html>\n\
         <html{language}>\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         {base_element}\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{base}{sheet}?version={style_version}\">\n\
         {page_style}\
         <link rel=\"icon\" href=\"{base}{icon}?version={icon_version}\" type=\"image/svg+xml\">\n\
         <script type=\"module\" src=\"{base}{script}?version={script_version}\"></script>\n\
         {development_script}\
         </head>\n"
    );
}

/// Appends the tag of the body: what the client has to know of the document.
fn push_body_tag(html: &mut String, instance: &InstanceVersion, context: &PageContext) {
    let (base, page) = (escaped(context.base()), escaped(context.page().shown()));
    let attributes = [(attribute::BASE, base), (attribute::PAGE, page), (attribute::INSTANCE, instance.to_string())];
    html.push_str("<body");
    for (name, value) in &attributes {
        for part in [" ", name, "=\"", value, "\""] {
            html.push_str(part);
        }
    }
    if context.kit().config().live {
        html.push(' ');
        html.push_str(attribute::LIVE);
    }
    if let Some(program) = development::program(context.kit()) {
        for part in [" ", attribute::PROGRAM, "=\"", &program, "\""] {
            html.push_str(part);
        }
    }
    if let Some(json) = for_browser(context.texts()) {
        push_json_attribute(html, format_args!("{}", attribute::TEXTS), &json);
    }
    html.push_str(">\n");
}

/// The attributes that say in which language a document is, and from which side it is read.
pub(crate) fn language(texts: &Texts) -> String {
    let direction = if texts.is_from_right_to_left() { " dir=\"rtl\"" } else { "" };
    format!(" lang=\"{}\"{direction}", escaped(texts.lang()))
}

/// The messages: those of an event that went well as statuses, a refusal as an alert that has the focus.
fn notices_html(notices: &Notices, texts: &Texts) -> String {
    if notices.is_empty() {
        return String::new();
    }
    let label = escaped(&texts.say("client.notifications", &[]));
    let mut html = format!("<section class=\"fk-notices\" aria-label=\"{label}\">");
    for toast in &notices.toasts {
        push_notice(&mut html, toast.kind, "role=\"status\"", &[&toast.text]);
    }
    if let Some(Refusal { words, .. }) = &notices.refusal {
        let reference = words.reference.as_deref().map(Value::Text);
        let reference = reference.map(|reference| texts.say("client.reference", &[("reference", reference)]));
        let lines: Vec<&str> = [Some(&*words.message), reference.as_deref()].into_iter().flatten().collect();
        push_notice(&mut html, "error", "role=\"alert\" tabindex=\"-1\" autofocus", &lines);
    }
    html.push_str("</section>\n");
    html
}

fn push_notice(html: &mut String, kind: &str, attributes: &str, lines: &[&str]) {
    html.push_str(&format!("<div class=\"fk-notice\" data-kind=\"{kind}\" {attributes}>"));
    for line in lines {
        html.push_str("<p>");
        push_escaped(html, line);
        html.push_str("</p>");
    }
    html.push_str("</div>");
}

pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_escaped(&mut html, text);
    html
}

/// The title of a document with this view.
pub(crate) fn title_of<'a>(view: &'a View, context: &'a PageContext) -> &'a str {
    view.document_title().unwrap_or(&context.kit().config().title)
}

/// The markup of a view that a script shows, with what it offers signed for the visitor.
pub(crate) fn view_html(view: View, context: &PageContext) -> String {
    view.into_html(scripted_filling(context))
}
