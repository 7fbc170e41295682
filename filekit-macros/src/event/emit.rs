//! Writes the companion of a state, and how each event is called; it cannot fail.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{FnArg, Ident, ImplItemFn, ReturnType};

use super::model::{Event, Events, Parameter, Source};
use crate::attr;
use crate::diag::Diagnostics;
use crate::names::{glue, local};

/// Writes the user's block and everything that belongs to it.
///
/// Editors need the companion beside the user's block: only there do they carry references and a rename of a private event
/// over. For the compiler it is in a block of its own, so that a second block with events is one error: two implementations of
/// a trait, and not two types of one name as well.
pub(crate) fn events(events: &Events, diag: Diagnostics) -> TokenStream {
    let (root, item) = (&events.root, events.item);
    let companion = companion(events);
    let registration = registration(events);
    let others = others(events);
    let errors = diag.into_tokens();
    quote_spanned! {Span::mixed_site()=>
        #item
        #root::__private::editor! { keep #companion }
        #root::__private::compiler! { const _: () = { #companion #others }; }
        #registration
        #errors
    }
}

/// Writes the type that has a constructor for each event, and how it is found from the state.
fn companion(events: &Events) -> TokenStream {
    let (root, state, name) = (&events.root, &events.item.self_ty, &events.companion);
    let constructors = events.events.iter().map(|event| constructor(events, event));
    quote_spanned! {Span::mixed_site()=>
        #[doc(hidden)]
        #[allow(missing_copy_implementations, missing_debug_implementations, unreachable_pub)]
        pub struct #name(());

        #[doc(hidden)]
        #[allow(
            clippy::all, clippy::nursery, clippy::pedantic, dead_code, deprecated, missing_docs,
            private_bounds, private_interfaces, unreachable_pub, unused_variables
        )]
        impl #name {
            #(#constructors)*
        }

        #[automatically_derived]
        impl #root::__private::AllEventsInOneImplBlock for #state {
            type Events = #name;
            const EVENTS: #name = #name(());
        }
    }
}

/// Writes something of the same name for each function that is no event: a view that refers to it gets an error that says so.
///
/// Editors do not see them, so that they complete events alone.
fn others(events: &Events) -> TokenStream {
    events.others.iter().map(|method| other(events, method)).collect()
}

/// Writes the placeholder for a function that is no event: it cannot be used, because no type is an `IsEvent`.
///
/// The bound has a lifetime of its own, so that rustc judges it where the function is used, and not here. One type is an
/// `Event`, lest rustc advise to implement it.
fn other(events: &Events, method: &ImplItemFn) -> TokenStream {
    let (root, companion) = (&events.root, &events.companion);
    let (conditions, visibility, ident) = (attr::conditions(&method.attrs), &method.vis, &method.sig.ident);
    let (message, label) = no_event(events, method);
    let parameters = method.sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_)));
    let parameters = parameters.map(|_| quote_spanned!(Span::mixed_site()=> _: impl ::core::marker::Sized));
    let used = [Ident::new("Event", Span::mixed_site()), Ident::new("Function", Span::mixed_site())];
    let [is_event, function] = &used;
    quote_spanned! {Span::mixed_site()=>
        #(#conditions)*
        const _: () = {
            #[diagnostic::on_unimplemented(message = #message, label = #label)]
            trait #is_event {}
            #[diagnostic::do_not_recommend]
            impl #is_event for () {}
            #[allow(dead_code)]
            struct #function<'a>(&'a ());
            #[allow(clippy::all, clippy::nursery, clippy::pedantic, dead_code, private_bounds, unreachable_pub)]
            impl #companion {
                #[doc(hidden)]
                #visibility fn #ident(self, #(#parameters),*) -> #root::__private::EventRef<#root::__private::Post>
                where
                    for<'a> #function<'a>: #is_event,
                {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// Words what is said about a function that is no event, and what to do.
fn no_event(events: &Events, method: &ImplItemFn) -> (String, String) {
    let (state, name) = (&events.name, &method.sig.ident);
    match method.sig.receiver() {
        Some(_) => (format!("`{name}` is a method of `{state}`, but not an event"), "put `#[event]` on it".to_owned()),
        None => (
            format!("`{name}` is a function of `{state}`, but not an event"),
            format!("to call it, write `{{ {state}::{name}(..) }}`"),
        ),
    }
}

/// Writes the constructor of an event: a method of the same name that takes what the page knows of the arguments.
fn constructor(events: &Events, event: &Event) -> TokenStream {
    let root = &events.root;
    let method = event.method;
    let (attributes, visibility, ident) = (attr::shared(&method.attrs), &method.vis, &method.sig.ident);
    let (reference, id, state) = (local("event"), id(events, event), &events.item.self_ty);
    let verb = method_of(events, event);
    let names = event.given().map(|parameter| &parameter.name);
    let parameters = event.given().map(|parameter| argument(events, event, parameter));
    let encoded = event.is_sound.then(|| {
        quote_spanned!(Span::mixed_site()=>
            #(#root::__private::EventArg::encode(#names, #reference.arguments());)*)
    });
    quote_spanned! {Span::mixed_site()=>
        #(#attributes)*
        #visibility fn #ident(self, #(#parameters),*) -> #root::__private::EventRef<#verb> {
            let mut #reference = #root::__private::EventRef::new(#id, const { #root::__private::owned::<#state>() });
            #encoded
            #reference
        }
    }
}

/// Writes a parameter of a constructor. That of a broken event takes anything, so that its uses raise no errors.
fn argument(events: &Events, event: &Event, parameter: &Parameter) -> TokenStream {
    let (root, Parameter { name, of, .. }) = (&events.root, parameter);
    if event.is_sound {
        quote_spanned!(Span::mixed_site()=> #name: impl #root::__private::EventArg<#of>)
    } else {
        quote_spanned!(Span::mixed_site()=> #name: impl ::core::marker::Sized)
    }
}

/// Writes how the browser reaches an event: one that reads may be a plain link, if what it returns allows that.
fn method_of(events: &Events, event: &Event) -> TokenStream {
    let root = &events.root;
    let returned = match &event.method.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, returned) => returned.to_token_stream(),
    };
    if event.changes || !event.is_sound || !super::check::has_plain_name(returned.clone()) {
        return quote_spanned!(Span::mixed_site()=> #root::__private::Post);
    }
    let returned = super::model::without_self(returned, &events.item.self_ty.to_token_stream());
    quote_spanned!(Span::mixed_site()=> <#returned as #root::__private::IntoEffects>::Method)
}

/// Writes the id of an event, which is the same in every build of the same code.
fn id(events: &Events, event: &Event) -> TokenStream {
    let (root, state) = (&events.root, &events.name);
    let (name, shape) = (event.method.sig.ident.to_string(), event.shape());
    quote_spanned! {Span::mixed_site()=>
        const {
            #root::__private::EventId::of(&[
                ::core::env!("CARGO_PKG_NAME"), ::core::module_path!(), #state, #name, #shape,
            ])
        }
    }
}

/// Writes what leads from an id to the method.
fn registration(events: &Events) -> TokenStream {
    let sound = events.events.iter().filter(|event| event.is_sound);
    sound.map(|event| registered(events, event)).collect()
}

fn registered(events: &Events, event: &Event) -> TokenStream {
    let root = &events.root;
    let (state, name, id) = (&events.item.self_ty, event.method.sig.ident.to_string(), id(events, event));
    let conditions = attr::conditions(&event.method.attrs);
    let (role, mutability, definition) = match event.changes {
        true => ("ChangingEvent", quote!(mut), "changing"),
        false => ("ReadingEvent", quote!(), "reading"),
    };
    let role = Ident::new(role, Span::mixed_site());
    // A name that no type of the user has: those are in scope here.
    let marker = Ident::new("__FilekitEvent", Span::mixed_site());
    let definition = Ident::new(definition, Span::mixed_site());
    let (held, arguments, body) = (local("state"), local("arguments"), body(events, event));
    let (streams, extracts) = (streams(events, event), extracts(event));
    quote_spanned! {Span::mixed_site()=>
        #(#conditions)*
        const _: () = {
            struct #marker;
            #[automatically_derived]
            #[allow(deprecated)]
            impl #root::__private::#role for #marker {
                type State = #state;
                const ID: #root::__private::EventId = #id;
                const NAME: &'static str = #name;
                #streams
                #extracts
                fn run<'a>(
                    #held: &'a #mutability #state,
                    #arguments: &'a mut #root::__private::Arguments,
                ) -> #root::__private::EventFuture<'a> {
                    #body
                }
            }
            #root::__private::inventory::submit! { #root::__private::EventDefinition::#definition::<#marker>() }
        };
    }
}

/// Writes whether the event runs while its files arrive: the types of its parameters know.
fn streams(events: &Events, event: &Event) -> TokenStream {
    let root = &events.root;
    let of = event.given().map(|parameter| &parameter.of);
    quote_spanned! {Span::mixed_site()=>
        const STREAMS: bool = {
            #[allow(unused_imports)]
            use #root::__private::TakeValue as _;
            false #(|| #root::__private::Parameter::<#of>::IS_STREAM)*
        };
    }
}

/// Writes that the event takes something of the request, if it does.
fn extracts(event: &Event) -> Option<TokenStream> {
    let extracts = event.parameters.iter().any(|parameter| parameter.source == Source::Request);
    extracts.then(|| quote_spanned!(Span::mixed_site()=> const EXTRACTS: bool = true;))
}

/// Writes the call of the method with the arguments that have arrived.
///
/// That its future has to be `Send` is said at its `fn`, that it returns an effect at what it returns.
fn body(events: &Events, event: &Event) -> TokenStream {
    let (root, state, signature) = (&events.root, &events.item.self_ty, &event.method.sig);
    let taken = event.parameters.iter().enumerate().map(|(at, parameter)| take(events, at, parameter));
    let names = (0..event.parameters.len()).map(argument_name);
    let place = match &signature.output {
        ReturnType::Default => glue(signature.fn_token.span),
        ReturnType::Type(_, returned) => glue(returned.span()),
    };
    let awaited = signature.asyncness.map(|_| quote_spanned!(place=> .await));
    let held = local("state");
    // A clone, because a name may be raw: `r#move`.
    let mut ident = signature.ident.clone();
    ident.set_span(place);
    let answer = quote_spanned! {place=>
        #root::__private::IntoEffects::into_effects(<#state>::#ident(#held, #(#names),*) #awaited)
    };
    quote_spanned! {glue(signature.fn_token.span)=>
        ::std::boxed::Box::pin(async move {
            #[allow(unused_imports)]
            use #root::__private::TakeValue as _;
            #(#taken)*
            #answer
        })
    }
}

/// Writes how an argument is got: from the page's call, from the request, or from the call itself.
fn take(events: &Events, at: usize, parameter: &Parameter) -> TokenStream {
    let (root, Parameter { name, of, source }) = (&events.root, parameter);
    let (variable, arguments, name) = (argument_name(at), local("arguments"), name.to_string());
    let place = of.clone().into_iter().next().map_or_else(Span::mixed_site, |first| glue(first.span()));
    match source {
        Source::Page => quote_spanned! {place=>
            let #variable = (&#root::__private::Parameter::<#of>::new(#name)).take(#arguments)?;
        },
        Source::Request => quote_spanned! {place=>
            let #variable = #root::__private::Arguments::extract::<#of>(#arguments).await?;
        },
        Source::Call => quote_spanned! {place=>
            let #variable = #root::__private::Parameter::<#root::event::Updates>::new(#name).take(#arguments)?;
        },
    }
}

fn argument_name(at: usize) -> Ident {
    local(&format!("argument_{at}"))
}
