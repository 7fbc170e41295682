//! Writes `if`, `match` and `for`. The steps inside of them are `mod.rs`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{BinOp, Expr, Ident, Token};

use super::super::ast::{ArmHead, ForHead};
use super::super::lower::{Arm, Step};
use super::{block, steps};
use crate::names::{glue, local};

/// Writes an `if`, which the server decides or the browser, as the type of the condition says.
pub(super) fn condition(keyword: &Token![if], condition: &Expr, then: &[Step], otherwise: &[Step]) -> TokenStream {
    if has_let(condition) {
        return plain_condition(keyword, condition, then, otherwise);
    }
    let writer = local("writer");
    let mut decided = local("condition");
    decided.set_span(glue(keyword.span));
    let (then, otherwise) = (steps(then), block(otherwise));
    // All calls have the span of the keyword: then rustc says only once that something is no condition.
    let call = |method: &str, more: TokenStream| {
        let method = Ident::new(method, glue(keyword.span));
        quote_spanned!(glue(keyword.span)=> ::filekit::__private::Condition::#method(&mut #decided #more))
    };
    let out = quote_spanned!(glue(keyword.span)=> , &mut #writer);
    let (begin, both, end) = (call("then", out.clone()), call("otherwise", out.clone()), call("end", out));
    let is_server = call("is_server", TokenStream::new());
    // Both branches may run, one after the other, and yet rustc knows that on a server only one does: `otherwise`
    // returns a type without values there.
    quote_spanned! {Span::mixed_site()=>
        {
            let mut #decided = #condition;
            #[allow(unreachable_code)]
            if #begin && ({ #then #is_server } || { let _ = #both; false }) {} else #otherwise
            #end;
        }
    }
}

/// Writes an `if` that the server decides.
pub(super) fn plain_condition(
    keyword: &Token![if],
    condition: &Expr,
    then: &[Step],
    otherwise: &[Step],
) -> TokenStream {
    let (then, otherwise) = (block(then), block(otherwise));
    quote!(#keyword #condition #then else #otherwise)
}

/// Tells whether a condition binds names; such an `if` is always the server's.
fn has_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(chain) if matches!(chain.op, BinOp::And(_)) => has_let(&chain.left) || has_let(&chain.right),
        _ => false,
    }
}

pub(super) fn choice(keyword: &Token![match], scrutinee: &Expr, arms: &[Arm]) -> TokenStream {
    let arms = arms.iter().map(|arm| {
        let ArmHead { attributes, pattern, guard, arrow } = &arm.head;
        let guard = guard.as_ref().map(|(keyword, guard)| quote!(#keyword #guard));
        let body = block(&arm.body);
        quote!(#(#attributes)* #pattern #guard #arrow #body)
    });
    quote_spanned!(Span::mixed_site()=> #keyword #scrutinee { #(#arms)* })
}

/// Writes a loop of the server.
pub(super) fn plain_repetition(head: &ForHead, body: &[Step]) -> TokenStream {
    let ForHead { label, keyword, pattern, in_token, list } = head;
    let body = block(body);
    quote!(#label #keyword #pattern #in_token #list #body)
}

/// Writes a loop. The `match` keeps temporaries of the list alive, as a plain `for` would.
pub(super) fn repetition(head: &ForHead, body: &[Step]) -> TokenStream {
    let ForHead { label, keyword, pattern, in_token, list } = head;
    let (writer, mut rows, end) = (local("writer"), local("rows"), local("end"));
    rows.set_span(glue(in_token.span));
    let body = block(body);
    let begun = quote_spanned!(glue(in_token.span)=> ::filekit::__private::Loop::begin(#list, &mut #writer));
    quote_spanned! {Span::mixed_site()=>
        match #begun {
            (#rows, #end) => {
                #label #keyword #pattern #in_token #rows #body
                #writer.end_loop(#end);
            }
        }
    }
}
