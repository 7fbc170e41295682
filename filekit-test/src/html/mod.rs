//! Pages read back as a tree, to find what a visitor sees and clicks. How a patch changes the tree is `patch.rs`, how the browser's
//! own lists and conditions fill it is `shown.rs`.

mod lines;
mod parse;
mod patch;
mod shown;

use std::collections::BTreeMap;

pub(crate) use lines::{element_lines, text_lines};
pub(crate) use patch::apply;
pub(crate) use shown::{Evaluate, is_true, shown};

/// Elements whose content is not displayed.
const UNSEEN: &[&str] = &["head", "script", "style", "template"];

/// A page, or a part of one.
///
/// It reads markup as filekit writes it, where each element is closed. Markup that a browser has to repair is refused.
///
/// # Examples
///
/// ```
/// use filekit_test::Html;
///
/// let page = Html::parse("<p>All of <b>one</b> album</p><a href='/x?a=1&amp;b=2'>Next</a>");
/// assert_eq!(page.named("p")[0].text(), "All of one album");
/// assert_eq!(page.href("Next"), "/x?a=1&b=2");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Html {
    root: Element,
}

/// One element with its content.
#[derive(Clone, Debug, Default)]
pub struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

/// One node of a tree.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
    /// Between two marker comments: a varying number of nodes, which patches address as one.
    Range(Vec<Self>),
    /// A marker comment: the begin of a row, or in a patch the place of a range that stays.
    Marker(String),
}

impl Html {
    /// Reads markup as a browser without scripts does. Its `<noscript>` is called `<no-script>` here, since the tokenizer takes
    /// the content of `<noscript>` for text, as browsers with scripts do.
    ///
    /// # Panics
    ///
    /// If end tags do not match their start tags.
    #[must_use]
    pub fn parse(markup: &str) -> Self {
        let children = parse::nodes(markup).unwrap_or_else(|error| panic!("{error}"));
        Self::of(children)
    }

    /// A tree with these nodes at its top.
    pub(crate) fn of(children: Vec<Node>) -> Self {
        Self { root: Element { children, ..Element::default() } }
    }

    /// The nodes at the top.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.root.children
    }

    /// The page as a reader sees it that does not know these attributes.
    #[must_use]
    pub fn without_attributes(&self, names: &[&str]) -> Self {
        let mut page = self.clone();
        page.root.forget(names);
        page
    }

    /// All elements, in the order of the document.
    #[must_use]
    pub fn elements(&self) -> Vec<&Element> {
        self.root.elements()
    }

    /// All elements of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Element> {
        self.root.named(name)
    }

    /// The text that a visitor reads, as one line.
    #[must_use]
    pub fn text(&self) -> String {
        self.root.text()
    }

    /// The texts of all links, in order.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        self.named("a").into_iter().map(Element::text).collect()
    }

    /// The address of the link with this text.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn href(&self, link: &str) -> &str {
        let link_found = self.named("a").into_iter().find(|element| element.text() == link);
        let href = link_found.and_then(|element| element.attribute("href"));
        href.unwrap_or_else(|| panic!("no link {link:?}, there are {:?}", self.links()))
    }

    /// Each matching element with the elements around it, the outermost first.
    pub(crate) fn chains(&self, matches: impl Fn(&Element) -> bool) -> Vec<Vec<&Element>> {
        let mut found = Vec::new();
        collect_chains(&self.root.children, &mut Vec::new(), &matches, &mut found);
        found
    }
}

fn collect_chains<'a>(
    nodes: &'a [Node],
    around: &mut Vec<&'a Element>,
    matches: &impl Fn(&Element) -> bool,
    found: &mut Vec<Vec<&'a Element>>,
) {
    for node in nodes {
        match node {
            Node::Element(element) => {
                around.push(element);
                if matches(element) {
                    found.push(around.clone());
                }
                collect_chains(&element.children, around, matches, found);
                around.pop();
            }
            Node::Range(inner) => collect_chains(inner, around, matches, found),
            Node::Text(_) | Node::Marker(_) => {}
        }
    }
}

impl Element {
    fn forget(&mut self, names: &[&str]) {
        self.attributes.retain(|name, _| !names.contains(&name.as_str()));
        forget_in(&mut self.children, names);
    }

    /// The tag.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// The names of all attributes.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }

    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split_whitespace().any(|one| one == class))
    }

    /// The nodes in it.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.children
    }

    /// All elements in this one, in the order of the document.
    #[must_use]
    pub fn elements(&self) -> Vec<&Self> {
        let mut all = Vec::new();
        collect(&self.children, &mut all);
        all
    }

    /// All elements of that name in this one.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Self> {
        let all = self.elements();
        all.into_iter().filter(|element| element.name == name).collect()
    }

    /// The text that a visitor reads in it, with white space as browsers show it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        read(&self.children, &mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn forget_in(nodes: &mut [Node], names: &[&str]) {
    for node in nodes {
        match node {
            Node::Element(element) => element.forget(names),
            Node::Range(inner) => forget_in(inner, names),
            Node::Text(_) | Node::Marker(_) => {}
        }
    }
}

fn collect<'a>(nodes: &'a [Node], into: &mut Vec<&'a Element>) {
    for node in nodes {
        match node {
            Node::Element(element) => {
                into.push(element);
                collect(&element.children, into);
            }
            Node::Range(inner) => collect(inner, into),
            Node::Text(_) | Node::Marker(_) => {}
        }
    }
}

fn read(nodes: &[Node], into: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => into.push_str(text),
            Node::Element(element) if UNSEEN.contains(&element.name.as_str()) => {}
            Node::Element(element) => read(&element.children, into),
            Node::Range(inner) => read(inner, into),
            Node::Marker(_) => {}
        }
    }
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
