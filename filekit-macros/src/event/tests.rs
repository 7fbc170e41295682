//! Tests of `#[state]` on `impl` blocks on its output; whether that compiles is tested by compiling.

use proc_macro2::TokenStream;
use quote::quote;

use crate::state;

fn expand(item: TokenStream) -> String {
    state::expand(TokenStream::new(), item).to_string()
}

/// The part of the output from `from` on, up to `to`.
fn between<'a>(output: &'a str, from: &str, to: &str) -> &'a str {
    let start = output.find(from).unwrap_or_else(|| panic!("no `{from}` in {output}"));
    let length = output[start..].find(to).unwrap_or_else(|| panic!("no `{to}` in {output}"));
    &output[start..start + length]
}

#[test]
fn the_block_stays_as_it_is() {
    let block = quote! {
        impl Files {
            const MOST: usize = 3;
            #[inline]
            fn add(&mut self, mut count: u32) { count += 1; }
        }
    };
    let marked = quote! {
        impl Files {
            const MOST: usize = 3;
            #[event]
            #[inline]
            fn add(&mut self, mut count: u32) { count += 1; }
        }
    };
    assert!(expand(marked).starts_with(&block.to_string()));
}

#[test]
fn constructors_copy_what_concerns_their_users() {
    let output = expand(quote! {
        impl Files {
            /// Words.
            #[cfg(unix)]
            #[deprecated]
            #[inline]
            #[filekit::event]
            pub(crate) async fn add(&mut self, names: Vec<Self>) {}
        }
    });
    let constructor = between(&output, "impl FilesEvents", "const _");
    for copied in ["Words.", "# [cfg (unix)]", "# [deprecated]", "pub (crate) fn add", "EventArg < Vec < Files > >"] {
        assert!(constructor.contains(copied), "{copied}: {constructor}");
    }
    assert!(!constructor.contains("inline") && !constructor.contains("async"));
    let (_, registration) = output.rsplit_once("EVENTS :").unwrap();
    assert!(between(registration, ";", "struct").contains("# [cfg (unix)]"), "the registration is conditional too");
}

#[test]
fn what_the_page_does_not_give_is_no_parameter_of_the_constructor() {
    let output = expand(quote! {
        impl Files {
            #[event]
            fn add(&mut self, #[extract] user: User, name: String, updates: filekit::event::Updates) {}
        }
    });
    let constructor = between(&output, "fn add (self", "->");
    assert!(constructor.contains("name") && !constructor.contains("user") && !constructor.contains("updates"));
    assert!(output.contains("extract :: < User >"));
    assert!(output.contains("const EXTRACTS : bool = true"));
}

#[test]
fn a_broken_event_can_be_named_but_not_called() {
    let output = expand(quote! {
        impl Files {
            #[event]
            fn add(&mut self, name: &str) {}
            #[event]
            fn clear(&mut self) {}
        }
    });
    assert!(output.contains("name : impl :: core :: marker :: Sized"));
    assert_eq!(output.matches("inventory").count(), 1, "only the sound one is registered");
    assert!(output.find("compile_error").unwrap() > output.find("inventory").unwrap());
}

#[test]
fn only_reading_events_may_be_links() {
    let output = expand(quote! {
        impl Files {
            #[event]
            fn read(&self) -> Download {}
            #[event]
            fn hidden(&self) -> impl IntoEffects {}
            #[event]
            fn change(&mut self) -> Download {}
        }
    });
    let method = |name: &str| between(&output, &format!("fn {name} (self"), "{").to_owned();
    assert!(method("read").contains("IntoEffects > :: Method"));
    assert!(method("hidden").contains("Post") && method("change").contains("Post"));
}
