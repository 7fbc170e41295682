//! What is signed into the holes of a view, for the visitor who gets it; not where the holes are.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::event::Offer;
use crate::server::Context;
use crate::session::CapabilitySigner;
use crate::view::escape::push_escaped;
use crate::view::{Filling, FormAction, Uploads, push_files_owner};
use crate::wire;

/// Fills the holes of a view for the visitor.
pub(crate) fn filling(context: &Context) -> impl FnMut(&Filling, &Uploads, &mut String) {
    let mut fill = Fill { context, calls: None, downloads: None };
    move |filling, uploads, html| fill.fill(filling, uploads, html)
}

/// Signs for one page. What all its signatures share is hashed when the first of them is asked for.
struct Fill<'a> {
    context: &'a Context,
    calls: Option<CapabilitySigner>,
    downloads: Option<CapabilitySigner>,
}

impl Fill<'_> {
    fn fill(&mut self, filling: &Filling, uploads: &Uploads, html: &mut String) {
        match filling {
            Filling::Capability(offer) => self.calls().sign(|json| offer.write_json(json), html),
            Filling::UploadCapability(offer) => self.calls().sign(|json| offer.write_json(uploads, json), html),
            Filling::DownloadUrl(offer) => self.push_download(offer, html),
            Filling::FormAction(action) => self.push_form(action, uploads, html),
            Filling::Text(key) => push_escaped(html, &self.context.kit().texts.say(key, &[])),
            Filling::FormOwner => push_files_owner(html),
        }
    }

    fn calls(&mut self) -> &mut CapabilitySigner {
        self.calls.get_or_insert_with(|| self.context.call_signer())
    }

    /// Appends the URL under which an event's download is fetched.
    fn push_download(&mut self, offer: &Offer, html: &mut String) {
        push_escaped(html, self.context.base());
        html.push_str(wire::path::DOWNLOAD);
        html.push_str("?capability=");
        let signer = self.downloads.get_or_insert_with(|| self.context.download_signer());
        signer.sign(|json| offer.write_json(json), html);
        html.push_str("&amp;page=");
        html.extend(utf8_percent_encode(self.context.page(), NON_ALPHANUMERIC));
    }

    /// Appends the URL that a form on a page with these uploads sends the call of events to.
    fn push_form(&mut self, action: &FormAction, uploads: &Uploads, html: &mut String) {
        push_escaped(html, self.context.base());
        html.push_str(wire::path::UPLOAD);
        for (nth, offer) in action.offers.iter().enumerate() {
            html.push(if nth == 0 { '/' } else { wire::CHAIN });
            self.calls().sign(|json| offer.write_json(uploads, json), html);
        }
        self.context.push_form_query(html);
        for field in &action.fields {
            html.push_str("&amp;field=");
            html.extend(utf8_percent_encode(field, NON_ALPHANUMERIC));
        }
    }
}
