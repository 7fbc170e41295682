//! `upload_endpoint(..)`: the URL to which other programs send files. What is signed in it is `offer/endpoint.rs`, what happens there
//! `routes/endpoint/`.

use crate::escape::push_escaped;
use crate::offer::client::Expression;
use crate::offer::{EndpointSigner, EventRef, FilesOffer, Method, Uploads};
use crate::view::attribute::kind::{Text, TextOrFlag, Url};
use crate::view::child::ChildKind;
use crate::view::{AttributeValue, Child, Filling, Writer};
use crate::visitor::{Visit, ambient};
use crate::wire::path;

/// Makes the URL to which other programs send files for an event: a phone's app, a script, a widget in the page.
///
/// What is sent there may come by tus 1.0.0, by the draft "Resumable Uploads for HTTP", or as a form (`curl -F`). Each file calls
/// the event, with one file, when it has arrived as a whole; its rules are those of the upload.
///
/// In a view it is written as `upload_endpoint(MyState::save(upload_files(ID)))`, and can be text or the value of an attribute.
/// There the rules of the `upload` in that page hold, if there is one of this id. Outside of a view, in the handler of a page or in
/// an event, it is `upload_endpoint(event_reference!(MyState::save(upload_files(UPLOAD))))` and makes a `String`, with the rules that
/// `UPLOAD` was declared with. The URL is a path: what the server is called, its client knows.
///
/// The event takes the files of one upload, as `UploadFile`, `Option<UploadFile>` or `Vec<UploadFile>`; its other arguments are
/// fixed when the URL is made. A URL for any other event, or one that is made where no request is at hand, is refused when it is
/// used, and the log says why when it is made.
///
/// # Security
///
/// The URL alone is the right to call the event in the session of the visitor who was shown it: a client needs no cookie, and
/// the cookie of another visitor beside it is refused. It ends with the session, or after
/// [`endpoint_ttl`](crate::FileKitBuilder::endpoint_ttl). Show it to that visitor alone. No cookie can be made of it.
///
/// The layers of the page are asked as for any event: a layer that wants to see who is signed in sees the headers of that client.
///
/// # Examples
///
/// ```
/// use filekit_runtime::event::{EventRef, Post};
/// use filekit_runtime::view::upload_endpoint;
///
/// /// In the handler of a page: for a program that reads the URL in its answer.
/// fn url_of(save: EventRef<Post>) -> String {
///     upload_endpoint(save)
/// }
/// ```
pub fn upload_endpoint<E: EndpointEvent>(event: E) -> E::Endpoint {
    event.into_endpoint()
}

/// An event that files can be sent to. In a view the macro says so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event that files can be sent to",
    label = "not an event",
    note = "in a view write `upload_endpoint(MyState::save(upload_files(\"id\")))`",
    note = "outside of one write `upload_endpoint(event_reference!(MyState::save(upload_files(UPLOAD))))`"
)]
pub trait EndpointEvent {
    /// The URL: a `String`, or in a view the place for it.
    type Endpoint;
    /// The same event as it stands in a view.
    #[doc(hidden)]
    type InView: EndpointEvent<Endpoint = UploadEndpoint>;

    #[doc(hidden)]
    fn into_endpoint(self) -> Self::Endpoint;

    #[doc(hidden)]
    fn in_view(self) -> Self::InView;
}

#[diagnostic::do_not_recommend]
impl<M: Method> EndpointEvent for EventRef<M> {
    type Endpoint = String;
    type InView = EventInView<M>;

    fn in_view(self) -> EventInView<M> {
        EventInView(self)
    }

    fn into_endpoint(self) -> String {
        let UploadEndpoint(offer) = UploadEndpoint::new(self);
        let written = ambient::with_visit(|visit| {
            let mut url = String::new();
            push_url(visit, offer.as_deref(), &Uploads::new(), &mut url);
            url
        });
        written.unwrap_or_else(|| {
            tracing::error!(
                "an endpoint was made where no request is at hand; make it in the handler of a page or in an event"
            );
            path::ENDPOINT.to_owned()
        })
    }
}

/// An event as it stands in a view.
#[derive(Debug)]
pub struct EventInView<M>(EventRef<M>);

#[diagnostic::do_not_recommend]
impl<M: Method> EndpointEvent for EventInView<M> {
    type Endpoint = UploadEndpoint;
    type InView = Self;

    fn in_view(self) -> Self {
        self
    }

    fn into_endpoint(self) -> UploadEndpoint {
        UploadEndpoint::new(self.0)
    }
}

/// The place for the URL of [`upload_endpoint`] in a view: text, or the value of an attribute.
#[derive(Clone, Debug)]
#[must_use = "an endpoint does nothing until it stands in a view"]
pub struct UploadEndpoint(Option<Box<FilesOffer>>);

impl UploadEndpoint {
    fn new<M>(event: EventRef<M>) -> Self {
        let (offer, arguments) = event.into_parts();
        let mistake = mistake(&arguments);
        if let Some(mistake) = mistake {
            tracing::error!(event = ?offer, "{mistake}");
        }
        let offer = FilesOffer::new(&offer, &arguments).filter(|_| mistake.is_none());
        Self(offer.map(Box::new))
    }

    fn push_hole(&self, out: &mut Writer) {
        out.push_hole(Filling::EndpointUrl(self.0.clone()));
    }
}

/// What is wrong with the arguments that the browser would evaluate: an endpoint has none, but for the files.
fn mistake(arguments: &[Expression]) -> Option<&'static str> {
    let mut uploads = arguments.iter().map(|argument| argument.files.as_deref().map(|files| files.upload.id()));
    match uploads.next() {
        None => Some("an endpoint is of an event that takes files"),
        Some(first) if first.is_some() && uploads.all(|other| other == first) => None,
        Some(_) => {
            Some("an endpoint is of an event that takes the files of one upload, and nothing else that a browser says")
        }
    }
}

/// Appends the URL of an endpoint, of an event that takes the files of a page with these uploads.
pub(crate) fn push_url(visit: &Visit, offer: Option<&FilesOffer>, uploads: &Uploads, url: &mut String) {
    url.push_str(visit.mount().base());
    url.push_str(path::ENDPOINT);
    if let Some(offer) = offer {
        url.push('?');
        EndpointSigner::new(visit).sign(|grant| offer.write_grant(Some(visit.seen()), uploads, grant), url);
    }
}

/// Appends the same for markup.
pub(crate) fn push_endpoint(visit: &Visit, offer: Option<&FilesOffer>, uploads: &Uploads, html: &mut String) {
    let mut url = String::new();
    push_url(visit, offer, uploads, &mut url);
    push_escaped(html, &url);
}

impl Child for UploadEndpoint {
    const KIND: ChildKind = ChildKind::Text;

    fn render(&self, out: &mut Writer) {
        self.push_hole(out);
    }
}

macro_rules! attributes {
    ($($kind:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<$kind> for UploadEndpoint {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.markup(name);
                out.markup("=\"");
                self.push_hole(out);
                out.markup("\"");
            }

            fn write_value(&self, out: &mut Writer) {
                self.push_hole(out);
            }
        }
    )*};
}

attributes! { Text, TextOrFlag, Url }
