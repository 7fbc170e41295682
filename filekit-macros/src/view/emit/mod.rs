//! Writes the Rust of a view; it cannot fail.
//!
//! The user's tokens are in it once, in places where editors find them. Generated tokens take the places of
//! punctuation beside them, so that a message of rustc underlines what the user wrote.
//!
//! An editor that completes a name looks for it at the same distance from the beginning in the expansion without it.
//! So nothing before a name may depend on it: the checks, which have names of attributes in them, come before the
//! static text, which has them too.

mod check;
mod composed;
mod control;
mod markup;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Ident};

use super::ast::{Broken, Child};
use super::lower::{Action, Lowered, Of, Setting, Slot, Step, Upload};
use super::names::ElementName;
use crate::diag::Diagnostics;
use crate::names::{glue, local};

/// Writes a whole view, and the errors behind it.
pub(crate) fn view(lowered: &Lowered, diag: Diagnostics) -> TokenStream {
    let writer = local("writer");
    // Every other step or so is a value; most are short.
    let capacity = lowered.capacity + 12 * lowered.steps.len();
    let steps = steps(&lowered.steps);
    let checks = check::checks(&lowered.checks, &lowered.elements);
    let errors = diag.into_tokens();
    quote_spanned! {Span::mixed_site()=>
        {
            #[allow(unused_imports)]
            use ::filekit::__private::{KindOfAnything as _, KindOfChild as _, KindOfIterator as _, Unfinished as _};
            #checks
            let mut #writer = ::filekit::__private::Writer::new(#capacity);
            #steps
            #errors
            ::filekit::__private::Writer::finish(#writer)
        }
    }
}

fn steps(steps: &[Step]) -> TokenStream {
    let are_static = |one: &Step, next: &Step| markup::is_static(one) && markup::is_static(next);
    steps.chunk_by(are_static).map(run).collect()
}

/// Writes neighbouring static steps, or any one step.
fn run(steps: &[Step]) -> TokenStream {
    match steps {
        [step] if !markup::is_static(step) => self::step(step),
        steps => markup::markup(steps),
    }
}

fn step(step: &Step) -> TokenStream {
    let writer = local("writer");
    let generated = Span::mixed_site();
    match step {
        Step::Markup(_) => run(std::slice::from_ref(step)),
        Step::Child { child, around } => offered(self::child(child), &child.value, *around),
        Step::Attribute { name, of, value } => call("attribute", quote!(#name,), of, value),
        Step::Disabled { of, value } => {
            let tag = local("tag");
            call("attribute", quote!(#tag.disabled(),), of, value)
        }
        Step::Style { property, of, value } => call("style", quote!(#property,), of, value),
        Step::Class { of, value } => call("class", TokenStream::new(), of, value),
        Step::Value { of, value } => call("value", TokenStream::new(), of, value),
        Step::Actions { event, actions } => {
            let (name, collected) = actions_of(actions);
            quote_spanned!(generated=> { #collected #writer.actions(#event, #name); })
        }
        Step::Button { actions, body } => button(actions, body),
        Step::Form { actions, body } => form(actions, body),
        Step::ControlId { of, value } => call("control_id", TokenStream::new(), of, value),
        Step::FormOwner => quote_spanned!(generated=> #writer.push_form_owner();),
        Step::Upload(step) => upload(step),
        Step::FileList(list) => composed::file_list(list),
        Step::Slot(step) => slot(step),
        Step::If { keyword, condition, is_left: true, then, otherwise } => {
            control::plain_condition(keyword, condition, then, otherwise)
        }
        Step::If { keyword, condition, then, otherwise, .. } => control::condition(keyword, condition, then, otherwise),
        Step::Match { keyword, scrutinee, arms } => control::choice(keyword, scrutinee, arms),
        Step::For { head, is_left: true, body } => control::plain_repetition(head, body),
        Step::For { head, body, .. } => control::repetition(head, body),
        Step::Scope(body) => block(body),
        Step::Let(local) => quote!(#local),
        Step::Statement(expression) => quote_spanned!(generated=> #expression;),
        Step::Unknown { name, may_be_function } => {
            let suggested = suggested(name);
            match may_be_function {
                true => {
                    let mut function = local("function");
                    function.set_span(glue(name.span()));
                    let check = quote_spanned!(glue(name.span())=> ::filekit::__private::takes_elements(#function););
                    quote_spanned!(generated=> { let #function = #suggested; #check })
                }
                false => quote_spanned!(generated=> let _ = #suggested;),
            }
        }
        Step::Discard(value) => quote_spanned!(generated=> let _ = #value;),
        Step::Broken(broken) => keep(broken),
    }
}

/// Writes what is known of a slot only at run time.
fn slot(slot: &Slot) -> TokenStream {
    let writer = local("writer");
    let call = match slot {
        Slot::Key(key) => {
            let key = reference(key);
            quote!(key(#key))
        }
        Slot::BeginInert => quote!(begin_inert()),
        Slot::EndInert => quote!(end_inert()),
        _ => return TokenStream::new(),
    };
    quote_spanned!(Span::mixed_site()=> #writer.#call;)
}

/// Writes steps in a block of their own.
fn block(body: &[Step]) -> TokenStream {
    let body = steps(body);
    quote_spanned!(Span::mixed_site()=> { #body })
}

/// Writes a child.
fn child(child: &Child) -> TokenStream {
    let mut value = child.value.clone();
    suggest_callee(&mut value);
    let before = glue(child.before.unwrap_or_else(|| child.value.span()));
    let writer = local("writer");
    if matches!(child.value, Expr::Call(_) | Expr::MethodCall(_)) {
        return made(&value, &child.value, before);
    }
    let method = Ident::new("child", before);
    let value = reference(&value);
    quote_spanned!(Span::mixed_site()=> #writer.#method(#value);)
}

/// Writes a child that is made on the spot, which may be an iterator of children.
///
/// The argument of `show` begins and ends where the user's call does, so that messages underline the call. For
/// that all of it is of the user's hygiene, which is safe where no code of theirs can see the variable.
fn made(call: &Expr, written: &Expr, before: Span) -> TokenStream {
    let writer = local("writer");
    let method = Ident::new("show", before);
    let end = written.to_token_stream().into_iter().last().map_or(before, |last| last.span());
    let shown = Ident::new("__filekit_shown", end);
    let begin = quote_spanned!(written.span()=> &mut);
    let argument = quote_spanned!(end=> #begin #shown.take());
    quote_spanned! {Span::mixed_site()=>
        match ::filekit::__private::Shown::new(#call) {
            #shown => (&&#shown).kind().#method(#argument, &mut #writer),
        }
    }
}

/// Offers to editors, while a name is typed that is alone, what it may become: an element, or an attribute.
///
/// The offers are types, so that no variable is hidden; the compiler sees nothing of them.
fn offered(child: TokenStream, value: &Expr, around: Option<ElementName>) -> TokenStream {
    match value {
        Expr::Path(path) if path.qself.is_none() && is_plain(&path.path) => {}
        _ => return child,
    }
    let attributes = match around {
        Some(element) if element.name == "uploader" => vec!["html", "kit", "upload", element.name],
        Some(element) if element.kit => vec!["html", "kit", element.name],
        Some(element) => vec!["html", element.name],
        None => Vec::new(),
    };
    let attributes = attributes.iter().map(|name| Ident::new(name, Span::mixed_site()));
    quote_spanned!(Span::mixed_site()=> { ::filekit::__private::editor! { offer #(#attributes)* } #child })
}

/// Writes a call that takes an attribute, its name with a comma behind it or nothing, and its value.
fn call(method: &str, name: TokenStream, of: &Of, value: &Expr) -> TokenStream {
    let method = Ident::new(method, glue(of.at));
    let writer = local("writer");
    let of = attribute(of);
    let value = reference(value);
    quote_spanned!(Span::mixed_site()=> #writer.#method(#of, #name #value);)
}

/// Writes the path of an attribute. The user's name is a field of it, so that rustc can correct it.
fn attribute(of: &Of) -> TokenStream {
    let Of { element, attribute, at } = of;
    let at = glue(*at);
    let element = Ident::new(element, at);
    quote_spanned!(at=> ::filekit::__private::elements::attributes::#element.#attribute)
}

/// Borrows a value, in parentheses where `&` would only reach its first operand.
///
/// The `&` is wholly the user's, so that rustc joins it with the value and underlines both. Where a lint looks at
/// a `&` together with what follows, such as in `&*name`, it is generated.
fn reference(value: &Expr) -> TokenStream {
    let first = value.span();
    match value {
        Expr::Unary(_) | Expr::Index(_) | Expr::Reference(_) => quote_spanned!(glue(first)=> &#value),
        Expr::Binary(_) | Expr::Cast(_) | Expr::Range(_) | Expr::Closure(_) | Expr::Assign(_) => {
            let mut inside = Group::new(Delimiter::Parenthesis, value.to_token_stream());
            inside.set_span(value.to_token_stream().into_iter().last().map_or(first, |last| last.span()));
            quote_spanned!(first=> &#inside)
        }
        _ => quote_spanned!(first=> &#value),
    }
}

/// Writes statements that collect actions, and returns the name of the collection.
fn actions_of(actions: &[Action]) -> (Ident, TokenStream) {
    let name = local("actions");
    if actions.is_empty() {
        let nothing = quote_spanned!(Span::mixed_site()=> let #name = ::filekit::__private::Actions::new(););
        return (name, nothing);
    }
    let each = actions.iter().map(|action| {
        let at = glue(action.of.at);
        let of = attribute(&action.of);
        let value = &action.value;
        quote_spanned!(at=> ::filekit::__private::action(&mut #name, #of, #value);)
    });
    let collected = quote_spanned! {Span::mixed_site()=>
        let mut #name = ::filekit::__private::Actions::new();
        #(#each)*
    };
    (name, collected)
}

fn button(actions: &[Action], body: &[Step]) -> TokenStream {
    let (writer, tag) = (local("writer"), local("tag"));
    let (name, collected) = actions_of(actions);
    let body = steps(body);
    quote_spanned! {Span::mixed_site()=>
        {
            #collected
            let #tag = #writer.open_button(#name);
            #body
            #writer.close_button(#tag);
        }
    }
}

fn form(actions: &[Action], body: &[Step]) -> TokenStream {
    let writer = local("writer");
    let (name, collected) = actions_of(actions);
    let body = steps(body);
    quote_spanned! {Span::mixed_site()=>
        {
            #collected
            #writer.open_form(#name);
            #body
            #writer.close_form();
        }
    }
}

fn upload(step: &Upload) -> TokenStream {
    let Upload { path, of, id, settings, zone, is_named, input, body, uploader } = step;
    let begin = path.as_ref().map(|path| run(&[Step::Slot(Slot::BeginElement(path.clone()))]));
    let end = path.as_ref().map(|_| Step::Slot(Slot::EndElement));
    let end = run(&std::iter::once(Step::Markup("</div>".to_owned())).chain(end).collect::<Vec<_>>());
    let (writer, upload) = (local("writer"), local("upload"));
    let at = glue(of.at);
    let of = attribute(of);
    let (zone, input, body) = (steps(zone), steps(input), steps(body));
    let uploader = uploader.as_ref().map(composed::uploader_parts);
    let mut begun = quote_spanned!(at=> ::filekit::__private::upload_tag(#of, #id));
    if !settings.is_empty() {
        let settings = settings.iter().map(setting);
        begun = quote_spanned!(Span::mixed_site()=> { let mut #upload = #begun; #(#settings)* #upload });
    }
    let name = (!is_named).then(|| quote_spanned!(Span::mixed_site()=> #writer.upload_name(&#upload);));
    quote_spanned! {Span::mixed_site()=>
        {
            let #upload = #begun;
            #begin
            #writer.open_upload(&#upload);
            #zone
            #writer.markup(">");
            #writer.upload_input(&#upload);
            #name
            #writer.upload_rules(&#upload);
            #input
            #writer.markup(">");
            #body
            #end
            #writer.close_upload();
            #uploader
        }
    }
}

/// Writes a call that reads a setting of an upload.
fn setting(setting: &Setting) -> TokenStream {
    let Setting { name, of, value } = setting;
    let at = glue(of.at);
    let (upload, of, value) = (local("upload"), attribute(of), reference(value));
    if name == "check" {
        return quote_spanned!(at=> ::filekit::__private::upload_check(&mut #upload, #of, #value););
    }
    quote_spanned!(at=> ::filekit::__private::upload_setting(&mut #upload, #name, #of, #value);)
}

/// Lets rustc suggest elements for the function at the head of an expression, such as `buton` in `buton("x")?`.
fn suggest_callee(value: &mut Expr) {
    match value {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if path.qself.is_none() && is_plain(&path.path) => {
                let name = suggested(path);
                *call.func = Expr::Verbatim(quote_spanned!(Span::mixed_site()=> (#name)));
            }
            _ => suggest_callee(&mut call.func),
        },
        Expr::MethodCall(call) => suggest_callee(&mut call.receiver),
        Expr::Field(field) => suggest_callee(&mut field.base),
        Expr::Await(future) => suggest_callee(&mut future.base),
        Expr::Try(fallible) => suggest_callee(&mut fallible.expr),
        _ => {}
    }
}

/// Tells whether a path is one name of a function; types and variants are not suggested.
fn is_plain(path: &syn::Path) -> bool {
    let name = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
    path.leading_colon.is_none() && path.segments.len() == 1 && name.starts_with(char::is_lowercase)
}

/// Writes a name where the functions of all elements are in scope, which rustc then compares it with.
///
/// Only the name is there: in the arguments of a call, those functions would hide the user's variables.
fn suggested(name: impl ToTokens) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        {
            #[allow(unused_imports)]
            use ::filekit::__private::elements::functions::*;
            #name
        }
    }
}

/// Keeps tokens that could not be read for editors.
fn keep(broken: &Broken) -> TokenStream {
    let tokens = &broken.tokens;
    if tokens.is_empty() {
        return TokenStream::new();
    }
    quote_spanned!(Span::mixed_site()=> ::filekit::__private::editor! { keep #tokens })
}
