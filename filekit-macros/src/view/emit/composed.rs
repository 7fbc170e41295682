//! Writes the calls of the facade that make the rest of `uploader` and `file_list`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::lower::{Closure, FileList, SlotView, Step, UploaderParts};
use super::super::names;
use super::{attribute, offered, reference, steps};
use crate::names::{glue, local};

/// Writes what is behind the zone of an uploader.
pub(super) fn uploader_parts(parts: &UploaderParts) -> TokenStream {
    let (writer, upload) = (local("writer"), local("upload"));
    let send = option(parts.send.as_deref().map(view));
    let [empty, footer] = [&parts.empty, &parts.footer].map(|slot| slot_view(slot.as_ref()));
    quote_spanned! {Span::mixed_site()=>
        #writer.child(&::filekit::kit::uploader(
            #upload.id(),
            ::filekit::kit::UploaderParts { send: #send, empty: #empty, footer: #footer },
        ));
    }
}

/// Writes a list of stored files.
pub(super) fn file_list(list: &FileList) -> TokenStream {
    let writer = local("writer");
    let files = &list.files;
    // What is wrong with the files is said at their place.
    let at = glue(files.span());
    let (function, all) =
        (quote_spanned!(at=> ::filekit::kit::file_list), quote_spanned!(at=> ::filekit::kit::all(#files)));
    let id = option(list.id.as_ref().map(|id| {
        let id = reference(id);
        quote_spanned!(Span::mixed_site()=> ::std::string::ToString::to_string(#id))
    }));
    let remove = option(list.remove.as_ref().map(of_each_file));
    let download = option(list.download.as_ref().map(|download| of_selected(download, &id)));
    let empty = slot_view(list.empty.as_ref());
    let shown = quote_spanned! {Span::mixed_site()=>
        #writer.child(&#function(
            #all,
            ::filekit::kit::FileListParts { id: #id, remove: #remove, download: #download, empty: #empty },
        ));
    };
    // Around all of it: rustc would speak of a block that is the argument.
    offered(shown, files, names::element("file_list"))
}

/// Writes a closure that makes the button of a row.
fn of_each_file(Closure { pattern, body }: &Closure) -> TokenStream {
    let file = local("file");
    let button = view(body);
    quote_spanned! {Span::mixed_site()=>
        &|#file: &::filekit::__private::StoredFile| { let #pattern = #file; #button }
    }
}

/// Writes the button of what is selected.
fn of_selected(Closure { pattern, body }: &Closure, id: &TokenStream) -> TokenStream {
    let button = view(body);
    quote_spanned! {Span::mixed_site()=>
        { let #pattern = ::filekit::kit::selected_keys(#id); #button }
    }
}

/// Writes steps as a view of their own.
fn view(body: &[Step]) -> TokenStream {
    let writer = local("writer");
    let body = steps(body);
    quote_spanned! {Span::mixed_site()=>
        {
            let mut #writer = ::filekit::__private::Writer::new(0);
            #body
            ::filekit::__private::Writer::finish(#writer)
        }
    }
}

fn slot_view(slot: Option<&SlotView>) -> TokenStream {
    match slot {
        Some(SlotView { of, value }) => {
            let (at, of) = (glue(of.at), attribute(of));
            quote_spanned!(at=> ::filekit::kit::slot(#of, #value))
        }
        None => option(None),
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
