//! Why a page may be asked for, and that it has let the visitor in.
//!
//! ```text
//! the token of a request    -> Proof: checked, in the session that it fits      (the only ways are the functions of `Proof`)
//! Proof, page's layers      -> Admission: the request as the page's handler would get it
//! ```
//!
//! Nothing is done for a request that names a page before it has an [`Admission`], and there is no other way to one.

use http::request::Parts;

use crate::error::{FileRejection, Rejection, Result};
use crate::event::{EventDefinition, EventTarget};
use crate::guard::{CheckId, CheckedFiles};
use crate::instance::InstanceVersion;
use crate::kit::PendingDownload;
use crate::offer::{Capability, CapabilityUse, Endpoint, Grant, PageUploads};
use crate::page::{LivePage, PageCall, PageContext, Pages, Question};
use crate::upload::{Received, Rules, UploadId};
use crate::visitor::{OwnerKey, OwnerTag, PagePath};
use std::sync::Arc;

/// An event that the visitor may call, with what is known of its arguments.
#[derive(Debug)]
pub(crate) struct AuthorisedEvent {
    pub(crate) definition: &'static EventDefinition,
    pub(crate) grant: Grant,
}

impl AuthorisedEvent {
    /// The event of a grant; nothing if the program has none like it.
    pub(crate) fn of(grant: Grant) -> Option<Self> {
        Some(Self { definition: EventDefinition::find(grant.event)?, grant })
    }
}

/// The visitor may ask for a page: what the request shows was given to them there.
#[derive(Debug)]
pub(crate) struct Proof {
    context: PageContext,
    question: Question,
}

impl Proof {
    /// By the capability to call an event.
    ///
    /// # Errors
    ///
    /// If the capability was not signed for this visitor, page and use, or the event is not known.
    pub(crate) fn capability(
        context: PageContext,
        page: PagePath,
        used: CapabilityUse,
        text: &str,
    ) -> Result<(Self, AuthorisedEvent)> {
        let (proof, mut events) = Self::capabilities(context, page, used, [text])?;
        let event = events.pop().ok_or(Rejection::CapabilityRefused)?;
        Ok((proof, event))
    }

    /// By the capabilities to call several events, one after the other.
    ///
    /// # Errors
    ///
    /// As [`Proof::capability`].
    pub(crate) fn capabilities<'a>(
        context: PageContext,
        page: PagePath,
        used: CapabilityUse,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<(Self, Vec<AuthorisedEvent>)> {
        let mut texts = texts.into_iter().peekable();
        let context = fitting_capability(context.on_page(page), used, texts.peek().copied().unwrap_or_default());
        let events: Vec<_> = texts.map(|text| authorise(&context, used, text)).collect::<Result<_>>()?;
        let question = Question::of_handler_if(events.iter().any(|event| event.definition.extracts));
        Ok((Self { context, question }, events))
    }

    /// By the right to send files to the uploads of the page.
    ///
    /// # Errors
    ///
    /// If it was not signed for this visitor and page.
    pub(crate) fn uploads(context: PageContext, page: PagePath, text: &str) -> Result<(Self, PageUploads)> {
        let context = context.on_page(page);
        let (secret, path) = (context.visitor().secret().clone(), context.page().clone());
        let context = context.fitting(|session| PageUploads::open(&secret, session, &path, text).is_ok());
        let uploads = PageUploads::open(&secret, context.session(), &path, text)?;
        // The event is not known yet, and may take something of the page's request.
        Ok((Self { context, question: Question::of_handler_if(true) }, uploads))
    }

    /// By the URL of an endpoint, whose session `context` has.
    ///
    /// # Errors
    ///
    /// If the event is not known, or the page is not one of this site.
    pub(crate) fn endpoint(context: PageContext, endpoint: &Endpoint) -> Result<(Self, AuthorisedEvent)> {
        let page = context.path(&endpoint.page)?;
        let event = AuthorisedEvent::of(endpoint.grant.clone()).ok_or(Rejection::OutOfDate)?;
        let question = Question { asks_handler: event.definition.extracts, takes_any_answer: true };
        Ok((Self { context: context.on_page(page), question }, event))
    }

    /// By a download that was made for the visitor on the page.
    ///
    /// # Errors
    ///
    /// If there is none under that word, its page is not one of this mount, or the store of states fails.
    pub(crate) async fn pending_download(context: PageContext, token: &str) -> Result<(Self, Arc<PendingDownload>)> {
        let pending = context.kit().local().pending.clone();
        pending.learn(token, context.visitor().sessions()).await?;
        let context = context.fitting(|session| pending.find(token, session).is_some());
        let download = pending.find(token, context.session()).ok_or(Rejection::NotFound)?;
        // The same page, by the mount that this request came by: what is laid around another mount is not asked.
        let page = context.path(&download.page)?;
        Ok((Self { context: context.on_page(page), question: Question::default() }, download))
    }

    /// By an open document of the page.
    ///
    /// # Errors
    ///
    /// If this program has not shown the page, or the document is that of another session while the visitor has one.
    pub(crate) fn document(context: PageContext, page: PagePath, version: &InstanceVersion) -> Result<Self> {
        Ok(SeenDocument::new(context, page, version)?.proof()?)
    }

    pub(crate) fn context(&self) -> &PageContext {
        &self.context
    }

    /// Asks the page, with all its layers, whether it lets the visitor in.
    ///
    /// # Errors
    ///
    /// If it does not: what a layer, an extractor or the handler of the page says instead.
    pub(crate) async fn admit(self, pages: &Pages, request: &Parts) -> Result<Admission> {
        let Self { context, question } = self;
        let page = PageCall::new(context.page(), request);
        let mut request = page.probe(pages, &context, question).await?;
        context.insert_into(&mut request.extensions);
        Ok(Admission { pages: pages.clone(), context, page, request })
    }
}

/// An open document of a page that this program has shown.
#[derive(Debug)]
pub(crate) struct SeenDocument {
    context: PageContext,
    version: InstanceVersion,
}

impl SeenDocument {
    /// # Errors
    ///
    /// If the document has no seal of the page.
    pub(crate) fn new(context: PageContext, page: PagePath, version: &InstanceVersion) -> Result<Self, Rejection> {
        let context = context.on_page(page);
        context.visit().check_seal(version.seal)?;
        let secret = context.visitor().secret().clone();
        let owner = version.owner;
        let context = context.fitting(|session| owner.is_some_and(|owner| owner.fits_session(&secret, session)));
        Ok(Self { context, version: *version })
    }

    pub(crate) fn context(&self) -> &PageContext {
        &self.context
    }

    /// # Errors
    ///
    /// If the document is that of another session while the visitor has one.
    pub(crate) fn proof(self) -> Result<Proof, Rejection> {
        self.context.visitor().check_owner(self.version.owner)?;
        Ok(Proof { context: self.context, question: Question::default() })
    }
}

/// The page has let the visitor in.
#[derive(Debug)]
pub(crate) struct Admission {
    pub(crate) pages: Pages,
    pub(crate) context: PageContext,
    pub(crate) page: PageCall,
    /// The request as the page's handler would get it, for the extractors of events.
    pub(crate) request: Parts,
}

impl Admission {
    /// The page as an open document shows it.
    pub(crate) fn live(self, version: InstanceVersion) -> LivePage {
        self.into_live(version).0
    }

    /// The page as an open document shows it, and the request as its handler would get it.
    pub(crate) fn into_live(self, version: InstanceVersion) -> (LivePage, Parts) {
        let Self { pages, context, page, request } = self;
        (LivePage::new(pages, context, page, version), request)
    }

    /// An event with the owner of its state: the one whom the page was shown to.
    ///
    /// # Errors
    ///
    /// If the request has no such owner, or another one than the page that offered the event.
    pub(crate) async fn target(&self, event: &AuthorisedEvent) -> Result<EventTarget> {
        let AuthorisedEvent { definition, grant } = event;
        let session = self.context.session();
        if !definition.is_owned {
            return Ok(EventTarget { definition, owner: OwnerKey::Session(session) });
        }
        let owner = (definition.owner)(&mut self.request.clone(), session).await?;
        let tag = OwnerTag::of(self.context.visitor().secret(), definition.state, &owner);
        // What the program itself calls is for the owner of this request.
        match grant.is_of_program || grant.owner == Some(tag) {
            true => Ok(EventTarget { definition, owner }),
            false => Err(Rejection::CapabilityRefused.into()),
        }
    }

    /// Has files checked that have arrived for uploads with these rules.
    ///
    /// # Errors
    ///
    /// If a check refuses one, or cannot judge it.
    pub(crate) async fn check(
        &self,
        files: Received,
        uploads: &[(UploadId, Rules)],
    ) -> Result<CheckedFiles, FileRejection> {
        CheckedFiles::of(files, uploads, self.context.kit().config().checks).await
    }

    /// Makes sure that this server knows the checks of these uploads, whose views are what makes checks known. After a restart, or where
    /// another server has shown the page, the page is called for that.
    ///
    /// # Errors
    ///
    /// If the page does not have them any more.
    pub(crate) async fn learn_checks(&self, uploads: &[(UploadId, Rules)]) -> Result<(), Rejection> {
        if are_checks_known(uploads) {
            return Ok(());
        }
        // What it shows is not asked for here.
        let _ = self.page.send(&self.pages, &self.context).await;
        match are_checks_known(uploads) {
            true => Ok(()),
            false => Err(Rejection::OutOfDate),
        }
    }

    /// Asks the page's handler as well, for an event that was not known before.
    ///
    /// # Errors
    ///
    /// If it does not show the visitor a view.
    pub(crate) async fn ask_handler(&self) -> Result<()> {
        self.page.probe(&self.pages, &self.context, Question::of_handler_if(true)).await.map(drop)
    }
}

fn are_checks_known(uploads: &[(UploadId, Rules)]) -> bool {
    uploads.iter().filter_map(|(_, rules)| rules.check).all(CheckId::is_known)
}

/// The same visitor; one with several sessions in the one that the capability was signed for on the page of `context`.
pub(crate) fn fitting_capability(context: PageContext, used: CapabilityUse, text: &str) -> PageContext {
    let (secret, page) = (context.visitor().secret().clone(), context.page().clone());
    context.fitting(|session| Capability::open(&secret, session, &page, used, text).is_ok())
}

/// Opens the capability of an event for the visitor of `context`, in whose session everything else of the request is.
///
/// # Errors
///
/// If the capability is not genuine, or the event is not known.
pub(crate) fn authorise(context: &PageContext, used: CapabilityUse, text: &str) -> Result<AuthorisedEvent> {
    let visitor = context.visitor();
    let opened = Capability::open(visitor.secret(), context.session(), context.page(), used, text);
    let Capability(grant) = opened.map_err(|refused| if visitor.is_new() { Rejection::NoCookie } else { refused })?;
    Ok(AuthorisedEvent::of(grant).ok_or(Rejection::OutOfDate)?)
}
