//! `view!`: tokens in, tokens out, in four steps; each of them is a module.

mod ast;
mod braces;
mod browser;
mod check;
mod composed;
mod download;
mod elements;
mod emit;
mod endpoint;
mod given;
mod ids;
mod leave;
mod literals;
mod lower;
mod markup;
mod names;
mod parse;
mod several;
mod size;
#[cfg(test)]
mod tests;
mod upload;

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;
use crate::repair;

/// Expands `view![..]`.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let tokens = repair::repair(tokens, &mut diag);
    let is_repaired = !diag.is_empty();
    let nodes = parse::view(tokens.clone(), &mut diag);
    check::view(&nodes, &tokens, &mut diag);
    let lowered = lower::view(nodes);
    let expanded = emit::view(&lowered, diag);
    if is_repaired { repair::resolve(expanded) } else { expanded }
}
