//! Pages read back as a tree, to find what a visitor would see and click.
//! It reads what filekit writes (every element closed); mending broken markup is left to browsers.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements that have no end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements whose content nobody sees.
const UNSEEN: &[&str] = &["head", "script", "style", "template"];

/// A page, or a part of one.
#[derive(Clone, Debug)]
pub struct Html {
    root: Element,
}

/// One element with what it contains.
#[derive(Clone, Debug, Default)]
pub struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

#[derive(Clone, Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Html {
    /// Reads markup as a browser without scripts does. Its `<noscript>` is called `<no-script>` here, since the tokenizer takes
    /// the content of `<noscript>` for text, as browsers with scripts do.
    ///
    /// # Panics
    /// When end tags don't match their start tags.
    pub fn parse(markup: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut open = vec![Element::default()];
        let markup = markup.replace("noscript>", "no-script>");
        for Ok(token) in Tokenizer::new_with_emitter(&markup, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
                    let element =
                        Element { name: text(&tag.name), attributes: attributes.collect(), children: Vec::new() };
                    let closed = tag.self_closing || VOID.contains(&element.name.as_str());
                    open.push(element);
                    if closed {
                        close(&mut open);
                    }
                }
                Token::EndTag(tag) => {
                    let innermost = open.last().map(|element| element.name.clone());
                    assert_eq!(innermost, Some(text(&tag.name)), "wrong end tag in {markup}");
                    close(&mut open);
                }
                Token::String(string) => {
                    let parent = open.last_mut().expect("the root");
                    parent.children.push(Node::Text(text(&string)));
                }
                Token::Error(error) => panic!("{error:?} in {markup}"),
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "an element is left open in {markup}");
        Self { root: open.remove(0) }
    }

    /// The page as a reader sees it that does not know these attributes.
    #[must_use]
    pub fn without_attributes(&self, names: &[&str]) -> Self {
        let mut page = self.clone();
        page.root.forget(names);
        page
    }

    /// All elements, in the order of the document.
    pub fn elements(&self) -> Vec<&Element> {
        self.root.elements()
    }

    /// All elements of that name.
    pub fn named(&self, name: &str) -> Vec<&Element> {
        self.root.named(name)
    }

    /// What a visitor reads.
    pub fn text(&self) -> String {
        self.root.text()
    }

    /// The texts of all links, in order.
    pub fn links(&self) -> Vec<String> {
        self.named("a").into_iter().map(Element::text).collect()
    }

    /// Where the link with this text leads.
    ///
    /// # Panics
    /// When there is none.
    pub fn href(&self, link: &str) -> &str {
        let link_found = self.named("a").into_iter().find(|element| element.text() == link);
        let href = link_found.and_then(|element| element.attribute("href"));
        href.unwrap_or_else(|| panic!("no link {link:?}, there are {:?}", self.links()))
    }
}

impl Element {
    fn forget(&mut self, names: &[&str]) {
        self.attributes.retain(|name, _| !names.contains(&name.as_str()));
        for child in &mut self.children {
            if let Node::Element(element) = child {
                element.forget(names);
            }
        }
    }

    /// The tag.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// The names of all attributes.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }

    /// All elements in this one, in the order of the document.
    pub fn elements(&self) -> Vec<&Self> {
        let mut all = Vec::new();
        for child in &self.children {
            if let Node::Element(element) = child {
                all.push(element);
                all.extend(element.elements());
            }
        }
        all
    }

    /// All elements of that name in this one.
    pub fn named(&self, name: &str) -> Vec<&Self> {
        let all = self.elements();
        all.into_iter().filter(|element| element.name == name).collect()
    }

    /// What a visitor reads in it, with white space as browsers show it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.read(&mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn read(&self, into: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => into.push_str(text),
                Node::Element(element) if UNSEEN.contains(&element.name.as_str()) => {}
                Node::Element(element) => element.read(into),
            }
        }
    }
}

/// Moves the innermost open element into its parent.
fn close(open: &mut Vec<Element>) {
    let element = open.pop().expect("the root is never closed");
    let parent = open.last_mut().expect("the root is never closed");
    parent.children.push(Node::Element(element));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_visitor_sees_it() {
        let page = Html::parse(
            "<!DOCTYPE html><title>Files</title><p id=a>one &amp;<br>\n two<template><i>three</i></template></p>\
             <a href=\"/x?a=1&amp;b=2\">four</a><script>'</p>'</script>",
        );
        assert_eq!(page.named("p")[0].text(), "one & two");
        assert_eq!(page.named("p")[0].attribute("id"), Some("a"));
        assert_eq!(page.href("four"), "/x?a=1&b=2");
        assert_eq!(page.named("i").len(), 1, "what is in a template can be found, though not seen");
    }
}
