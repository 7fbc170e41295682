//! Rules for events, one function for each; types are rustc's to judge.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, ImplItemFn, ItemImpl, Meta, PatType, PathArguments, PathSegment,
    ReceiverKind, Safety, Type,
};

use super::model;
use crate::attr;
use crate::diag::Diagnostics;

/// `#[event]` occurs once and alone, and not under a condition that is decided after `#[state]` has read it.
pub(crate) fn marks(marks: &[Attribute], conditional: &[Attribute], diag: &mut Diagnostics) {
    once_and_alone("event", marks, diag);
    for condition in conditional {
        diag.error(condition, "put `#[cfg(..)]` on the method and mark it `#[event]`");
    }
}

/// `#[extract]` occurs once and alone.
pub(crate) fn extract_marks(marks: &[Attribute], diag: &mut Diagnostics) {
    once_and_alone("extract", marks, diag);
}

fn once_and_alone(name: &str, marks: &[Attribute], diag: &mut Diagnostics) {
    for mark in marks.iter().skip(1) {
        diag.error(mark, format_args!("`#[{name}]` specified more than once"));
    }
    for mark in marks.iter().filter(|mark| !matches!(mark.meta, Meta::Path(_))) {
        diag.error(mark, format_args!("`#[{name}]` takes no arguments"));
    }
}

/// Events belong to a type of that very name, which is not generic. Returns the name.
pub(crate) fn block(item: &ItemImpl, diag: &mut Diagnostics) -> Option<Ident> {
    if let Some((path, _)) = &item.trait_ {
        diag.error(path, "`#[state]` goes on an inherent `impl` block, not on that of a trait");
        return None;
    }
    if !item.generics.params.is_empty() {
        diag.error(&item.generics, "session state cannot be generic");
        return None;
    }
    let Type::Path(path) = &*item.self_ty else {
        diag.error(&item.self_ty, "session state is a struct");
        return None;
    };
    let last = path.path.segments.last()?;
    if !last.arguments.is_none() {
        diag.error(&last.arguments, "session state cannot be generic");
        return None;
    }
    Some(last.ident.clone())
}

/// Checks one event. Returns whether it can be called.
pub(crate) fn method(method: &ImplItemFn, diag: &mut Diagnostics) -> bool {
    let mut found = Diagnostics::default();
    receiver(method, &mut found);
    generics(method, &mut found);
    safety(method, &mut found);
    name(method, &mut found);
    for input in &method.sig.inputs {
        if let FnArg::Typed(parameter) = input {
            self::parameter(parameter, &mut found);
        }
    }
    streams(method, &mut found);
    let is_sound = found.is_empty();
    diag.append(found);
    is_sound
}

/// Returns the place of another function of the same name, unless a condition may choose between the two.
pub(crate) fn twin(item: &ItemImpl, at: usize, method: &ImplItemFn) -> Option<usize> {
    let is_conditional = |method: &ImplItemFn| !attr::conditions(&method.attrs).is_empty();
    let mut twins = model::functions(item).filter(|(place, other)| {
        *place != at && other.sig.ident == method.sig.ident && !is_conditional(other) && !is_conditional(method)
    });
    twins.next().map(|(place, _)| place)
}

/// `&self` reads and `&mut self` changes; there is no other way to hold a visitor's state.
fn receiver(method: &ImplItemFn, diag: &mut Diagnostics) {
    const MESSAGE: &str = "an event takes `&self` or `&mut self`";
    match method.sig.receiver() {
        None => diag.error(&method.sig.ident, MESSAGE),
        Some(receiver) if !matches!(receiver.kind, ReceiverKind::Reference(..)) => diag.error(receiver, MESSAGE),
        Some(_) => {}
    }
}

/// A page calls an event by its id, which means one function.
fn generics(method: &ImplItemFn, diag: &mut Diagnostics) {
    if !method.sig.generics.params.is_empty() {
        diag.error(&method.sig.generics, "an event cannot be generic");
    }
}

/// A browser cannot promise what `unsafe` asks for.
fn safety(method: &ImplItemFn, diag: &mut Diagnostics) {
    if let Safety::Unsafe(keyword) = &method.sig.safety {
        diag.error(keyword, "an event cannot be `unsafe`");
    }
}

/// Names of generated code are not for users.
fn name(method: &ImplItemFn, diag: &mut Diagnostics) {
    if method.sig.ident.to_string().starts_with("__filekit") {
        diag.error(&method.sig.ident, "names that begin with `__filekit` are reserved");
    }
}

/// An argument of an event was sent by a browser and is the event's own; so it borrows nothing and has a name.
fn parameter(parameter: &PatType, diag: &mut Diagnostics) {
    for attribute in &parameter.attrs {
        if attribute.path().is_ident("cfg") {
            diag.error(attribute, "put `#[cfg(..)]` on the event, not on a parameter");
        }
    }
    if find(parameter.ty.to_token_stream(), &|tree| is_word(tree, "impl")) {
        diag.error(&parameter.ty, "a parameter of an event needs a type that has a name");
    } else if find(parameter.ty.to_token_stream(), &|tree| is_sign(tree, '&') || is_sign(tree, '\'')) {
        let cure = owned(&parameter.ty).unwrap_or_default();
        diag.error_at(parameter.ty.span(), format!("a parameter of an event is owned, not borrowed{cure}"));
    }
}

/// A body is one sequence of files: a parameter that reads it while it arrives reads all of it.
fn streams(method: &ImplItemFn, diag: &mut Diagnostics) {
    let typed = method.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    let files: Vec<&PatType> = typed.filter(|parameter| is_stream(&parameter.ty) || is_files(&parameter.ty)).collect();
    let Some(stream) = files.iter().position(|parameter| is_stream(&parameter.ty)) else { return };
    for (at, parameter) in files.into_iter().enumerate() {
        if at != stream {
            let other = parameter.pat.to_token_stream();
            diag.error(parameter, format_args!("a stream of files comes alone; `{other}` receives files too"));
        }
    }
}

fn is_stream(of: &Type) -> bool {
    last_segment(of).is_some_and(|last| last.ident == "UploadStream")
}

/// Tells whether a type is `UploadFile`, in a `Vec` or an `Option` or by itself.
fn is_files(of: &Type) -> bool {
    let Some(last) = last_segment(of) else { return false };
    match &last.arguments {
        PathArguments::AngleBracketed(inner) if last.ident == "Vec" || last.ident == "Option" => {
            inner.args.iter().any(|inner| matches!(inner, GenericArgument::Type(inner) if is_files(inner)))
        }
        _ => last.ident == "UploadFile",
    }
}

fn last_segment(of: &Type) -> Option<&PathSegment> {
    match of {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Tells whether a type can be written elsewhere: it borrows nothing, and is not hidden behind `impl`.
pub(crate) fn has_plain_name(of: TokenStream) -> bool {
    !find(of, &|tree| is_word(tree, "impl") || is_sign(tree, '&') || is_sign(tree, '\''))
}

/// Suggests an owned type for those that are most often borrowed.
fn owned(borrowed: &Type) -> Option<String> {
    let Type::Reference(reference) = borrowed else { return None };
    let inner: String = reference.elem.to_token_stream().to_string().split_whitespace().collect();
    let owned = match inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(item) => format!("Vec<{item}>"),
        None if inner == "str" => "String".to_owned(),
        None => inner,
    };
    Some(format!("; write `{owned}`"))
}

fn find(tokens: TokenStream, wanted: &impl Fn(&TokenTree) -> bool) -> bool {
    tokens.into_iter().any(|tree| match &tree {
        TokenTree::Group(group) => find(group.stream(), wanted),
        tree => wanted(tree),
    })
}

fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(name) if name == word)
}

fn is_sign(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}
