//! Reads the tokens of a view and records every error on the way. Whether the parts fit together is `view/check.rs`.
//!
//! The parser never gives up: what it cannot read becomes [`Broken`](super::ast::Broken), and it goes on behind it.

mod attribute;
mod block;
mod control;
mod list;
mod named;
mod node;
mod recover;

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};

use super::ast::Node;
use crate::diag::Diagnostics;

/// Reads the roots of a view.
pub(crate) fn view(tokens: TokenStream, diag: &mut Diagnostics) -> Vec<Node> {
    let mut roots = Vec::new();
    let read = |input: ParseStream| {
        roots = list::roots(input, diag);
        Ok(())
    };
    if let Err(error) = read.parse2(tokens) {
        diag.push(error);
    }
    roots
}
