//! A tree as lines of text: all of it, to compare two pages, or as much as a visitor reads.

use super::{Element, Node, UNSEEN};

/// Elements that stand in a line of text; any other begins a line of its own.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u",
];

/// Classes of elements whose children are boxes of their own, also those that are inline elsewhere.
const STACKS: &[&str] = &["fk-vstack", "fk-hstack", "fk-grid", "fk-center", "fk-form", "fk-card", "fk-upload"];

/// Attributes of the forms for browsers without scripts: documents have them, patches do not.
const FORMS_ONLY: &[&str] = &["form", "formaction", "formmethod", "formenctype", "formnovalidate"];
const FORM_CALL: &str = "filekit-call";

/// The tree with one line for each tag and each text, and indented.
pub(crate) fn element_lines(nodes: &[Node]) -> Vec<String> {
    let mut lines = Lines::default();
    lines.nodes(nodes, 0);
    lines.end_text(0);
    lines.done
}

#[derive(Default)]
struct Lines {
    done: Vec<String>,
    /// Text whose end has not come: patches may bring it in pieces.
    text: String,
}

impl Lines {
    fn nodes(&mut self, nodes: &[Node], depth: usize) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text.push_str(text),
                Node::Range(inner) => self.nodes(inner, depth),
                Node::Marker(_) => {}
                Node::Element(element) => self.element(element, depth),
            }
        }
    }

    fn element(&mut self, element: &Element, depth: usize) {
        self.end_text(depth);
        self.line(depth, &tag(element));
        self.nodes(&element.children, depth + 1);
        self.end_text(depth + 1);
    }

    fn end_text(&mut self, depth: usize) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            self.line(depth, &format!("{text:?}"));
        }
    }

    fn line(&mut self, depth: usize, line: &str) {
        self.done.push(format!("{:indent$}{line}", "", indent = 2 * depth));
    }
}

fn tag(element: &Element) -> String {
    let is_form_call = element.attribute("name") == Some(FORM_CALL);
    let has_actions = element.attribute("data-filekit-on-click").is_some_and(|actions| !actions.is_empty());
    let is_forms_own = |name: &str| match name {
        "name" => is_form_call,
        // Without actions it is what scripts send.
        "value" => is_form_call && has_actions,
        name => FORMS_ONLY.contains(&name),
    };
    let attributes = element.attributes.iter().filter(|(name, _)| !is_forms_own(name));
    let attributes: String = attributes.map(|(name, value)| format!(" {name}={value:?}")).collect();
    format!("<{}{attributes}>", element.name)
}

/// The lines that a visitor reads, with white space as browsers show it.
pub(crate) fn text_lines(nodes: &[Node]) -> Vec<String> {
    let mut text = String::new();
    read(nodes, false, &mut text);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

fn read(nodes: &[Node], is_stack: bool, into: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => into.extend(text.chars().map(|char| if char.is_whitespace() { ' ' } else { char })),
            Node::Range(inner) => read(inner, is_stack, into),
            Node::Marker(_) => {}
            Node::Element(element) if UNSEEN.contains(&element.name()) || element.has("hidden") => {}
            Node::Element(element) => {
                let is_box = is_stack || !INLINE.contains(&element.name());
                let around = if is_box { "\n" } else { "" };
                into.push_str(around);
                read(element.nodes(), STACKS.iter().any(|class| element.has_class(class)), into);
                into.push_str(around);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Html;

    #[test]
    fn text_has_a_line_for_each_box() {
        let page = Html::parse(
            "<h1>My\n album</h1><p>One <b>bold</b> word<br>and more</p>\
             <div class=fk-vstack><span>1 file</span><a href=/>a.png</a></div><p hidden>not this</p>",
        );
        assert_eq!(text_lines(page.nodes()), ["My album", "One bold word", "and more", "1 file", "a.png"]);
    }

    #[test]
    fn pieces_of_one_text_are_one_line() {
        let nodes = [Node::Text("a".to_owned()), Node::Range(vec![Node::Text("b".to_owned())])];
        assert_eq!(element_lines(&nodes), ["\"ab\""]);
    }
}
