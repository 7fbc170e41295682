//! Forms as a browser without scripts sends them: which controls are in them, in which order, and in which bytes.
//! Source: HTML Living Standard, "Form submission", with the boundary and the headers that Chromium writes.

use std::ptr;

use axum::{
    body::Body,
    http::{Method, Request, header},
};

use crate::{Element, Html, Reply, Visitor};

/// The boundary; Chromium's have 16 letters and digits of chance at the end.
const BOUNDARY: &str = "----WebKitFormBoundaryuL0a1Vq7xWkZb3Ns";

/// What a visitor has entered, by the names of the controls.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    texts: Vec<(String, String)>,
    files: Vec<(String, String, Vec<u8>)>,
}

impl Entries {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text that was typed, an option that was chosen, or a box that was checked (whatever the text).
    #[must_use]
    pub fn text(mut self, control: &str, text: &str) -> Self {
        self.texts.push((control.to_owned(), text.to_owned()));
        self
    }

    /// A file that was chosen.
    #[must_use]
    pub fn file(mut self, control: &str, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((control.to_owned(), name.to_owned(), bytes.as_ref().to_owned()));
        self
    }
}

/// One entry of a form.
enum Entry {
    Text(String, String),
    File(String, String, Vec<u8>),
}

impl Visitor {
    /// Presses a button as a browser without scripts does, and returns the answer to the form that it sends. If that is
    /// a page, the visitor is on it; a redirect is not followed.
    ///
    /// # Panics
    /// When there is no such button, or it sends no form.
    pub async fn submit(&mut self, button: &str, entries: Entries) -> Reply {
        let request = self.submission(button, entries);
        let reply = self.send(request).await;
        if reply.header("content-type").starts_with("text/html") {
            self.show(reply.text());
        }
        reply
    }

    /// As [`submit`](Self::submit), and on to the page that the answer leads to.
    ///
    /// # Panics
    /// When the answer is no redirect after a form.
    pub async fn submit_and_follow(&mut self, button: &str, entries: Entries) -> Reply {
        let reply = self.submit(button, entries).await;
        assert_eq!(reply.status(), 303, "{}", reply.text());
        self.open(reply.header("location")).await
    }

    /// The request that [`submit`](Self::submit) sends, to be altered before.
    ///
    /// # Panics
    /// As [`submit`](Self::submit).
    pub fn submission(&self, button: &str, entries: Entries) -> Request<Body> {
        self.submission_in(self.page(), button, entries)
    }

    /// The request that a reader sends which knows neither the attribute `form` nor `formaction` and its like: only forms with
    /// what stands in them. Many text browsers and libraries are such.
    ///
    /// # Panics
    /// As [`submit`](Self::submit).
    pub fn plain_submission(&self, button: &str, entries: Entries) -> Request<Body> {
        let unknown = ["form", "formaction", "formmethod", "formenctype", "formnovalidate"];
        self.submission_in(&self.page().without_attributes(&unknown), button, entries)
    }

    /// As [`submit`](Self::submit), by the reader of [`plain_submission`](Self::plain_submission).
    ///
    /// # Panics
    /// As [`submit`](Self::submit).
    pub async fn submit_plainly(&mut self, button: &str, entries: Entries) -> Reply {
        let reply = self.send(self.plain_submission(button, entries)).await;
        if reply.header("content-type").starts_with("text/html") {
            self.show(reply.text());
        }
        reply
    }

    fn submission_in(&self, page: &Html, button: &str, entries: Entries) -> Request<Body> {
        let buttons = page.named("button");
        let pressed = buttons.iter().find(|element| element.text() == button);
        let pressed = pressed.unwrap_or_else(|| panic!("no button says {button:?}"));
        assert_ne!(pressed.attribute("type"), Some("button"), "{button:?} does nothing without scripts");
        let form = owner(page, pressed).unwrap_or_else(|| panic!("{button:?} is in no form"));

        let own = |name: &str| pressed.attribute(&format!("form{name}")).or_else(|| form.attribute(name));
        assert_eq!(own("method"), Some("post"), "{button:?} sends no post");
        let entries = entry_list(page, form, pressed, entries);
        let (mime, body) = match own("enctype") {
            Some("multipart/form-data") => (format!("multipart/form-data; boundary={BOUNDARY}"), multipart(&entries)),
            _ => ("application/x-www-form-urlencoded".to_owned(), urlencoded(&entries)),
        };
        let action = own("action").unwrap_or_else(|| panic!("{button:?} leads nowhere"));
        let request = self.request(Method::POST, action).header(header::CONTENT_TYPE, mime);
        let request = request.header(header::CONTENT_LENGTH, body.len());
        let request = request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
        request.header(header::ACCEPT, "text/html,*/*;q=0.8").body(Body::from(body)).expect("a request")
    }
}

/// The form that a control belongs to: the one that it names, or the one around it.
fn owner<'a>(page: &'a Html, control: &Element) -> Option<&'a Element> {
    let forms = page.named("form");
    match control.attribute("form") {
        Some(id) => forms.into_iter().find(|form| form.attribute("id") == Some(id)),
        None => forms.into_iter().find(|form| form.elements().into_iter().any(|inner| ptr::eq(inner, control))),
    }
}

/// HTML standard, "constructing the entry list".
fn entry_list(page: &Html, form: &Element, pressed: &Element, entered: Entries) -> Vec<Entry> {
    let mut list = Vec::new();
    for control in page.elements() {
        let is_control = matches!(control.name(), "input" | "select" | "textarea" | "button");
        let Some(name) = control.attribute("name").filter(|_| is_control && control.attribute("disabled").is_none())
        else {
            continue;
        };
        if !owner(page, control).is_some_and(|owner| ptr::eq(owner, form)) {
            continue;
        }
        let value = control.attribute("value").unwrap_or_default();
        let typed: Vec<&str> =
            entered.texts.iter().filter(|(control, _)| control == name).map(|(_, text)| &**text).collect();
        match (control.name(), control.attribute("type").unwrap_or_default()) {
            ("button", _) => {
                if ptr::eq(control, pressed) {
                    list.push(Entry::Text(name.to_owned(), value.to_owned()));
                }
            }
            (_, "file") => {
                let chosen: Vec<_> = entered.files.iter().filter(|(control, ..)| control == name).collect();
                for (_, file, bytes) in &chosen {
                    list.push(Entry::File(name.to_owned(), file.clone(), bytes.clone()));
                }
                if chosen.is_empty() {
                    list.push(Entry::File(name.to_owned(), String::new(), Vec::new()));
                }
            }
            (_, "checkbox") => {
                let value = control.attribute("value").unwrap_or("on");
                list.extend(typed.first().map(|_| Entry::Text(name.to_owned(), value.to_owned())));
            }
            ("select", _) => list.extend(typed.iter().map(|text| Entry::Text(name.to_owned(), (*text).to_owned()))),
            _ => list.push(Entry::Text(name.to_owned(), typed.first().copied().unwrap_or(value).to_owned())),
        }
    }
    list
}

/// HTML standard, "multipart/form-data encoding algorithm".
fn multipart(entries: &[Entry]) -> Vec<u8> {
    let mut body = Vec::new();
    for entry in entries {
        body.extend(format!("--{BOUNDARY}\r\n").bytes());
        match entry {
            Entry::Text(name, text) => {
                let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
                body.extend(format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
            }
            Entry::File(name, file, bytes) => {
                let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n");
                body.extend(head.bytes());
                body.extend(b"Content-Type: application/octet-stream\r\n\r\n");
                body.extend(bytes);
                body.extend(b"\r\n");
            }
        }
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

/// URL standard, "application/x-www-form-urlencoded serializing".
fn urlencoded(entries: &[Entry]) -> Vec<u8> {
    let pairs = entries.iter().map(|entry| match entry {
        Entry::Text(name, text) => (name.as_str(), text.as_str()),
        Entry::File(name, file, _) => (name.as_str(), file.as_str()),
    });
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}
