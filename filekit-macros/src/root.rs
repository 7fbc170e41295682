//! The options of `#[state]`: under which path generated code finds filekit; nothing else can be set.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::{ParseStream, Parser as _};
use syn::{Path, Token};

use crate::diag::Diagnostics;

/// The path of the facade, `::filekit` unless the user has renamed it.
#[derive(Clone)]
pub(crate) struct Root(TokenStream);

impl Root {
    /// Reads the arguments of `#[state(..)]`.
    pub(crate) fn read(arguments: TokenStream, diag: &mut Diagnostics) -> Self {
        if arguments.is_empty() {
            return Self::default();
        }
        let option = |input: ParseStream| {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            input.call(Path::parse_mod_style)
        };
        match option.parse2(arguments.clone()) {
            Ok(path) => Self(path.into_token_stream()),
            Err(_) => {
                diag.error(arguments, "`#[state]` takes no arguments but `crate = path::to::filekit`");
                Self::default()
            }
        }
    }

    /// The path of something in the private module as text, for attributes that take it so.
    pub(crate) fn text(&self, name: &str) -> String {
        let root: String = self.0.to_string().split_whitespace().collect();
        format!("{root}::__private::{name}")
    }
}

impl Default for Root {
    fn default() -> Self {
        // Not `mixed_site`: a derive takes the hygiene of its path, and serde's lets parts of attributes meet its own.
        Self(quote_spanned!(Span::call_site()=> ::filekit))
    }
}

impl ToTokens for Root {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &str) -> (Root, bool) {
        let mut diag = Diagnostics::default();
        let root = Root::read(arguments.parse().unwrap(), &mut diag);
        (root, diag.is_empty())
    }

    #[test]
    fn the_facade_can_be_renamed() {
        assert_eq!(read("").0.text("serde"), "::filekit::__private::serde");
        assert_eq!(read("crate = my::kit").0.text("x"), "my::kit::__private::x");
        assert!(!read("name = \"x\"").1);
    }
}
