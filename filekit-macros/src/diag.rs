//! Collects every error of one expansion; it never decides what is an error.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors found so far.
///
/// Nothing returns early because of an error: the code that finds one records it here and carries on with a placeholder.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    errors: Option<syn::Error>,
}

impl Diagnostics {
    /// Records an error that covers all of `at`.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    /// Records an error at one place.
    pub(crate) fn error_at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Records an error that is worded already.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// Takes over what was recorded elsewhere.
    pub(crate) fn append(&mut self, others: Self) {
        if let Some(others) = others.errors {
            self.push(others);
        }
    }

    /// Tells whether anything was recorded.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_none()
    }

    /// Returns one `compile_error!` for each error, to be emitted *after* what was recovered: editors complete in the
    /// first expansion of a token that they find.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.errors.map(|errors| errors.to_compile_error()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_kept() {
        let mut diag = Diagnostics::default();
        assert!(diag.is_empty());
        diag.error_at(Span::call_site(), "first");
        diag.error_at(Span::call_site(), "second");
        let tokens = diag.into_tokens().to_string();
        assert!(tokens.contains("first") && tokens.contains("second"));
    }
}
