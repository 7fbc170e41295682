//! Turns a view into steps that append to one buffer, with neighbouring static text merged. `emit/` turns them into Rust.

mod attribute;
mod composed;
mod element;
mod slots;
mod steps;

pub(crate) use steps::{
    Action, Arm, Check, Closure, FileList, Of, Setting, Slot, SlotView, Step, Upload, UploaderParts,
};

use std::collections::HashSet;

use syn::{Expr, Ident};

use super::ast::{Child, If, Node, Unknown, Value};
use super::names::ElementName;
use super::{endpoint, leave, several};
use crate::event::reference;
use crate::names::glue;
use slots::{Place, Slots};

/// A view, ready to be emitted.
#[derive(Default)]
pub(crate) struct Lowered {
    pub(crate) steps: Vec<Step>,
    /// The code that rustc is to check although it is not in the steps.
    pub(crate) checks: Vec<Check>,
    /// The bytes of all static text.
    pub(crate) capacity: usize,
    /// The names of all elements, for editors.
    pub(crate) elements: Vec<Ident>,
    /// The element whose arguments are being lowered.
    around: Option<ElementName>,
    /// The ids of uploads that say to take several files.
    several: HashSet<String>,
    slots: Slots,
    place: Place,
}

/// Lowers a whole view.
pub(crate) fn view(nodes: Vec<Node>) -> Lowered {
    // A loop around the view may be left in the middle of anything, which then has no end.
    let slots = if leave::escapes(&nodes, &mut Vec::new()) { Slots::None } else { Slots::All };
    let mut lowered = Lowered { several: several::uploads(&nodes), slots, ..Lowered::default() };
    lowered.nodes(nodes);
    lowered
}

impl Lowered {
    fn nodes(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: Node) {
        match node {
            Node::Text(text) => self.text(&text.text),
            Node::Element(element) => self.element(element),
            Node::Unknown(unknown) => self.unknown(unknown),
            Node::If(branch) => self.condition(branch),
            Node::Match(choice) => self.choice(choice),
            Node::For(repetition) => self.repetition(repetition),
            Node::Scope(body) => {
                let body = self.body(body);
                self.steps.push(Step::Scope(body));
            }
            Node::Let(local) => self.steps.push(Step::Let(endpoint::resolve_local(local))),
            Node::Statement(expression) => self.steps.push(Step::Statement(expression)),
            Node::Child(child) => {
                let child = Child { value: endpoint::resolve(child.value), ..child };
                self.steps.push(Step::Child { child, around: self.around });
            }
            Node::Broken(broken) => self.steps.push(Step::Broken(broken)),
        }
    }

    /// Lowers nodes that run under a condition of their own.
    fn body(&mut self, nodes: Vec<Node>) -> Vec<Step> {
        self.inside(|lowered| lowered.within(None, nodes))
    }

    /// Lowers the children of an element, or what is no argument of any.
    fn within(&mut self, element: Option<ElementName>, nodes: Vec<Node>) {
        let around = std::mem::replace(&mut self.around, element);
        self.nodes(nodes);
        self.around = around;
    }

    /// Collects the steps that `lower` adds.
    fn inside(&mut self, lower: impl FnOnce(&mut Self)) -> Vec<Step> {
        let around = std::mem::take(&mut self.steps);
        lower(self);
        std::mem::replace(&mut self.steps, around)
    }

    fn condition(&mut self, branch: If) {
        let leaves = |body: &Vec<Node>| leave::escapes(body, &mut Vec::new());
        let is_left = leaves(&branch.then) || branch.otherwise.as_ref().is_some_and(leaves);
        let bodies: Vec<_> = std::iter::once(&branch.then).chain(&branch.otherwise).collect();
        let is_range = self.is_range(&bodies);
        self.range(is_range, |lowered| {
            let then = lowered.branch(branch.then);
            let otherwise = branch.otherwise.map(|otherwise| lowered.branch(otherwise)).unwrap_or_default();
            let If { keyword, condition, .. } = branch;
            lowered.steps.push(Step::If { keyword, condition, is_left, then, otherwise });
        });
    }

    fn choice(&mut self, choice: super::ast::Match) {
        let bodies: Vec<_> = choice.arms.iter().map(|arm| &arm.body).collect();
        let is_range = self.is_range(&bodies);
        self.range(is_range, |lowered| {
            let lower = |arm: super::ast::Arm| Arm { body: lowered.branch(arm.body), head: arm.head };
            let arms = choice.arms.into_iter().map(lower).collect();
            lowered.steps.push(Step::Match { keyword: choice.keyword, scrutinee: choice.scrutinee, arms });
        });
    }

    fn range(&mut self, is_range: bool, lower: impl FnOnce(&mut Self)) {
        if is_range {
            self.slot(Slot::BeginRange);
        }
        lower(self);
        if is_range {
            self.slot(Slot::EndRange);
        }
    }

    fn branch(&mut self, nodes: Vec<Node>) -> Vec<Step> {
        self.block(self.slots, |lowered| lowered.nodes(nodes))
    }

    fn repetition(&mut self, mut repetition: super::ast::For) {
        let is_left = leave::escapes(&repetition.body, &mut vec![repetition.head.label.as_ref()]);
        let is_list = !is_left && self.slots != Slots::None;
        let key = slots::take_key(&mut repetition);
        let is_one_element = slots::is_one_element(&repetition.body);
        let slots = if is_list { Slots::InRow } else { Slots::None };
        let mut nodes = repetition.body;
        let body = self.block(slots, |lowered| {
            if is_list {
                lowered.slot(Slot::Row(!is_one_element));
            }
            if let Some((place, key)) = key {
                // It may name what a `let` before its element binds.
                let keyed = nodes.split_off(place);
                lowered.nodes(nodes);
                lowered.steps.push(if is_list { Step::Slot(Slot::Key(key)) } else { Step::Discard(key) });
                nodes = keyed;
            }
            lowered.nodes(nodes);
        });
        if is_list {
            self.slot(Slot::BeginList);
        }
        self.steps.push(Step::For { head: repetition.head, is_left, body });
        if is_list {
            self.slot(Slot::EndRange);
        }
    }

    /// Keeps what an unknown element holds, so that mistakes in it are found as well.
    fn unknown(&mut self, unknown: Unknown) {
        self.steps.push(Step::Unknown { name: unknown.ident, may_be_function: unknown.may_be_function });
        for attribute in unknown.attributes {
            match attribute.value {
                Value::Literal(_) => {}
                Value::Dynamic(value) => self.steps.push(Step::Discard(reference::resolve(value))),
                Value::Broken(broken) => self.steps.push(Step::Broken(broken)),
            }
        }
        self.within(None, unknown.children);
    }

    /// Appends markup to the static text before it.
    fn markup(&mut self, markup: &str) {
        self.capacity += markup.len();
        match self.steps.last_mut() {
            Some(Step::Markup(text)) => text.push_str(markup),
            _ if markup.is_empty() => {}
            _ => self.steps.push(Step::Markup(markup.to_owned())),
        }
    }

    fn text(&mut self, text: &str) {
        let mut escaped = String::new();
        super::markup::push_escaped(&mut escaped, text);
        self.markup(&escaped);
    }

    fn check_literal(&mut self, of: Of, value: Expr) {
        self.checks.push(Check::Literal { of, value });
    }
}

/// The attribute `attribute` of an element.
fn of(element: ElementName, attribute: &super::ast::Attribute) -> Of {
    let mut ident = attribute.ident.clone();
    if attribute.is_given {
        // The place is that of the text; the field is nothing that the user wrote.
        ident.set_span(glue(ident.span()));
    }
    let element = if attribute.is_given { "attr" } else { element.name };
    Of { element, attribute: ident, at: attribute.equals }
}
