//! The model of the events of a state. The code that is made of it is `emit.rs`.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::{Attribute, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Meta, Pat, PatType, ReceiverKind, Type};

use super::check;
use crate::attr;
use crate::diag::Diagnostics;
use crate::names::in_place;
use crate::root::Root;

/// The events of one `impl` block.
pub(crate) struct Events<'a> {
    pub(crate) root: Root,
    /// The block without `#[event]`.
    pub(crate) item: &'a ItemImpl,
    /// The name of the state's type.
    pub(crate) name: String,
    /// The type with a constructor for each event.
    pub(crate) companion: Ident,
    pub(crate) events: Vec<Event<'a>>,
    /// The functions that are no events.
    pub(crate) others: Vec<&'a ImplItemFn>,
}

/// One event.
pub(crate) struct Event<'a> {
    pub(crate) method: &'a ImplItemFn,
    pub(crate) changes: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// Whether nothing is wrong with it. If something is, it can be named in views, but not called.
    pub(crate) is_sound: bool,
}

/// A parameter of an event.
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    /// The type, with `Self` resolved.
    pub(crate) of: TokenStream,
    pub(crate) source: Source,
}

/// Who gives an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The page: it has a place in the constructor.
    Page,
    /// The request: the parameter is marked `#[extract]`.
    Request,
    /// The call itself: the parameter is an `Updates`.
    Call,
}

/// A method that was marked `#[event]`.
pub(crate) struct EventMark {
    /// Its place in the block.
    at: usize,
    /// The places of the inputs marked `#[extract]`: the request gives them, not the page.
    extracted: Vec<usize>,
}

/// Removes the marks that only `#[state]` understands, and returns what they said.
pub(crate) fn unmark(item: &mut ItemImpl, diag: &mut Diagnostics) -> Vec<EventMark> {
    let mut marked = Vec::new();
    for (at, member) in item.items.iter_mut().enumerate() {
        let ImplItem::Fn(method) = member else { continue };
        let marks: Vec<Attribute> = method.attrs.extract_if(.., |one| attr::is_named(one, "event")).collect();
        let conditional: Vec<Attribute> = method.attrs.extract_if(.., |one| is_conditional_event(one)).collect();
        check::marks(&marks, &conditional, diag);
        if marks.is_empty() && conditional.is_empty() {
            continue;
        }
        marked.push(EventMark { at, extracted: extracted(method, diag) });
    }
    marked
}

fn extracted(method: &mut ImplItemFn, diag: &mut Diagnostics) -> Vec<usize> {
    let mut extracted = Vec::new();
    for (at, input) in method.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(parameter) = input else { continue };
        let marks: Vec<_> = parameter.attrs.extract_if(.., |one| attr::is_named(one, "extract")).collect();
        check::extract_marks(&marks, diag);
        if !marks.is_empty() {
            extracted.push(at);
        }
    }
    extracted
}

impl<'a> Events<'a> {
    /// Reads a block. Returns nothing if there is nothing to go on with.
    pub(crate) fn from_syn(
        root: Root,
        item: &'a ItemImpl,
        marked: &[EventMark],
        diag: &mut Diagnostics,
    ) -> Option<Self> {
        let name = check::block(item, diag)?;
        let (mut events, mut others) = (Vec::new(), Vec::new());
        for (at, method) in functions(item) {
            let twin = check::twin(item, at, method);
            match marked.iter().find(|mark| mark.at == at) {
                // rustc says that there are two; one constructor is enough for both.
                _ if twin.is_some_and(|twin| twin < at) => {}
                None => others.push(method),
                Some(mark) => {
                    let mut event = Event::from_syn(method, mark, &item.self_ty, diag);
                    event.is_sound &= twin.is_none();
                    events.push(event);
                }
            }
        }
        let is_event = |method: &&ImplItemFn| events.iter().any(|event| event.method.sig.ident == method.sig.ident);
        others.retain(|method| !is_event(method));
        let companion = format_ident!("{name}Events", span = Span::mixed_site());
        Some(Self { root, item, name: name.to_string(), companion, events, others })
    }
}

impl<'a> Event<'a> {
    fn from_syn(method: &'a ImplItemFn, mark: &EventMark, state: &Type, diag: &mut Diagnostics) -> Self {
        let is_sound = check::method(method, diag);
        let changes = match method.sig.receiver().map(|receiver| &receiver.kind) {
            Some(ReceiverKind::Reference(_, _, mutability)) => mutability.is_some(),
            _ => true,
        };
        let parameters = method.sig.inputs.iter().enumerate().filter_map(|(at, input)| match input {
            FnArg::Typed(parameter) => Some(Parameter::from_syn(at, parameter, mark, state)),
            FnArg::Receiver(_) => None,
        });
        Self { method, changes, parameters: parameters.collect(), is_sound }
    }

    /// The parameters that a page gives, which are those of the constructor.
    pub(crate) fn given(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.source == Source::Page)
    }

    /// The types of what a page gives as text: with other types it is another event.
    pub(crate) fn shape(&self) -> String {
        let types: Vec<String> = self.given().map(|parameter| spaced(parameter.of.clone())).collect();
        types.join(", ")
    }
}

impl Parameter {
    fn from_syn(at: usize, parameter: &PatType, mark: &EventMark, state: &Type) -> Self {
        let source = match &*parameter.ty {
            _ if mark.extracted.contains(&at) => Source::Request,
            Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Updates") => Source::Call,
            _ => Source::Page,
        };
        let name = match &*parameter.pat {
            Pat::Ident(name) => name.ident.to_string(),
            _ => format!("argument_{at}"),
        };
        let name = name.strip_prefix("r#").map_or_else(
            || Ident::new(&name, Span::mixed_site()),
            |keyword| Ident::new_raw(keyword, Span::mixed_site()),
        );
        let state = state.to_token_stream();
        Self { name, of: without_self(parameter.ty.to_token_stream(), &state), source }
    }
}

/// The functions of a block, with their places in it.
pub(crate) fn functions(item: &ItemImpl) -> impl Iterator<Item = (usize, &ImplItemFn)> {
    item.items.iter().enumerate().filter_map(|(at, member)| match member {
        ImplItem::Fn(method) => Some((at, method)),
        _ => None,
    })
}

/// Replaces `Self`, which means another type in the companion.
pub(crate) fn without_self(tokens: TokenStream, state: &TokenStream) -> TokenStream {
    let replace = |tree: TokenTree| match tree {
        TokenTree::Ident(name) if name == "Self" => in_place(state.clone(), name.span()),
        TokenTree::Group(group) => {
            let mut inside = Group::new(group.delimiter(), without_self(group.stream(), state));
            inside.set_span(group.span());
            TokenTree::Group(inside).into()
        }
        other => other.into(),
    };
    tokens.into_iter().flat_map(replace).collect()
}

/// Writes tokens with one blank between each two, so that the text does not depend on how the source is laid out.
fn spaced(tokens: TokenStream) -> String {
    let trees = tokens.into_iter().map(|tree| match tree {
        TokenTree::Group(group) => format!("( {} )", spaced(group.stream())),
        tree => tree.to_string(),
    });
    trees.collect::<Vec<_>>().join(" ")
}

/// Tells whether an attribute is `#[cfg_attr(.., event)]`.
fn is_conditional_event(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let mut last = list.tokens.clone().into_iter();
    list.path.is_ident("cfg_attr") && last.any(|tree| matches!(tree, TokenTree::Ident(name) if name == "event"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn self_is_resolved_everywhere() {
        let replaced = without_self(quote!(Vec<(Self, Option<Self>)>), &quote!(m::State));
        assert_eq!(replaced.to_string(), quote!(Vec<(m::State, Option<m::State>)>).to_string());
    }

    #[test]
    fn the_shape_does_not_depend_on_layout() {
        let text = |source: &str| spaced(source.parse().unwrap());
        assert_eq!(text("Vec<UploadFile>"), text("Vec < UploadFile >"));
        assert_eq!(text("(u8,[u8;4])"), text("( u8, [ u8 ; 4 ] )"));
        assert_ne!(text("Vec<u8>"), text("Vec<u16>"));
    }
}
