//! A page as readable text, with the role of each thing: for the messages of tests that fail.

use std::mem;

use crate::html::{Element, Html, Node, text_lines};
use crate::page::client::{Client, Selection, key};
use crate::page::controls::{button_name, control_name, is_button, is_entered};

/// Describes a page as its visitor sees it, a line for each thing.
pub(crate) fn outline(shown: &Html, client: &Client) -> String {
    let mut outline = Outline { page: shown, client, lines: Vec::new(), text: Vec::new() };
    outline.nodes(shown.nodes(), 1);
    outline.end_text(1);
    outline.lines.concat()
}

struct Outline<'a> {
    page: &'a Html,
    client: &'a Client,
    lines: Vec<String>,
    /// Nodes of text that have no line yet.
    text: Vec<Node>,
}

impl Outline<'_> {
    fn nodes(&mut self, nodes: &[Node], depth: usize) {
        for node in nodes {
            match node {
                Node::Element(element) => self.element(element, depth),
                Node::Range(inner) => self.nodes(inner, depth),
                other => self.text.push(other.clone()),
            }
        }
    }

    fn element(&mut self, element: &Element, depth: usize) {
        if let Some(line) = self.role(element) {
            self.end_text(depth);
            self.line(depth, &line);
            return;
        }
        let group = group(element);
        if group.is_none() && element.elements().iter().all(|inner| self.role(inner).is_none()) {
            self.text.push(Node::Element(element.clone()));
            return;
        }
        self.end_text(depth);
        let depth = match &group {
            Some(name) => {
                self.line(depth, name);
                depth + 1
            }
            None => depth,
        };
        self.nodes(element.nodes(), depth);
        self.end_text(depth);
    }

    /// The line of an element that has a role of its own; what is in it has no line.
    fn role(&self, element: &Element) -> Option<String> {
        let name = element.name();
        let disabled = if element.has("disabled") { " (disabled)" } else { "" };
        if is_button(element) {
            return Some(format!("button {:?}{disabled}", button_name(element)));
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(format!("heading {} {:?}", &name[1..], element.text())),
            "a" if element.has("href") => {
                Some(format!("link {:?} -> {}", button_name(element), element.attribute("href").unwrap_or_default()))
            }
            "img" => Some(format!("image {:?}", element.attribute("alt").unwrap_or_default())),
            "input" if element.attribute("type") == Some("file") => Some(self.upload(element)),
            _ if is_entered(element) => {
                let label = control_name(self.page, element);
                Some(format!("{} {label:?} = {}{disabled}", kind(element), self.client.value(element)))
            }
            _ => None,
        }
    }

    fn upload(&self, input: &Element) -> String {
        let id = key(input);
        let nothing = Selection::default();
        let files = &self.client.selections.get(&id).unwrap_or(&nothing).files;
        let names: Vec<String> = files.iter().map(|chosen| format!("{:?}", chosen.file.name)).collect();
        let names = if names.is_empty() { "nothing chosen".to_owned() } else { names.join(", ") };
        format!("upload {id:?}: {names}")
    }

    fn end_text(&mut self, depth: usize) {
        for line in text_lines(&mem::take(&mut self.text)) {
            self.line(depth, &format!("text {line:?}"));
        }
    }

    fn line(&mut self, depth: usize, line: &str) {
        self.lines.push(format!("{:indent$}{line}\n", "", indent = 2 * depth));
    }
}

/// The line of an element around others, which are indented below it.
fn group(element: &Element) -> Option<String> {
    match element.name() {
        "form" => Some(format!("form {:?}", element.attribute("id").unwrap_or_default())),
        "dialog" => Some("dialog".to_owned()),
        "table" | "ul" | "ol" => Some(if element.name() == "table" { "table" } else { "list" }.to_owned()),
        _ => None,
    }
}

fn kind(control: &Element) -> &str {
    match (control.name(), control.attribute("type")) {
        ("input", Some(kind @ ("checkbox" | "radio"))) => kind,
        (name, _) => name,
    }
}
