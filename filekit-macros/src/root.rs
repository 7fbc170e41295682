//! The options of `#[state]`: under which path generated code finds filekit, and whose the state is.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token, Type};

use crate::diag::Diagnostics;

/// The options of `#[state(..)]`.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) root: Root,
    /// The type of the owner, if it is not the session.
    pub(crate) owner: Option<Type>,
}

/// One option.
enum Choice {
    Root(Path),
    Owner(Ident, Box<Type>),
}

impl Parse for Choice {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            return Ok(Self::Root(input.call(Path::parse_mod_style)?));
        }
        let name: Ident = input.parse()?;
        if name != "owner" {
            return Err(syn::Error::new(name.span(), "no such option"));
        }
        input.parse::<Token![=]>()?;
        Ok(Self::Owner(name, Box::new(input.parse()?)))
    }
}

impl Options {
    /// Reads the arguments of `#[state(..)]`.
    pub(crate) fn read(arguments: TokenStream, diag: &mut Diagnostics) -> Self {
        let mut options = Self::default();
        let choices = Punctuated::<Choice, Token![,]>::parse_terminated.parse2(arguments.clone());
        let Ok(choices) = choices else {
            diag.error(arguments, "`#[state]` takes `owner = Type` and `crate = path::to::filekit`, and nothing else");
            return options;
        };
        for choice in choices {
            match choice {
                Choice::Root(path) => options.root = Root(path.into_token_stream()),
                Choice::Owner(name, _) if options.owner.is_some() => {
                    diag.error(name, "a state has one owner");
                }
                Choice::Owner(_, owner) => options.owner = Some(*owner),
            }
        }
        options
    }
}

/// The path of the facade, `::filekit` unless the user has renamed it.
#[derive(Clone)]
pub(crate) struct Root(TokenStream);

impl Root {
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

    fn read(arguments: &str) -> (Options, bool) {
        let mut diag = Diagnostics::default();
        let options = Options::read(arguments.parse().unwrap(), &mut diag);
        (options, diag.is_empty())
    }

    #[test]
    fn the_facade_can_be_renamed() {
        assert_eq!(read("").0.root.text("serde"), "::filekit::__private::serde");
        assert_eq!(read("crate = my::kit").0.root.text("x"), "my::kit::__private::x");
        assert!(!read("name = \"x\"").1);
    }

    #[test]
    fn a_state_has_one_owner() {
        let (options, is_sound) = read("owner = Path<RoomId>, crate = my::kit,");
        assert!(is_sound);
        assert_eq!(options.owner.into_token_stream().to_string(), "Path < RoomId >");
        assert_eq!(options.root.text("x"), "my::kit::__private::x");
        assert!(!read("owner = A, owner = B").1);
        assert!(!read("owner").1);
    }
}
