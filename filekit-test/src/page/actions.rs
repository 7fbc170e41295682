//! Clicks and the like: they run the actions of an element, one after the other, until one fails.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::Download;
use crate::html::{Element, Evaluate as _, Html};
use crate::names::missing;
use crate::page::Page;
use crate::page::client::{Expressions, key};
use crate::page::controls::{button_name, is_clickable, is_entered};
use crate::page::form::Submission;

/// The actions of events that were set off and have not run.
#[derive(Debug, Default)]
pub(super) struct DueActions(VecDeque<Vec<Value>>);

impl DueActions {
    /// Notes the actions that an element has for an event, if it has any.
    pub(super) fn push(&mut self, element: &Element, event: &str) {
        let actions = actions_of(element, event);
        if !actions.is_empty() {
            self.0.push_back(actions);
        }
    }

    pub(super) fn next(&mut self) -> Option<Vec<Value>> {
        self.0.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The actions of an element for an event; of a button with an empty attribute, its value is the only one.
pub(super) fn actions_of(element: &Element, event: &str) -> Vec<Value> {
    match element.attribute(&format!("data-filekit-on-{event}")) {
        None => Vec::new(),
        Some("") => vec![json!({ "event": element.attribute("value"), "arguments": [] })],
        Some(actions) => {
            serde_json::from_str(actions).unwrap_or_else(|error| panic!("{error} in the page's {actions}"))
        }
    }
}

/// The effect of a click.
pub(super) enum Target {
    Actions(Vec<Value>),
    Link(String),
    /// A form that the browser sends by itself.
    Form(Box<Submission>),
}

/// The outcome of an action.
pub(super) enum Step {
    /// These actions come next.
    Next(Vec<Value>),
    /// It has failed: none of the others follows.
    Failed,
    /// It is an upload that waits for its connection; the others follow when it is done.
    Waits,
}

impl Page {
    /// Finds what a click does; among several of a name, of the one that is nearest to a text.
    pub(super) fn target(&self, name: &str, near: Option<&str>) -> Target {
        let shown = self.shown();
        let chains = shown.chains(is_clickable);
        let called = |chain: &Vec<&Element>| chain.last().map(|element| button_name(element)).unwrap_or_default();
        let mut found: Vec<&Vec<&Element>> = chains.iter().filter(|chain| called(chain) == name).collect();
        if let Some(text) = near.filter(|_| !found.is_empty()) {
            found = nearest(&found, text);
            if found.is_empty() {
                self.fail(&format!("no text {text:?} near which {name:?} could be"));
            }
        }
        let is_same = |chain: &&Vec<&Element>| does_same(chain, found[0]);
        match found.as_slice() {
            [] => {
                let names: Vec<String> = chains.iter().map(called).filter(|name| !name.is_empty()).collect();
                self.fail(&missing("button or link", name, &names))
            }
            [chain, ..] if found.iter().all(is_same) => self.target_of(&shown, chain, name),
            several => self.fail(&format!(
                "{} buttons or links are named {name:?}; say which: click_near(a text beside it, {name:?})",
                several.len()
            )),
        }
    }

    fn target_of(&self, shown: &Html, chain: &[&Element], name: &str) -> Target {
        let Some((element, around)) = chain.split_last() else { self.fail("nothing to click") };
        if element.has("disabled") {
            self.fail(&format!("the button {name:?} is disabled"));
        }
        let actions = actions_of(element, "click");
        if !actions.is_empty() {
            return Target::Actions(actions);
        }
        if let Some(href) = element.attribute("href") {
            return Target::Link(href.to_owned());
        }
        let kind = element.attribute("type").unwrap_or("submit");
        if kind == "submit"
            && let Some(form) = form_of(shown, element, around)
        {
            return self.submission(shown, form, Some(element));
        }
        match around.iter().rev().find_map(|element| element.attribute("data-filekit-upload")) {
            Some(id) => {
                self.fail(&format!("{name:?} opens the file dialog of the browser: choose({id:?}, ..) chooses files"))
            }
            None => self.fail(&format!("{name:?} does nothing")),
        }
    }

    /// Finds what submitting a form does, by its id or label.
    pub(super) fn form_target(&self, name: &str) -> Target {
        let shown = self.shown();
        let forms = shown.named("form");
        let names = |form: &&Element| {
            let names = ["id", "aria-label", "name"].map(|name| form.attribute(name).unwrap_or_default().to_owned());
            names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>()
        };
        let Some(form) = forms.iter().find(|form| names(form).iter().any(|one| one == name)) else {
            let all: Vec<String> = forms.iter().filter_map(|form| names(form).into_iter().next()).collect();
            self.fail(&missing("form", name, &all));
        };
        let is_submit = |element: &&&Element| {
            element.name() == "button" && matches!(element.attribute("type"), None | Some("submit"))
        };
        let elements = form.elements();
        self.submission(&shown, form, elements.iter().find(is_submit).copied())
    }

    /// Does what was clicked.
    pub(super) async fn activate(&mut self, target: Target) {
        match target {
            Target::Actions(actions) => self.perform(actions).await,
            Target::Link(link) => match self.resolve(&link) {
                Ok(path) => {
                    let answer = self.visitor.get(&path).await;
                    self.show_answer(&path, answer).await;
                }
                Err(url) => self.leave(url),
            },
            Target::Form(submission) => self.send_form(*submission).await,
        }
    }

    /// Does actions one after the other, until one fails.
    pub(super) async fn perform(&mut self, actions: Vec<Value>) {
        let mut left = VecDeque::from(actions);
        while let Some(action) = left.pop_front() {
            let step = match action["event"].is_string() {
                true => self.call(&action).await,
                false => self.act(&action).await,
            };
            match step {
                Step::Next(actions) => actions.into_iter().rev().for_each(|action| left.push_front(action)),
                Step::Failed => return,
                Step::Waits => {
                    if let Some(broken) = &mut self.broken {
                        broken.then.extend(left);
                    }
                    return;
                }
            }
        }
    }

    /// Does what a browser does by itself.
    async fn act(&mut self, action: &Value) -> Step {
        let text = |field: &str| action[field].as_str().unwrap_or_default().to_owned();
        let id = text("id");
        match text("action").as_str() {
            "toast" => self.messages.push(text("text")),
            "download" => self.take_download(action).await,
            "redirect" => match self.resolve(&text("url")) {
                Ok(path) => {
                    let messages = std::mem::take(&mut self.messages);
                    self.go_to(&path).await;
                    self.messages.splice(0..0, messages);
                }
                Err(url) => self.leave(url),
            },
            "clear_selected_files" => self.clear_files(&id),
            "clear_form" => self.clear_form(&id),
            "cancel_upload" => self.cancel_upload(&id).await,
            "pause_upload" => self.client.selection(&id).is_paused = self.broken.is_some(),
            "resume_upload" => {
                self.client.selection(&id).is_paused = false;
                if self.broken.as_ref().is_some_and(|broken| broken.is_for(&id)) {
                    Box::pin(self.resume_upload()).await;
                }
            }
            // There are none: a page is opened for the first time.
            "discard_unfinished" => {}
            "open_file_dialog" => self.fail(&format!("this opens the file dialog of the browser: choose({id:?}, ..)")),
            "remove_file" | "cancel_file" => {
                let file = self.evaluate(&action["file"]);
                self.client.remove(&file["number"].as_u64().into_iter().collect::<Vec<_>>());
            }
            "retry_file" => {
                let file = self.evaluate(&action["file"]);
                return Box::pin(self.retry(file["number"].as_u64().unwrap_or_default())).await;
            }
            _ => self.fail(&format!("the page has an action that filekit-test does not know: {action}")),
        }
        Step::Next(Vec::new())
    }

    pub(super) fn evaluate(&self, expression: &Value) -> Value {
        Expressions { tree: &self.document.tree, client: &self.client }.evaluate(expression)
    }

    async fn take_download(&mut self, action: &Value) {
        if let Some(download) = Download::of_reply(action) {
            self.downloads.push(download);
            return;
        }
        match self.resolve(action["url"].as_str().unwrap_or_default()) {
            Ok(path) => {
                let answer = self.visitor.get(&path).await;
                if !answer.status.is_success() {
                    self.fail(&format!("the download {path} answers {}: {}", answer.status, answer.text()));
                }
                let mut download = Download::of_answer(&path, &answer);
                if let Some(name) = action["filename"].as_str() {
                    name.clone_into(&mut download.name);
                }
                self.downloads.push(download);
            }
            Err(url) => self.fail(&format!("the download is of another site: {url}")),
        }
    }

    fn clear_files(&mut self, id: &str) {
        let selection = self.client.selection(id);
        selection.rejected.clear();
        selection.files.clear();
    }

    /// Makes the controls of a form what the server sent, and empties its uploads.
    fn clear_form(&mut self, id: &str) {
        let shown = self.shown();
        let Some(form) = shown.named("form").into_iter().find(|form| form.attribute("id") == Some(id)) else { return };
        for control in form.elements() {
            if is_entered(control) {
                self.client.forget(control);
            } else if control.attribute("type") == Some("file") {
                self.clear_files(&key(control));
            }
        }
    }
}

/// Whether two clicks do the same.
fn does_same(one: &[&Element], other: &[&Element]) -> bool {
    let means = |chain: &[&Element]| {
        let element = chain.last()?;
        let names = ["href", "data-filekit-on-click", "value", "formaction"];
        Some(names.map(|name| element.attribute(name).map(str::to_owned)))
    };
    let is_told_apart = |chain: &[&Element]| {
        chain.last().is_some_and(|element| element.has("href") || element.has("data-filekit-on-click"))
    };
    std::ptr::eq(one, other) || (is_told_apart(one) && means(one) == means(other))
}

/// Of several elements, those whose smallest surrounding that has a text is the smallest of all.
fn nearest<'a, 'b>(chains: &[&'b Vec<&'a Element>], text: &str) -> Vec<&'b Vec<&'a Element>> {
    let size = |chain: &Vec<&Element>| {
        let around = chain.iter().rev().find(|element| element.text().contains(text));
        around.map(|element| element.elements().len())
    };
    let least = chains.iter().filter_map(|chain| size(chain)).min();
    chains.iter().copied().filter(|chain| least.is_some() && size(chain) == least).collect()
}

/// The form that a button submits: the one that it names, or the one around it.
fn form_of<'a>(shown: &'a crate::Html, element: &Element, around: &[&'a Element]) -> Option<&'a Element> {
    // Those of filekit are for browsers without scripts.
    let named = element.attribute("form").filter(|id| !id.starts_with("filekit-"));
    match named {
        Some(id) => shown.named("form").into_iter().find(|form| form.attribute("id") == Some(id)),
        None => around.iter().rev().copied().find(|element| element.name() == "form"),
    }
}
