//! Forms as a browser sends them by itself: those of pages that are not filekit's, and those without an event.
//! Source: HTML Living Standard, "Form submission".

use filekit::axum::body::Body;
use filekit::axum::http::{Method, header};
use serde_json::Value;
use url::form_urlencoded;

use crate::html::Element;
use crate::page::Page;
use crate::page::actions::{Target, actions_of};
use crate::page::client::key;
use crate::page::controls::{control_name, is_checked, is_entered, is_file_input};
use crate::{File, Html};

/// Stands between the parts; long enough not to occur in a file by chance.
const BOUNDARY: &str = "----FilekitTestBoundaryuL0a1Vq7xWkZb3Ns";

/// A form that is about to be sent.
#[derive(Debug)]
pub(super) struct Submission {
    method: Method,
    action: String,
    is_multipart: bool,
    entries: Vec<(String, Entry)>,
}

#[derive(Debug)]
enum Entry {
    Text(String),
    /// A file input without a choice sends one of no name.
    File(File),
}

impl Entry {
    /// The text in place of a file where only text can be sent.
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::File(file) => &file.name,
        }
    }
}

impl Page {
    /// The effect of submitting a form: its own actions, or the browser sends it.
    pub(super) fn submission(&self, shown: &Html, form: &Element, pressed: Option<&Element>) -> Target {
        let is_checked_first = !form.has("novalidate") && !pressed.is_some_and(|button| button.has("formnovalidate"));
        if is_checked_first && let Some(missing) = self.missing(shown, form) {
            self.fail(&format!("the browser sends no form in which {missing:?} is missing: it is required"));
        }
        let actions = actions_of(form, "submit");
        if !actions.is_empty() {
            return Target::Actions(actions);
        }
        let attribute = |name: &str| {
            let of_button = pressed.and_then(|button| button.attribute(&format!("form{name}")));
            of_button.or_else(|| form.attribute(name)).unwrap_or_default().to_owned()
        };
        let is_post = attribute("method").eq_ignore_ascii_case("post");
        Target::Form(Box::new(Submission {
            method: if is_post { Method::POST } else { Method::GET },
            action: attribute("action"),
            is_multipart: attribute("enctype").eq_ignore_ascii_case("multipart/form-data"),
            entries: self.entries(form, pressed),
        }))
    }

    /// The name of something that a form requires and that is missing.
    fn missing(&self, shown: &Html, form: &Element) -> Option<String> {
        let is_empty = |control: &&Element| match is_file_input(control) {
            true => self.chosen(control).is_empty(),
            false => match self.client.value(control) {
                Value::String(text) => text.is_empty(),
                value => value == false || value.is_null(),
            },
        };
        let controls = form.elements().into_iter().filter(|control| is_entered(control) || is_file_input(control));
        let mut required = controls.filter(|control| control.has("required") && !control.has("disabled"));
        required.find(is_empty).map(|control| control_name(shown, control))
    }

    fn chosen(&self, input: &Element) -> Vec<File> {
        let selection = self.client.selections.get(&key(input));
        selection
            .map(|selection| selection.files.iter().map(|chosen| chosen.file.clone()).collect())
            .unwrap_or_default()
    }

    /// HTML standard, "constructing the entry list".
    fn entries(&self, form: &Element, pressed: Option<&Element>) -> Vec<(String, Entry)> {
        let mut entries = Vec::new();
        for control in form.elements() {
            let Some(name) = control.attribute("name").filter(|name| !name.is_empty() && !control.has("disabled"))
            else {
                continue;
            };
            let mut push = |entry| entries.push((name.to_owned(), entry));
            if is_file_input(control) {
                let files = self.chosen(control);
                match files.is_empty() {
                    true => push(Entry::File(crate::file("", []))),
                    false => files.into_iter().for_each(|file| push(Entry::File(file))),
                }
            } else if is_checked(control) {
                if self.client.value(control) == true {
                    push(Entry::Text(control.attribute("value").unwrap_or("on").to_owned()));
                }
            } else if is_entered(control) {
                texts_of(&self.client.value(control)).into_iter().for_each(|text| push(Entry::Text(text)));
            } else if control.attribute("type") == Some("hidden")
                || pressed.is_some_and(|button| std::ptr::eq(button, control))
            {
                push(Entry::Text(control.attribute("value").unwrap_or_default().to_owned()));
            }
        }
        entries
    }

    /// Sends a form, and shows its answer.
    pub(super) async fn send_form(&mut self, submission: Submission) {
        if self.breaks_after.is_some() {
            self.fail("break_after(..): a form that the browser sends by itself does not go on after a break");
        }
        let mut path = match self.resolve(&submission.action) {
            Ok(path) => path,
            Err(url) => return self.leave(url),
        };
        if submission.method == Method::GET {
            path = format!("{}?{}", path.split('?').next().unwrap_or_default(), urlencoded(&submission.entries));
        }
        let request = self.visitor.request(submission.method.clone(), &path);
        let request = request.header(header::ACCEPT, "text/html,*/*;q=0.8");
        let (mime, body) = match (submission.method == Method::POST, submission.is_multipart) {
            (false, _) => (None, Vec::new()),
            (true, false) => {
                (Some("application/x-www-form-urlencoded".to_owned()), urlencoded(&submission.entries).into_bytes())
            }
            (true, true) => (Some(format!("multipart/form-data; boundary={BOUNDARY}")), multipart(&submission.entries)),
        };
        let request = match mime {
            Some(mime) => request.header(header::CONTENT_TYPE, mime),
            None => request,
        };
        let answer = self.visitor.send(request.body(Body::from(body))).await;
        self.show_answer(&path, answer).await;
    }
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// URL standard, "application/x-www-form-urlencoded serializing".
fn urlencoded(entries: &[(String, Entry)]) -> String {
    let pairs = entries.iter().map(|(name, entry)| (name.as_str(), entry.text()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// HTML standard, "multipart/form-data encoding algorithm".
fn multipart(entries: &[(String, Entry)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, entry) in entries {
        let name = escaped(name);
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
        match entry {
            Entry::Text(text) => {
                let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
                body.extend(format!("\r\n\r\n{text}").bytes());
            }
            Entry::File(file) => {
                let mime = "application/octet-stream";
                body.extend(format!("; filename=\"{}\"\r\nContent-Type: {mime}\r\n\r\n", escaped(&file.name)).bytes());
                body.extend(&file.bytes);
            }
        }
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

/// How browsers write a quote or a line break in a name.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
