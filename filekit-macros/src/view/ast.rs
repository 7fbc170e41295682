//! The syntax tree of a view, with the user's tokens kept. It is turned into steps in `lower/`.

use std::borrow::Cow;

use proc_macro2::{Span, TokenStream};
use syn::{Attribute as RustAttribute, Expr, Ident, Label, Local, Pat, Token};

use super::names::ElementName;

/// A child of an element, a root of a view, or a statement in a block of one.
pub(crate) enum Node {
    Text(Text),
    Element(Element),
    /// A call that can only be meant as an element, of a name that is none.
    Unknown(Unknown),
    If(If),
    Match(Match),
    For(For),
    /// A block of its own: `{ let total = ..; text(total) }`.
    Scope(Vec<Node>),
    Let(Local),
    /// `break`, `continue`, `return`, assignments: nothing to show.
    Statement(Expr),
    Child(Child),
    Broken(Broken),
}

impl Node {
    /// The lists of nodes inside of this one. Of control flow's, no more than one is shown at a time.
    pub(crate) fn bodies(&self) -> Vec<&[Node]> {
        match self {
            Node::Element(element) => vec![&element.children],
            Node::Unknown(unknown) => vec![&unknown.children],
            Node::If(branch) => {
                let otherwise = branch.otherwise.as_deref();
                [Some(&branch.then[..]), otherwise].into_iter().flatten().collect()
            }
            Node::Match(choice) => choice.arms.iter().map(|arm| &arm.body[..]).collect(),
            Node::For(repetition) => vec![&repetition.body],
            Node::Scope(body) => vec![body],
            Node::Broken(broken) => vec![&broken.block],
            Node::Text(_) | Node::Let(_) | Node::Statement(_) | Node::Child(_) => Vec::new(),
        }
    }
}

/// Text that is known while compiling.
#[derive(Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Its place, if it is a text literal without parentheses around it.
    pub(crate) literal: Option<Span>,
}

/// Tokens that could not be understood, kept because an editor may be completing in them.
pub(crate) struct Broken {
    pub(crate) tokens: TokenStream,
    /// The content of the block behind them. It is checked, but not emitted: it may use names that were lost.
    pub(crate) block: Vec<Node>,
}

/// A value that is shown.
pub(crate) struct Child {
    pub(crate) value: Expr,
    /// The sign before it, `(`, `,`, `{` or `;`, whose place generated tokens take; a root may have none.
    pub(crate) before: Option<Span>,
}

pub(crate) struct Element {
    /// As the user wrote it.
    pub(crate) ident: Ident,
    pub(crate) name: ElementName,
    /// The name in HTML; that of `el` is its first argument.
    pub(crate) tag: Cow<'static, str>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    /// The value of an attribute that the element itself has; one that is given as text may have any name.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        let mut named = self.attributes.iter().filter(|attribute| attribute.name == name && !attribute.is_given);
        named.next().map(|attribute| &attribute.value)
    }
}

/// Something written like an element whose name rustc is to correct.
pub(crate) struct Unknown {
    pub(crate) ident: Ident,
    /// It may be a function all the same, which takes what functions of the user return that bear names of elements.
    pub(crate) may_be_function: bool,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Node>,
}

/// `name = value` or `attr("name", value)`.
pub(crate) struct Attribute {
    /// As the user wrote it, so possibly raw. Of a given name it is a field of the runtime, in its place.
    pub(crate) ident: Ident,
    /// The name without `r#`, or the given one.
    pub(crate) name: String,
    /// Tells whether the name was given as text, as HTML spells it.
    pub(crate) is_given: bool,
    /// The `=` or the comma, whose span the generated tokens around the value take.
    pub(crate) equals: Span,
    pub(crate) value: Value,
}

/// The value of an attribute.
pub(crate) enum Value {
    /// Text or a number, known while compiling.
    Literal(Literal),
    Dynamic(Expr),
    /// Nothing that could be understood; the tokens are kept for editors.
    Broken(Broken),
}

/// A literal and its text.
pub(crate) struct Literal {
    pub(crate) expression: Expr,
    pub(crate) text: String,
    pub(crate) is_text: bool,
}

pub(crate) struct If {
    pub(crate) keyword: Token![if],
    pub(crate) condition: Expr,
    pub(crate) then: Vec<Node>,
    /// The branch of `else`; for `else if`, one `If`.
    pub(crate) otherwise: Option<Vec<Node>>,
}

pub(crate) struct Match {
    pub(crate) keyword: Token![match],
    pub(crate) scrutinee: Expr,
    pub(crate) arms: Vec<Arm>,
}

pub(crate) struct Arm {
    pub(crate) head: ArmHead,
    pub(crate) body: Vec<Node>,
    /// Tells whether the body was in braces, so that no comma needs to follow.
    pub(crate) is_block: bool,
}

/// The tokens before the body of an arm.
pub(crate) struct ArmHead {
    pub(crate) attributes: Vec<RustAttribute>,
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<(Token![if], Expr)>,
    pub(crate) arrow: Token![=>],
}

pub(crate) struct For {
    pub(crate) head: ForHead,
    pub(crate) body: Vec<Node>,
}

/// The tokens before the body of a loop.
pub(crate) struct ForHead {
    pub(crate) label: Option<Label>,
    pub(crate) keyword: Token![for],
    pub(crate) pattern: Pat,
    pub(crate) in_token: Token![in],
    pub(crate) list: Expr,
}
