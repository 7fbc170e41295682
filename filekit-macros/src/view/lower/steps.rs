//! The steps of a lowered view: between what the user wrote and the Rust that is emitted.

use proc_macro2::Span;
use syn::{Expr, Ident, Local, Pat, Token};

use super::super::ast::{ArmHead, Broken, Child, ForHead};
use super::super::names::ElementName;

/// One step of building a view.
pub(crate) enum Step {
    /// Static text; two of them are never side by side.
    Markup(String),
    Child {
        child: Child,
        /// The element of which it is an argument, among which editors offer the attributes of that element.
        around: Option<ElementName>,
    },
    /// A whole attribute; `name` begins with a blank.
    Attribute {
        name: String,
        of: Of,
        value: Expr,
    },
    /// Whether a button is disabled. The attribute for it depends on the tag, which is known when its actions are.
    Disabled {
        of: Of,
        value: Expr,
    },
    /// A property inside of `style="..."`.
    Style {
        property: String,
        of: Of,
        value: Expr,
    },
    /// Classes behind those that a kit element has by itself.
    Class {
        of: Of,
        value: Expr,
    },
    /// A value inside of a quoted attribute.
    Value {
        of: Of,
        value: Expr,
    },
    /// The actions that an event of the browser sets off.
    Actions {
        event: String,
        actions: Vec<Action>,
    },
    /// A button, which becomes a link if all that it does is to download.
    Button {
        actions: Vec<Action>,
        body: Vec<Step>,
    },
    Upload(Upload),
    FileList(FileList),
    Slot(Slot),
    /// A form; the `>` of its tag is in its body.
    Form {
        actions: Vec<Action>,
        body: Vec<Step>,
    },
    /// The id of a form control, which is its name as well.
    ControlId {
        of: Of,
        value: Expr,
    },
    /// The attribute that makes a control part of the form of files, where no other form is around.
    FormOwner,
    If {
        keyword: Token![if],
        condition: Expr,
        /// A `break` or a `continue` leads out of it, so it cannot be the browser's.
        is_left: bool,
        then: Vec<Step>,
        otherwise: Vec<Step>,
    },
    Match {
        keyword: Token![match],
        scrutinee: Expr,
        arms: Vec<Arm>,
    },
    For {
        head: ForHead,
        /// A `break` or a `continue` leads to a loop around it, so it cannot be the browser's.
        is_left: bool,
        body: Vec<Step>,
    },
    Scope(Vec<Step>),
    Let(Local),
    Statement(Expr),
    /// The name of an element that there is not.
    Unknown {
        name: Ident,
        may_be_function: bool,
    },
    /// A value of something unknown, so that mistakes in it are found.
    Discard(Expr),
    Broken(Broken),
}

/// Where something begins or ends that may be changed by itself.
pub(crate) enum Slot {
    BeginRange,
    BeginList,
    EndRange,
    /// Whether it needs a mark, because it is not just one element.
    Row(bool),
    Key(Expr),
    BeginElement(Vec<u16>),
    EndElement,
    BeginTag(Vec<u16>),
    EndTag,
    BeginInert,
    EndInert,
}

/// An upload: its zone, the file input that comes first in it, and the rest.
pub(crate) struct Upload {
    /// Where its zone is, if it can be changed by itself.
    pub(crate) path: Option<Vec<u16>>,
    pub(crate) of: Of,
    pub(crate) id: Expr,
    pub(crate) settings: Vec<Setting>,
    pub(crate) zone: Vec<Step>,
    /// The user names the input; else it bears the id.
    pub(crate) is_named: bool,
    pub(crate) input: Vec<Step>,
    pub(crate) body: Vec<Step>,
    /// What an uploader has besides.
    pub(crate) uploader: Option<UploaderParts>,
}

/// What a view says of the parts behind an uploader's zone.
pub(crate) struct UploaderParts {
    /// The button that sends what is chosen, unless that is sent by itself.
    pub(crate) send: Option<Vec<Step>>,
    pub(crate) empty: Option<SlotView>,
    pub(crate) footer: Option<SlotView>,
}

/// What a view says of a list of stored files.
pub(crate) struct FileList {
    pub(crate) files: Expr,
    /// The id under which what is selected is known, if anything is done with that.
    pub(crate) id: Option<Expr>,
    /// The button that removes a file.
    pub(crate) remove: Option<Closure>,
    /// The button that hands over what is selected.
    pub(crate) download: Option<Closure>,
    pub(crate) empty: Option<SlotView>,
}

/// A closure that makes actions, with the button that they are of.
pub(crate) struct Closure {
    pub(crate) pattern: Pat,
    pub(crate) body: Vec<Step>,
}

/// A view as an attribute.
pub(crate) struct SlotView {
    pub(crate) of: Of,
    pub(crate) value: Expr,
}

/// An attribute of an upload that the runtime reads before it writes anything.
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) of: Of,
    pub(crate) value: Expr,
}

/// An arm of a `match`.
pub(crate) struct Arm {
    pub(crate) head: ArmHead,
    pub(crate) body: Vec<Step>,
}

/// One action of an `on_*` attribute.
pub(crate) struct Action {
    pub(crate) of: Of,
    /// The value, with references to events resolved.
    pub(crate) value: Expr,
}

/// An attribute of an element, by the names under which the runtime declares it.
#[derive(Clone)]
pub(crate) struct Of {
    pub(crate) element: &'static str,
    pub(crate) attribute: Ident,
    /// The span of generated tokens around the value.
    pub(crate) at: Span,
}

/// Something that rustc checks in code that never runs.
pub(crate) enum Check {
    /// A literal that was merged into the static text.
    Literal { of: Of, value: Expr },
    /// An attribute whose value is missing or broken.
    Name(Of),
}
