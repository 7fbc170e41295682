//! Lowers `uploader` and `file_list`: the part of each that a view says. The rest is made of other elements, by `filekit/src/kit/`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Expr, ExprArray, Ident, Pat, token};

use super::super::ast::{Attribute, Broken, Child, Element, Literal, Node, Value};
use super::super::names::{self, ElementName};
use super::element::take;
use super::slots::is_dynamic;
use super::{Check, Closure, FileList, Lowered, Slot, SlotView, Slots, Step, UploaderParts, of};
use crate::event::reference;
use crate::names::{glue, local};

impl Lowered {
    /// Lowers an uploader: a box, with an upload in it that has what else is said.
    pub(super) fn uploader(&mut self, path: Vec<u16>, mut element: Element) {
        let name = element.name;
        let [send, auto] = ["on_upload", "auto"].map(|attribute| self.own(&mut element, attribute));
        let [empty, footer] = ["empty", "footer"].map(|attribute| self.slot_view(&mut element, attribute));
        let is_sent_at_once = auto.as_ref().is_some_and(|auto| names::is_true(&auto.value));
        if let Some(Attribute { value, .. }) = auto
            && !matches!(value, Value::Dynamic(Expr::Lit(_)))
        {
            self.keep(value);
        }
        let (look, mut zone): (Vec<_>, Vec<_>) = element.attributes.drain(..).partition(|one| is_of_look(name, one));
        let send = match send {
            Some(Attribute { value: value @ Value::Broken(_), .. }) => {
                self.keep(value);
                None
            }
            Some(send) if is_sent_at_once => {
                sent_when_chosen(&mut zone, send);
                None
            }
            Some(send) => Some(self.view_of(send_button(send))),
            None => None,
        };
        if element.children.is_empty() {
            element.children.push(shown(quote!(::filekit::kit::uploader_prompt())));
        }
        let upload = Element { name: ElementName { class: "upload", ..name }, attributes: zone, ..element };
        self.around(path, name, look, |lowered| {
            let path = lowered.place.enter();
            lowered.upload(path, upload, Some(UploaderParts { send, empty, footer }));
            lowered.place.leave();
        });
    }

    /// Lowers a list of stored files: a box, with what is made of the files in it.
    pub(super) fn file_list(&mut self, path: Vec<u16>, mut element: Element) {
        let [remove, download] = ["on_remove", "on_download"].map(|attribute| self.own(&mut element, attribute));
        let remove = remove.and_then(|remove| self.closure(remove, row_button));
        let download = download.and_then(|download| self.closure(download, download_button));
        let empty = self.slot_view(&mut element, "empty");
        let id = download.is_some().then(|| self.own(&mut element, "id")).flatten();
        let id = id.and_then(|id| id.value.into_expression());
        let Element { name, attributes, mut children, .. } = element;
        let files = take_files(&mut children);
        self.around(path, name, attributes, |lowered| {
            lowered.steps.push(Step::FileList(FileList { files, id, remove, download, empty }));
            // They are an error; but one of them may be an attribute that is being typed.
            lowered.within(Some(name), children);
        });
    }

    /// Takes an attribute that is written in another way, and has its name checked.
    fn own(&mut self, element: &mut Element, name: &str) -> Option<Attribute> {
        let attribute = take(element, name)?;
        self.checks.push(Check::Name(of(element.name, &attribute)));
        Some(attribute)
    }

    /// Takes a view that is given as an attribute.
    fn slot_view(&mut self, element: &mut Element, name: &str) -> Option<SlotView> {
        let attribute = take(element, name)?;
        let of = of(element.name, &attribute);
        match attribute.value {
            Value::Broken(broken) => {
                self.broken(of, broken);
                None
            }
            value => Some(SlotView { of, value: value.into_expression()? }),
        }
    }

    /// Keeps a value that the view has no use for: an editor may be completing in it.
    fn keep(&mut self, value: Value) {
        let broken = match value {
            Value::Broken(broken) => broken,
            value => {
                let tokens = value.into_expression().map(reference::resolve).to_token_stream();
                Broken { tokens, block: Vec::new() }
            }
        };
        self.steps.push(Step::Broken(broken));
    }

    /// Lowers the box around a composed element.
    fn around(&mut self, path: Vec<u16>, name: ElementName, look: Vec<Attribute>, lower: impl FnOnce(&mut Self)) {
        let is_tag = self.has_all_slots() && look.iter().any(is_dynamic);
        if is_tag {
            self.slot(Slot::BeginTag(path));
        }
        self.markup("<div");
        self.attributes(name, look);
        self.markup(">");
        if is_tag {
            self.slot(Slot::EndTag);
        }
        lower(self);
        self.markup("</div>");
    }

    /// Lowers a button as a view of its own.
    fn view_of(&mut self, button: Element) -> Vec<Step> {
        self.block(Slots::All, |lowered| lowered.element(button))
    }

    /// Lowers a closure that makes actions, which `button` puts into a button.
    fn closure(&mut self, attribute: Attribute, button: fn(Attribute) -> Element) -> Option<Closure> {
        let closure = match attribute.value {
            Value::Dynamic(Expr::Closure(closure)) => closure,
            // An error was recorded.
            value => {
                self.keep(value);
                return None;
            }
        };
        let pattern: Pat = closure.inputs.into_iter().next()?;
        let actions = Attribute { value: Value::Dynamic(*closure.body), ..attribute };
        Some(Closure { pattern, body: self.view_of(button(actions)) })
    }
}

/// What a uploader looks like is said of the box around its parts.
fn is_of_look(element: ElementName, attribute: &Attribute) -> bool {
    let is_style = || names::style(element, &attribute.name).is_some();
    !attribute.is_given && (matches!(attribute.name.as_str(), "class" | "style") || is_style())
}

/// Takes the files of a list. If there are none, which is an error, it is of none, so that the rest is checked anyway.
fn take_files(children: &mut Vec<Node>) -> Expr {
    match children.extract_if(.., |child| matches!(child, Node::Child(_))).next() {
        Some(Node::Child(Child { value, .. })) => value,
        _ => Expr::Verbatim(quote!(::core::iter::empty::<::filekit::__private::StoredFile>())),
    }
}

/// Makes what sends files an action of the zone: behind its own, which may refuse the files.
fn sent_when_chosen(zone: &mut Vec<Attribute>, send: Attribute) {
    let at = zone.iter().position(|attribute| attribute.name == "on_drop" && !attribute.is_given);
    let own = at.map(|at| zone.remove(at));
    let actions = own.into_iter().map(|own| own.value).chain([send.value]).flat_map(actions_in).collect();
    let all = ExprArray { attrs: Vec::new(), bracket_token: token::Bracket::default(), elems: actions };
    zone.push(attribute("on_drop", send.equals, Value::Dynamic(Expr::Array(all))));
}

fn actions_in(value: Value) -> Vec<Expr> {
    match value.into_expression() {
        Some(Expr::Array(several)) => several.elems.into_iter().collect(),
        value => value.into_iter().collect(),
    }
}

/// The button that sends what is chosen.
fn send_button(send: Attribute) -> Element {
    let upload = local("upload");
    let has_nothing = quote!(::filekit::__private::has_selection(#upload.id()).not());
    let at = send.equals;
    button(
        vec![
            literal("color", "primary", at),
            literal("class", "fk-uploader-send", at),
            attribute("disabled", at, Value::Dynamic(Expr::Verbatim(has_nothing))),
            on_click(send),
        ],
        vec![shown(quote!(::filekit::__private::Words("upload.send")))],
    )
}

/// The button that removes the file of a row.
fn row_button(remove: Attribute) -> Element {
    let file = local("file");
    let at = remove.equals;
    button(
        vec![literal("class", "fk-file-remove", at), on_click(remove)],
        vec![shown(quote!(::filekit::kit::named("file-list.remove", #file.name())))],
    )
}

/// The button that hands over what is selected.
fn download_button(download: Attribute) -> Element {
    let at = download.equals;
    button(
        vec![literal("class", "fk-file-list-download", at), on_click(download)],
        vec![shown(quote!(::filekit::__private::Words("file-list.download-selected")))],
    )
}

fn button(attributes: Vec<Attribute>, children: Vec<Node>) -> Element {
    let name = ElementName { name: "button", class: "button", tag: "button", void: false, kit: true };
    let ident = Ident::new(name.name, Span::mixed_site());
    Element { ident, name, tag: name.tag.into(), attributes, children }
}

/// The same actions, under the name that they have on a button.
fn on_click(actions: Attribute) -> Attribute {
    attribute("on_click", actions.equals, actions.value)
}

fn literal(name: &str, text: &str, at: Span) -> Attribute {
    let expression = Expr::Verbatim(quote!(#text));
    attribute(name, at, Value::Literal(Literal { expression, text: text.to_owned(), is_text: true }))
}

fn attribute(name: &str, at: Span, value: Value) -> Attribute {
    Attribute { ident: Ident::new(name, glue(at)), name: name.to_owned(), is_given: false, equals: at, value }
}

fn shown(call: TokenStream) -> Node {
    // What it is parsed as says how it is written: as a call.
    let value = syn::parse2(call).unwrap_or_else(|_| Expr::Verbatim(TokenStream::new()));
    Node::Child(Child { value, before: None })
}
