//! Slots: the parts of a view that can be changed by themselves, and their places. They are written in `emit/markup.rs`.
//!
//! ```text
//! outside of rows   branches and lists, elements with a text of their own that is no literal, tags with such attributes
//! in rows           lists, and branches that hold lists: a row travels as a whole otherwise
//! in raw text       nothing: there, comments would be text
//! ```

use super::super::ast::{Attribute, Element, For, Node, Value};
use super::super::leave;
use super::{Lowered, Slot, Step};

/// The parts that may be changed by themselves where nodes are lowered.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Slots {
    #[default]
    All,
    InRow,
    None,
}

/// Where in a block nodes are lowered: the elements around, and how many precede.
#[derive(Default)]
pub(super) struct Place {
    around: Vec<u16>,
    before: u16,
}

impl Place {
    /// Enters the next element, and returns its path.
    pub(super) fn enter(&mut self) -> Vec<u16> {
        self.around.push(self.before);
        self.before = 0;
        self.around.clone()
    }

    pub(super) fn leave(&mut self) {
        self.before = self.around.pop().unwrap_or_default() + 1;
    }

    /// Counts an element that filekit puts there.
    pub(super) fn skip(&mut self) {
        self.before += 1;
    }
}

impl Lowered {
    pub(super) fn slot(&mut self, slot: Slot) {
        self.steps.push(Step::Slot(slot));
    }

    /// Lowers a block of its own, or a row.
    pub(super) fn block(&mut self, slots: Slots, lower: impl FnOnce(&mut Self)) -> Vec<Step> {
        let place = std::mem::take(&mut self.place);
        let slots = std::mem::replace(&mut self.slots, slots);
        let element = self.around.take();
        let steps = self.inside(lower);
        self.around = element;
        self.slots = slots;
        self.place = place;
        steps
    }

    /// Whether branches with these bodies become a range.
    pub(super) fn is_range(&self, bodies: &[&Vec<Node>]) -> bool {
        let is_left = || bodies.iter().any(|body| leave::escapes(body, &mut Vec::new()));
        match self.slots {
            Slots::All => !is_left(),
            Slots::InRow => bodies.iter().any(|body| has_list(body)) && !is_left(),
            Slots::None => false,
        }
    }

    /// Lowers the children of an element in which comments are text, or out of reach.
    pub(super) fn raw(&mut self, lower: impl FnOnce(&mut Self)) {
        let around = std::mem::replace(&mut self.slots, Slots::None);
        self.slot(Slot::BeginInert);
        lower(self);
        self.slot(Slot::EndInert);
        self.slots = around;
    }

    pub(super) fn has_all_slots(&self) -> bool {
        self.slots == Slots::All
    }
}

/// Tells whether comments are text in an element, or out of reach in a template, and something in it is no literal.
pub(super) fn is_raw(tag: &str, children: &[Node]) -> bool {
    let is_text = matches!(
        tag,
        "textarea" | "title" | "script" | "style" | "iframe" | "xmp" | "noscript" | "noembed" | "noframes"
    );
    (is_text || tag == "template") && children.iter().any(|child| !matches!(child, Node::Text(_)))
}

/// Tells whether an element has text of its own that is no literal.
pub(super) fn has_text(children: &[Node]) -> bool {
    children.iter().any(|child| match child {
        Node::Child(_) => true,
        Node::Scope(body) => has_text(body),
        _ => false,
    })
}

pub(super) fn is_dynamic(attribute: &Attribute) -> bool {
    !matches!(attribute.value, Value::Literal(_))
}

fn has_list(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::For(_) => true,
        Node::Element(element) => has_list(&element.children),
        node => node.bodies().into_iter().any(has_list),
    })
}

/// Tells whether each row of a loop is just one element.
pub(super) fn is_one_element(body: &[Node]) -> bool {
    let mut elements = 0;
    let is_plain = body.iter().all(|node| match node {
        Node::Element(element) => {
            elements += 1;
            !element.name.is_upload()
        }
        Node::Let(local) => local.init.as_ref().is_none_or(|init| init.diverge.is_none()),
        _ => false,
    });
    is_plain && elements == 1
}

/// Takes what the rows of a loop are known by, and the place of the element that said so.
pub(super) fn take_key(repetition: &mut For) -> Option<(usize, syn::Expr)> {
    repetition.body.iter_mut().enumerate().find_map(|(place, node)| match node {
        Node::Element(element) => {
            let is_key = |attribute: &mut Attribute| attribute.name == "key" && !attribute.is_given;
            Some((place, element.attributes.extract_if(.., is_key).next()?.value.into_expression()?))
        }
        _ => None,
    })
}

/// Tells whether a parser of HTML would put a node of a table into a `<tbody>`.
pub(super) fn is_table_row(node: &Node) -> bool {
    match node {
        Node::Element(element) => element.tag == "tr",
        Node::For(repetition) => !repetition.body.iter().any(is_table_section),
        Node::If(_) | Node::Match(_) => {
            let bodies = node.bodies();
            bodies.iter().any(|body| body.iter().any(is_table_row))
                && !bodies.iter().any(|body| body.iter().any(is_table_section))
        }
        _ => false,
    }
}

fn is_table_section(node: &Node) -> bool {
    match node {
        Node::Element(Element { tag, .. }) => matches!(&**tag, "thead" | "tbody" | "tfoot" | "caption" | "colgroup"),
        node => node.bodies().into_iter().any(|body| body.iter().any(is_table_section)),
    }
}
