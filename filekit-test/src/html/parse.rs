//! From markup to nodes. Nothing is repaired: a wrong end tag is an error.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::{Element, Node};

/// Elements that have no end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Comments that filekit puts around and into what has a varying number of nodes.
const BEGIN: &str = "fk[";
const END: &str = "fk]";
pub(super) const ROW: &str = "fk,";
/// In a patch, in place of a range that stays as it is.
pub(super) const KEEP: &str = "fk=";

/// Something whose end has not come yet.
enum OpenNode {
    Element(Element),
    Range(Vec<Node>),
}

impl OpenNode {
    fn children(&mut self) -> &mut Vec<Node> {
        match self {
            Self::Element(element) => &mut element.children,
            Self::Range(children) => children,
        }
    }

    fn into_node(self) -> Node {
        match self {
            Self::Element(element) => Node::Element(element),
            Self::Range(children) => Node::Range(children),
        }
    }
}

/// Reads markup in which every element is closed.
///
/// # Errors
///
/// If it is not well formed; the message says where.
pub(super) fn nodes(markup: &str) -> Result<Vec<Node>, String> {
    let mut open = read(markup)?;
    match (open.pop(), open.is_empty()) {
        (Some(OpenNode::Element(root)), true) => Ok(root.children),
        (innermost, _) => Err(format!("{} is left open in {markup}", described(innermost.as_ref()))),
    }
}

/// Reads one start tag.
///
/// # Errors
///
/// If it is none.
pub(super) fn tag(markup: &str) -> Result<Element, String> {
    let first = read(markup)?.into_iter().find_map(|open| match open {
        OpenNode::Element(element) if !element.name.is_empty() => Some(element),
        OpenNode::Element(root) => root.children.into_iter().find_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        }),
        OpenNode::Range(_) => None,
    });
    first.ok_or_else(|| format!("no tag in {markup}"))
}

/// Reads to the end, and returns what is open there; the first is the root.
fn read(markup: &str) -> Result<Vec<OpenNode>, String> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut open = vec![OpenNode::Element(Element::default())];
    let markup = markup.replace("noscript>", "no-script>");
    for Ok(token) in Tokenizer::new_with_emitter(&markup, emitter) {
        match token {
            Token::StartTag(tag) => begin(&tag, &mut open),
            Token::EndTag(tag) => {
                let name = text(&tag.name);
                if !matches!(open.last(), Some(OpenNode::Element(element)) if element.name == name) {
                    let innermost = described(open.last());
                    return Err(format!("wrong end tag </{name}>, where {innermost} is open, in {markup}"));
                }
                close(&mut open);
            }
            Token::String(string) => push(Node::Text(text(&string)), &mut open),
            Token::Comment(comment) => see_comment(&text(&comment), &mut open)?,
            Token::Error(error) => return Err(format!("{error:?} in {markup}")),
            Token::Doctype(_) => {}
        }
    }
    Ok(open)
}

fn begin(tag: &StartTag<()>, open: &mut Vec<OpenNode>) {
    let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
    let element = Element { name: text(&tag.name), attributes: attributes.collect(), children: Vec::new() };
    if tag.self_closing || VOID.contains(&element.name.as_str()) {
        push(Node::Element(element), open);
    } else {
        open.push(OpenNode::Element(element));
    }
}

fn see_comment(comment: &str, open: &mut Vec<OpenNode>) -> Result<(), String> {
    match comment {
        BEGIN => open.push(OpenNode::Range(Vec::new())),
        END if matches!(open.last(), Some(OpenNode::Range(_))) => close(open),
        END => return Err(format!("a range ends where {} is open", described(open.last()))),
        ROW | KEEP => push(Node::Marker(comment.to_owned()), open),
        _ => {}
    }
    Ok(())
}

fn push(node: Node, open: &mut [OpenNode]) {
    if let Some(innermost) = open.last_mut() {
        innermost.children().push(node);
    }
}

/// Moves what is open innermost into what is around it.
fn close(open: &mut Vec<OpenNode>) {
    if let Some(ended) = open.pop() {
        push(ended.into_node(), open);
    }
}

fn described(open: Option<&OpenNode>) -> String {
    match open {
        Some(OpenNode::Element(element)) if element.name.is_empty() => "nothing".to_owned(),
        Some(OpenNode::Element(element)) => format!("<{}>", element.name),
        Some(OpenNode::Range(_)) => "a range".to_owned(),
        None => "nothing".to_owned(),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
