//! Rules for ids that are known while compiling: each occurs once, and every reference to one finds it.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Expr, LitStr};

use super::ast::{Attribute, Node, Value};
use super::names;
use crate::diag::Diagnostics;
use crate::similar;

/// Checks the ids of a view; `tokens` are those that it was read from.
pub(super) fn check(nodes: &[Node], tokens: &TokenStream, diag: &mut Diagnostics) {
    let mut ids = Ids::default();
    declared(nodes, false, &mut ids, diag);
    ids.is_partial = is_partial(nodes);
    named(tokens.clone(), &ids, diag);
}

/// The literal ids on the way through the view.
#[derive(Clone, Default)]
struct Ids {
    seen: Vec<Id>,
    /// The uploads whose ids are texts or constants, as expressions name them.
    uploads: Vec<String>,
    /// Some of the view could not be read, so that an id may be there anyway.
    is_partial: bool,
}

#[derive(Clone)]
struct Id {
    text: String,
    owner: Owner,
}

/// The bearer of an id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Upload,
    Other,
    /// An element of a misspelt name, which may be either.
    Unknown,
}

impl Ids {
    fn has(&self, id: &str, not: Owner) -> bool {
        self.seen.iter().any(|seen| seen.text == id && seen.owner != not)
    }

    fn nearest(&self, id: &str, not: Owner) -> Option<&str> {
        similar::nearest(id, self.seen.iter().filter(|seen| seen.owner != not).map(|seen| seen.text.as_str()))
    }
}

/// An id occurs once on a page. Branches of which only one is shown may share it; the rows of a loop cannot.
fn declared(nodes: &[Node], in_loop: bool, ids: &mut Ids, diag: &mut Diagnostics) {
    for node in nodes {
        match node {
            Node::Element(element) if element.name.is_upload() => {
                declare(&element.attributes, Owner::Upload, in_loop, ids, diag);
            }
            Node::Element(element) => declare(&element.attributes, Owner::Other, in_loop, ids, diag),
            Node::Unknown(unknown) => declare(&unknown.attributes, Owner::Unknown, in_loop, ids, diag),
            _ => {}
        }
        let before = ids.clone();
        for branch in node.bodies() {
            let mut inside = before.clone();
            declared(branch, in_loop || matches!(node, Node::For(_)), &mut inside, diag);
            ids.seen.extend(inside.seen.into_iter().skip(before.seen.len()));
            ids.uploads.extend(inside.uploads.into_iter().skip(before.uploads.len()));
        }
    }
}

fn declare(attributes: &[Attribute], owner: Owner, in_loop: bool, ids: &mut Ids, diag: &mut Diagnostics) {
    if owner == Owner::Upload {
        ids.uploads.extend(attributes.iter().find_map(id_name));
    }
    let Some((place, text)) = attributes.iter().find_map(literal_id) else { return };
    let what = if owner == Owner::Upload { "upload id" } else { "id" };
    if ids.seen.iter().any(|seen| seen.text == text) {
        diag.error_at(place, format!("the {what} \"{text}\" is used more than once in this view"));
    } else if in_loop && owner == Owner::Upload {
        diag.error_at(place, "every row would have the same upload id; use `Upload::keyed`");
    } else if in_loop {
        diag.error_at(place, "every row would have the same id; write `id = format!(..)`");
    }
    ids.seen.push(Id { text, owner });
}

fn literal_id(attribute: &Attribute) -> Option<(Span, String)> {
    match &attribute.value {
        Value::Literal(id) if attribute.name == "id" && id.is_text => Some((id.expression.span(), id.text.clone())),
        _ => None,
    }
}

/// The id of an element as another expression would have it: a text, or the name of a constant.
fn id_name(attribute: &Attribute) -> Option<String> {
    match &attribute.value {
        Value::Dynamic(Expr::Path(path)) if attribute.name == "id" => {
            path.path.segments.last().map(|name| format!("`{}`", name.ident))
        }
        _ => literal_id(attribute).map(|(_, text)| format!("\"{text}\"")),
    }
}

/// Tells whether an upload has lost its id, or something else was lost that may have held one.
fn is_partial(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| {
        let is_lost = match node {
            Node::Broken(_) => true,
            Node::Element(element) if element.name.is_upload() => {
                let id = element.attributes.iter().find(|attribute| attribute.name == "id");
                id.is_none_or(|id| matches!(id.value, Value::Broken(_)))
            }
            _ => false,
        };
        is_lost || node.bodies().into_iter().any(is_partial)
    })
}

/// Checks the calls that name an id.
///
/// Tokens are looked at, not expressions, so that a call is found wherever it is.
fn named(tokens: TokenStream, ids: &Ids, diag: &mut Diagnostics) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        if is_sign(tokens[..at].last(), '!') && at >= 2 && tokens[at - 2].to_string() == "view" {
            // A view in a view checks itself.
            continue;
        }
        let literal = syn::parse2::<LitStr>(group.stream()).ok();
        let literal = literal.filter(|_| group.delimiter() == Delimiter::Parenthesis);
        if let (Some(function), Some(id)) = (function(&tokens[..at]), literal) {
            match function.as_str() {
                "value_of" => value(&id, ids, diag),
                function if names::TAKES_UPLOAD.contains(&function) => upload(function, &id, ids, diag),
                _ => {}
            }
        }
        named(group.stream(), ids, diag);
    }
}

/// Returns the name of the function that the tokens before a call end with, such as `value_of::<String>`.
fn function(before: &[TokenTree]) -> Option<String> {
    let mut rest = before;
    if is_sign(rest.last(), '>') {
        let mut depth = 0_usize;
        while let Some((last, others)) = rest.split_last() {
            rest = others;
            depth = match last {
                TokenTree::Punct(sign) if sign.as_char() == '>' => depth + 1,
                TokenTree::Punct(sign) if sign.as_char() == '<' => depth.saturating_sub(1),
                _ => depth,
            };
            if depth == 0 {
                break;
            }
        }
        while is_sign(rest.last(), ':') {
            rest = &rest[..rest.len() - 1];
        }
    }
    match rest.last() {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// A literal id names an upload of this view; views that share an upload share a constant.
fn upload(function: &str, literal: &LitStr, ids: &Ids, diag: &mut Diagnostics) {
    let id = literal.value();
    if ids.has(&id, Owner::Other) {
        return;
    }
    match ids.nearest(&id, Owner::Other) {
        Some(meant) => {
            diag.error(literal, format!("no `upload(id = \"{id}\")` in this view; did you mean \"{meant}\"?"));
        }
        None if ids.is_partial => {}
        None => diag.error(literal, unknown_upload(function, &id, &ids.uploads)),
    }
}

/// Words what is said about an upload that is not in this view, and how one of another view is named.
fn unknown_upload(function: &str, id: &str, uploads: &[String]) -> String {
    let name: String =
        id.chars().map(|one| if one.is_ascii_alphanumeric() { one.to_ascii_uppercase() } else { '_' }).collect();
    let name = if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { "UPLOAD".to_owned() };
    // Branches of which only one is shown may have the same.
    let mut different: Vec<&str> = Vec::new();
    for upload in uploads {
        if !different.contains(&upload.as_str()) {
            different.push(upload);
        }
    }
    let here = if different.is_empty() { String::new() } else { format!("there is {}\n", different.join(", ")) };
    format!(
        "`{function}` needs an `upload(id = \"{id}\")` in this view\n\
         {here}\
         one in another view is shared: `const {name}: Upload = Upload::new(\"{id}\");`"
    )
}

/// A control may be in another view, so an id that is not here is a mistake only if one like it is.
fn value(literal: &LitStr, ids: &Ids, diag: &mut Diagnostics) {
    let id = literal.value();
    if ids.has(&id, Owner::Upload) {
        return;
    }
    if ids.has(&id, Owner::Other) {
        diag.error(literal, format!("\"{id}\" is an upload; its files are `upload_files(\"{id}\")`"));
        return;
    }
    // Controls that are numbered are alike, and all of them are meant.
    let unnumbered = |id: &str| id.trim_end_matches(|last: char| last.is_ascii_digit()).to_owned();
    let meant = ids.nearest(&id, Owner::Upload).filter(|meant| unnumbered(meant) != unnumbered(&id));
    if let Some(meant) = meant {
        diag.error(
            literal,
            format!(
                "no `id = \"{id}\"` in this view; did you mean \"{meant}\"?\n\
                 the id of a control in another view is shared as a constant"
            ),
        );
    }
}
