//! Completes tokens that end where a name is still to be typed: `album.` and `Album::`. Other mistakes are
//! `view/parse/recover.rs`.
//!
//! An editor completes by comparing two expansions, of the text as it is and of one with a name at the cursor. So both
//! have to be of one shape up to that name. A placeholder takes its place, which the compiler accepts: all that is said
//! about the place is the error that is recorded here.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

use crate::diag::Diagnostics;
use crate::names::glue;

/// The placeholder for a missing name while the tokens are read.
const MISSING: &str = "__filekit_missing";

/// Puts a placeholder behind each `.` and `::` that a name has to follow, and says that it is missing.
pub(crate) fn repair(tokens: TokenStream, diag: &mut Diagnostics) -> TokenStream {
    if !lacks(&tokens) {
        return tokens;
    }
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut repaired = TokenStream::new();
    for at in 0..trees.len() {
        match &trees[at] {
            TokenTree::Group(group) if !is_of_macro(&trees[..at]) => {
                repaired.extend([around(group, repair(group.stream(), diag))]);
            }
            tree => repaired.extend([tree.clone()]),
        }
        if let Some(message) = missing(&trees, at) {
            let sign = trees[at].span();
            diag.error_at(sign, message);
            repaired.extend([TokenTree::from(Ident::new(MISSING, glue(sign)))]);
        }
    }
    repaired
}

/// Turns each placeholder into a call that has any type and does not run.
pub(crate) fn resolve(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut resolved = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => resolved.extend([around(group, resolve(group.stream()))]),
            TokenTree::Ident(name) if name == MISSING => {
                let is_member = at > 0 && is(&trees[at - 1], '.');
                let method = if is_member { "missing_member" } else { "missing_name" };
                resolved.extend([TokenTree::from(Ident::new(&format!("__filekit_{method}"), name.span()))]);
                let is_called = trees.get(at + 1).is_some_and(|next| is_group(next, Delimiter::Parenthesis));
                if !is_called {
                    let mut nothing = Group::new(Delimiter::Parenthesis, TokenStream::new());
                    nothing.set_span(name.span());
                    resolved.extend([TokenTree::from(nothing)]);
                }
            }
            tree => resolved.extend([tree.clone()]),
        }
    }
    resolved
}

/// Tells whether a name is missing anywhere, so that nothing is copied where none is.
fn lacks(tokens: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    (0..trees.len()).any(|at| match &trees[at] {
        TokenTree::Group(group) => !is_of_macro(&trees[..at]) && lacks(&group.stream()),
        TokenTree::Punct(_) => missing(&trees, at).is_some(),
        _ => false,
    })
}

/// The message if a name is missing behind the sign at that place.
fn missing(trees: &[TokenTree], at: usize) -> Option<&'static str> {
    let (before, next) = (trees[..at].last()?, trees.get(at + 1));
    let is_member = is(&trees[at], '.') && !is(before, '.') && !next.is_some_and(|next| is(next, '.'));
    if is_member && !next.is_some_and(is_member_name) {
        return Some("expected a field or a method after `.`");
    }
    let is_path = is(&trees[at], ':')
        && matches!(before, TokenTree::Punct(sign) if sign.as_char() == ':' && sign.spacing() == Spacing::Joint);
    if is_path && at > 1 && !next.is_some_and(continues_path) {
        return Some("expected a name after `::`");
    }
    None
}

/// Tells whether a tree is what may follow `.`: a name, or the number of a field.
fn is_member_name(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Literal(literal) => literal.to_string().starts_with(|first: char| first.is_ascii_digit()),
        TokenTree::Group(group) => group.delimiter() == Delimiter::None,
        TokenTree::Punct(_) => false,
    }
}

/// Tells whether a tree is what may follow `::`: a name, types in angle brackets, or what `use` has there.
fn continues_path(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(sign) => matches!(sign.as_char(), '<' | '*'),
        TokenTree::Group(group) => matches!(group.delimiter(), Delimiter::Brace | Delimiter::None),
        TokenTree::Literal(_) => false,
    }
}

/// Tells whether what follows `before` are the tokens of a macro, which have a grammar of their own.
fn is_of_macro(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(name), sign] if is(sign, '!') => {
            // `return !(..)` is no macro.
            syn::parse2::<Ident>(TokenTree::from(name.clone()).into()).is_ok()
        }
        _ => false,
    }
}

fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_group(tree: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == delimiter)
}

/// The same group around other tokens.
fn around(group: &Group, tokens: TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), tokens);
    changed.set_span(group.span());
    changed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(source: &str) -> String {
        let mut diag = Diagnostics::default();
        let tokens = repair(source.parse().unwrap(), &mut diag).to_string().replace(' ', "");
        assert_eq!(diag.is_empty(), tokens == source.replace(' ', ""), "{source}");
        tokens.replace(MISSING, "_")
    }

    #[test]
    fn a_missing_name_is_put_behind_its_sign() {
        assert_eq!(repaired("f(a.), b"), "f(a._),b");
        assert_eq!(repaired("a. \"x\""), "a._\"x\"");
        assert_eq!(repaired("x = S::, y"), "x=S::_,y");
        assert_eq!(repaired("x = [S::go, m::S::]"), "x=[S::go,m::S::_]");
        assert_eq!(repaired("x = S::(1)"), "x=S::_(1)");
        assert_eq!(repaired("for x in &a. { b }"), "forxin&a._{b}");
        assert_eq!(repaired("if !(a.) {}"), "if!(a._){}");
    }

    #[test]
    fn what_is_complete_stays() {
        for source in
            ["a.b.0.c()", "a..", "..b", "a..=b", "S::go(1)", "::m::go", "x::<u8>()", "m!(a.)", "{ use a::*; b }"]
        {
            assert_eq!(repaired(source), source.replace(' ', ""));
        }
    }

    #[test]
    fn a_placeholder_becomes_a_call() {
        let resolved =
            |source: &str| resolve(source.replace('_', MISSING).parse().unwrap()).to_string().replace(' ', "");
        assert_eq!(resolved("f(a._)"), "f(a.__filekit_missing_member())");
        assert_eq!(resolved("S::_"), "S::__filekit_missing_name()");
        assert_eq!(resolved("E._(1)"), "E.__filekit_missing_member(1)");
    }
}
