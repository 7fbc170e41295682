//! `download(url = .., filename = ..)` among the actions of a view: its rules, and the call that it means. What it does is
//! `filekit-runtime/src/event/download.rs`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall, Ident};

use super::ast::{Attribute, Literal, Value};
use crate::diag::Diagnostics;
use crate::names::glue;
use crate::similar;

/// The options of a download, in the order in which they are written.
const SAID: [&str; 4] = ["url", "data", "filename", "mime"];

/// The most data that a page carries; the runtime has the same limit for what is known later.
const MAX_DATA: usize = 64 * 1024;

/// Checks the downloads among the actions of an attribute.
pub(super) fn check(attribute: &Attribute, diag: &mut Diagnostics) {
    let Value::Dynamic(value) = &attribute.value else { return };
    if !attribute.name.starts_with("on_") {
        return;
    }
    match value {
        Expr::Array(array) => array.elems.iter().for_each(|action| check_action(action, diag)),
        action => check_action(action, diag),
    }
}

fn check_action(action: &Expr, diag: &mut Diagnostics) {
    match NamedCall::read(action) {
        Some(named) => named.check(diag),
        None => check_builder(action, diag),
    }
}

/// Returns the expression that an action means: `Download::url(..)` and its like for `download(url = ..)`, itself for any other.
pub(super) fn resolve(action: Expr) -> Expr {
    match NamedCall::read(&action) {
        Some(named) => named.builder(),
        None => action,
    }
}

/// A call of `download` with names before its arguments.
struct NamedCall<'a> {
    ident: &'a Ident,
    said: Vec<(&'a Ident, Span, &'a Expr)>,
    /// Arguments without names.
    bare: Vec<&'a Expr>,
}

impl<'a> NamedCall<'a> {
    /// Reads an action as such a call. Without any name it may be a function of the user.
    fn read(action: &'a Expr) -> Option<Self> {
        let Expr::Call(ExprCall { func, args, .. }) = action else { return None };
        let Expr::Path(path) = &**func else { return None };
        let ident = path.path.get_ident().filter(|ident| *ident == "download")?;
        let (mut said, mut bare) = (Vec::new(), Vec::new());
        for argument in args {
            match argument {
                Expr::Assign(assign)
                    if let Expr::Path(name) = &*assign.left
                        && let Some(name) = name.path.get_ident() =>
                {
                    said.push((name, assign.eq_token.span, &*assign.right));
                }
                other => bare.push(other),
            }
        }
        (!said.is_empty()).then_some(Self { ident, said, bare })
    }

    fn value(&self, name: &str) -> Option<(Span, &'a Expr)> {
        self.said.iter().find(|(said, ..)| *said == name).map(|(_, equals, value)| (*equals, *value))
    }

    fn check(&self, diag: &mut Diagnostics) {
        for bare in &self.bare {
            diag.error_at(bare.span(), "what `download` takes has a name: `url = ..` or `data = ..`, `filename = ..`");
        }
        for (nth, (name, _, value)) in self.said.iter().enumerate() {
            let text = name.to_string();
            if !SAID.contains(&text.as_str()) {
                diag.error(name, unknown(&text));
            } else if self.said[..nth].iter().any(|(before, ..)| before == name) {
                diag.error(name, format!("`{text}` specified more than once"));
            } else {
                check_literal(&text, value, diag);
            }
        }
        match (self.value("url"), self.value("data")) {
            (Some(_), Some(_)) => diag.error(self.ident, "`url` and `data` are two downloads; give one of them"),
            (None, None) if self.bare.is_empty() => diag.error(self.ident, "a download is of a `url` or of `data`"),
            _ => {}
        }
    }

    fn builder(&self) -> Expr {
        let place = glue(self.ident.span());
        let start = match (self.value("url"), self.value("data")) {
            (Some((equals, url)), _) => quote_spanned!(glue(equals)=> url(#url)),
            (None, Some((equals, data))) => quote_spanned!(glue(equals)=> data(#data)),
            (None, None) => quote_spanned!(place=> data("")),
        };
        let mut rest = TokenStream::new();
        for name in ["filename", "mime"] {
            if let Some((equals, value)) = self.value(name) {
                let method = Ident::new(name, glue(equals));
                rest.extend(quote_spanned!(glue(equals)=> .#method(#value)));
            }
        }
        Expr::Verbatim(quote_spanned!(place=> ::filekit::__private::Download::#start #rest))
    }
}

fn unknown(name: &str) -> String {
    match similar::nearest(name, SAID) {
        Some(meant) => format!("`download` has no `{name}`; did you mean `{meant}`?"),
        None => format!("`download` has no `{name}`, only `url` or `data`, `filename` and `mime`"),
    }
}

/// Checks the literals of `Download::url(..).filename(..)`.
fn check_builder(action: &Expr, diag: &mut Diagnostics) {
    match action {
        Expr::MethodCall(call) => {
            check_builder(&call.receiver, diag);
            if is_download(&call.receiver)
                && let Some(value) = call.args.first()
            {
                check_literal(&call.method.to_string(), value, diag);
            }
        }
        Expr::Call(call) if is_download(action) => {
            let Expr::Path(path) = &*call.func else { return };
            if let (Some(last), Some(value)) = (path.path.segments.last(), call.args.first()) {
                check_literal(&last.ident.to_string(), value, diag);
            }
        }
        _ => {}
    }
}

fn is_download(value: &Expr) -> bool {
    match value {
        Expr::MethodCall(call) => is_download(&call.receiver),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.iter().rev().nth(1).is_some_and(|name| name.ident == "Download"),
            _ => false,
        },
        _ => false,
    }
}

fn check_literal(name: &str, value: &Expr, diag: &mut Diagnostics) {
    let Some(literal) = Literal::read(value).filter(|literal| literal.is_text) else { return };
    let text = literal.text.as_str();
    let mistake = match name {
        "url" if !is_downloadable(text) => "a download is of a path, or of a URL of `http` or `https`",
        "data" if text.len() > MAX_DATA => "a page carries up to 64 KiB of data; return more from an event",
        "filename" if text.trim().is_empty() => "the name of a download is not empty",
        "filename" if text.contains(char::is_control) => {
            "the name of a download is one line, without control characters"
        }
        "filename" if is_place(text) => "the name of a download is not that of a place",
        _ => return,
    };
    diag.error_at(value.span(), mistake);
}

/// As the runtime has it for a URL that is known later.
fn is_downloadable(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().and_then(|first| first.split_once(':')).map(|(scheme, _)| scheme);
    let is_visible = url.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    is_visible
        && match scheme {
            Some(scheme) => matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https"),
            None => !url.is_empty() && !url.replace('\\', "/").starts_with("//"),
        }
}

fn is_place(name: &str) -> bool {
    name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|segment| segment.trim() == "..")
}
