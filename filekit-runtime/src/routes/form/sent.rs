//! A form that was sent: what is checked before its body is read, its events one after the other, and the answer.

use std::collections::VecDeque;

use axum::body::Body;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Method, request};

use crate::call::{CallFiles, FileRequest, Values, arguments, hand_over, run_event, several_streams};
use crate::error::{Error, FileRejection, Rejection, Result};
use crate::event::{IdempotentCall, Updates};
use crate::incoming::incoming;
use crate::offer::{CapabilityUse, PageUploads};
use crate::page::{
    Admission, AuthorisedEvent, Notices, PageCall, PageContext, Pages, Proof, Stop, authorise, fitting_capability,
};
use crate::quota::Charge;
use crate::routes::form::outcome::{Outcome, single};
use crate::routes::form::query::{FormQuery, button, chain, fields_of};
use crate::routes::form::urlencoded::Urlencoded;
use crate::storage::SaveTransaction;
use crate::upload::{
    FieldFilter, FileParts, FileStore, FormFields, IncomingBody, Parts, Received, RuleBook, Rules, UploadId, receive,
};
use crate::view::harmless_url;
use crate::visitor::OwnerKey;
use crate::wire::form;

/// How many events may follow each other, each returned by the one before.
const MAX_EVENTS: usize = 100;

/// A form that was sent, and what came of it so far.
pub(super) struct SentForm<'a> {
    pages: &'a Pages,
    request: &'a request::Parts,
    /// On the page that holds the form.
    context: PageContext,
    /// Names of the controls whose values the events take.
    fields: Vec<String>,
    /// Whether this program has shown the page, so that it can be shown again.
    was_shown: bool,
    /// The values that were typed, to be shown again if the form is refused.
    typed: Vec<(String, String)>,
    outcome: Outcome,
    /// What its files take on an account.
    charge: Charge,
}

/// Checks that the files of a form around a page were received under the rules of the events that get them. A page that had
/// other rules once gave its visitor another proof.
///
/// # Errors
///
/// If an event has a stricter rule.
fn check_received_under(uploads: &[(UploadId, Rules)], events: &[AuthorisedEvent]) -> Result<(), Rejection> {
    let mut wanted = uploads_of(events).into_iter();
    let is_kept = wanted.all(|(id, rules)| {
        let mut received = uploads.iter().filter(|(known, _)| *known == id);
        received.all(|(_, received)| rules.hold_under(received))
    });
    is_kept.then_some(()).ok_or(Rejection::OutOfDate)
}

/// The uploads whose files these events take.
fn uploads_of(events: &[AuthorisedEvent]) -> Vec<(UploadId, Rules)> {
    events.iter().flat_map(|event| event.grant.uploads()).collect()
}

impl<'a> SentForm<'a> {
    /// # Errors
    ///
    /// If the query names no page of this site, or the store of states fails.
    pub(super) async fn new(pages: &'a Pages, request: &'a request::Parts, query: Option<&str>) -> Result<Self> {
        let FormQuery { page, seal, fields } = FormQuery::parse(query)?;
        let context = PageContext::of_request(&pages.kit, request).await?;
        let page = context.path(&page)?;
        let context = context.on_page(page);
        let was_shown = context.visit().check_seal(seal).is_ok();
        Ok(Self {
            pages,
            request,
            context,
            fields,
            was_shown,
            typed: Vec::new(),
            outcome: Outcome::default(),
            charge: Charge::default(),
        })
    }

    /// Path and query of the page that holds the form.
    pub(super) fn page(&self) -> &str {
        self.context.page().shown()
    }

    /// Calls the events whose capabilities are in the URL of a form, with the values and files in its body.
    pub(super) async fn call_with_parts(&mut self, capabilities: &str, body: &IncomingBody) -> Result<()> {
        let (admission, events) = self.admit(capabilities).await?;
        let streams = events.iter().any(|event| event.definition.streams);
        let taking = events.iter().filter(|event| !event.grant.uploads().is_empty());
        if streams && taking.count() > 1 {
            // An event that reads while files arrive would get those of the other events, under their rules.
            return Err(several_streams().into());
        }
        if let Some(event) = events.iter().find(|event| !event.grant.uploads().is_empty()) {
            let owner = admission.target(event).await?.owner;
            self.charge_to(&owner).await?;
        }
        let store = self.store();
        let rules = RuleBook::new(uploads_of(&events));
        let parts = Parts::open(&self.request.headers, body)?;
        let mut parts = parts.form(rules, FieldFilter::Named(std::mem::take(&mut self.fields)));
        if !streams {
            let (files, fields) = self.receive(&mut parts, &store).await?;
            let files = admission.check(files, &uploads_of(&events)).await?;
            let mut values = Values::of_fields(fields.into_values());
            return self.call(&admission, events, &mut values, &mut CallFiles::Received(files)).await;
        }
        // Its files are not kept, so those of no other event can be either; and no value follows a file.
        parts.read_to_first_file().await?;
        self.typed = parts.fields().into_pairs();
        let mut values = Values::of_fields(parts.fields().into_values());
        let called = self.call(&admission, events, &mut values, &mut CallFiles::arriving(parts, store)).await;
        body.leave();
        called
    }

    /// Calls the events of a button that takes no files: its value is the body.
    pub(super) async fn call_with_value(&mut self, body: Body) -> Result<()> {
        let body = incoming(&self.request.headers, body, u64::MAX).held_within(&self.context.kit().local().waiting);
        let body = Urlencoded::new(body.read_whole().await?);
        let pressed = body.first(form::CALL).ok_or(Rejection::ButtonMissing)?;
        let (capabilities, query) = button(&pressed);
        let (admission, events) = self.admit(capabilities).await?;
        let fields = FormFields::of_pairs(body.pairs(), FieldFilter::Named(fields_of(query)))?;
        self.typed = fields.clone().into_pairs();
        let mut values = Values::of_fields(fields.into_values());
        self.call(&admission, events, &mut values, &mut CallFiles::none()).await
    }

    /// Calls the events of a form around a page. Its files may come before the button that was pressed, so what is checked
    /// before them is that this visitor was shown this page with these uploads.
    pub(super) async fn call_around(&mut self, body: &IncomingBody) -> Result<()> {
        let mut parts = Parts::open(&self.request.headers, body)?;
        let uploads = parts.first_field(form::UPLOADS).await.map_err(|error| match error {
            FileRejection::Malformed { .. } => Rejection::ButtonMissing,
            other => other.into(),
        })?;
        let page = self.context.page().clone();
        let (proof, PageUploads(uploads)) = Proof::uploads(self.context.clone(), page, &uploads)?;
        let admission = self.enter(proof).await?;
        // How many files it takes, the event will say.
        let uncounted = uploads.iter().cloned().map(|(id, mut rules)| {
            rules.limits.min_files = None;
            (id, rules)
        });
        // Whose they are is known when the button comes, behind them.
        self.charge_to(&OwnerKey::Session(self.context.session())).await?;
        let mut parts = parts.form(RuleBook::new(uncounted.collect()), FieldFilter::All);
        let (files, fields) = self.receive(&mut parts, &self.store()).await?;
        let pressed = fields.first(form::CALL).ok_or(Rejection::ButtonMissing)?;
        let (capabilities, query) = button(pressed);
        let names = fields_of(query);
        check_length(capabilities)?;
        let events = chain(capabilities).map(|text| authorise(&self.context, CapabilityUse::Call, text));
        let events: Vec<_> = events.collect::<Result<_>>()?;
        check_received_under(&uploads, &events)?;
        if events.iter().any(|event| event.definition.streams) {
            return Err(Rejection::ButtonMissing.into());
        }
        // By the rules of the page as well: an event may be returned that takes what these leave.
        let uploads = [uploads, uploads_of(&events)].concat();
        admission.learn_checks(&uploads).await?;
        let files = admission.check(files, &uploads).await?;
        let mut values = Values::of_fields(fields.into_values_of(names));
        self.call(&admission, events, &mut values, &mut CallFiles::Received(files)).await
    }

    /// Checks capabilities, and asks the page whether it lets the visitor in.
    async fn admit(&mut self, capabilities: &str) -> Result<(Admission, Vec<AuthorisedEvent>)> {
        check_length(capabilities)?;
        // Also the page that says why the form is refused is in that session.
        let first = chain(capabilities).next().unwrap_or_default();
        self.context = fitting_capability(self.context.clone(), CapabilityUse::Call, first);
        let (context, page) = (self.context.clone(), self.context.page().clone());
        let (proof, events) = Proof::capabilities(context, page, CapabilityUse::Call, chain(capabilities))?;
        let admission = self.enter(proof).await?;
        admission.learn_checks(&uploads_of(&events)).await?;
        Ok((admission, events))
    }

    async fn enter(&mut self, proof: Proof) -> Result<Admission> {
        self.was_shown = true;
        self.context = proof.context().clone();
        proof.admit(self.pages, self.request).await
    }

    /// Receives the files and the fields of a form. If it is refused, what was typed is known anyway.
    async fn receive(&mut self, parts: &mut FileParts, store: &FileStore) -> Result<(Received, FormFields)> {
        let received = receive(parts, store).await;
        if received.is_err() {
            parts.read_fields_left().await;
        }
        self.typed = parts.fields().into_pairs();
        Ok((received?, parts.fields()))
    }

    fn store(&self) -> FileStore {
        let kit = self.context.kit();
        let (files, spool) = (kit.shared().files.clone(), kit.local().spool.clone());
        FileStore { files, spool, saves: SaveTransaction::charged_to(self.charge.clone()).share() }
    }

    /// Lets the files of the form be on the account of an owner.
    async fn charge_to(&mut self, owner: &OwnerKey) -> Result<()> {
        let (kit, session) = (&self.pages.kit, self.context.session());
        self.charge = kit.saves_of_form(session, kit.account(owner, self.request), self.request).await?.charge();
        Ok(())
    }

    /// Calls events, and those that they return, until one fails.
    async fn call(
        &mut self,
        admission: &Admission,
        events: Vec<AuthorisedEvent>,
        values: &mut Values,
        files: &mut CallFiles,
    ) -> Result<()> {
        let is_asked = events.iter().any(|event| event.definition.extracts);
        let mut left = VecDeque::from(events);
        for _ in 0..MAX_EVENTS {
            let Some(event) = left.pop_front() else { return Ok(()) };
            if event.definition.extracts && !is_asked {
                // An event has returned it.
                admission.ask_handler().await?;
            }
            let target = admission.target(&event).await?;
            let charge = self.charge.stored_on(self.pages.kit.account(&target.owner, self.request));
            if !event.grant.uploads().is_empty() {
                charge.take_over()?;
            }
            let saves = SaveTransaction::charged_to(charge);
            let arguments = arguments(event.grant, values, files, &saves)?;
            let arguments = arguments.with(admission.request.clone(), Updates::default());
            let effects = run_event(&self.context, target, IdempotentCall::default(), arguments, saves).await?;
            // A browser with scripts does what an event returns before it goes on.
            for event in self.outcome.take(effects).into_iter().rev() {
                left.push_front(event);
            }
        }
        if !left.is_empty() {
            tracing::error!("events that call each other without end were stopped after {MAX_EVENTS}");
        }
        Ok(())
    }

    /// The answer when all events went well.
    ///
    /// # Errors
    ///
    /// If the download that one returned cannot be sent.
    pub(super) async fn answer(self) -> Result<Response> {
        let Outcome { toasts, redirect, downloads } = self.outcome;
        let context = &self.context;
        let mut response = match (single(downloads), redirect) {
            (Some(download), _) => {
                let page = PageCall::new(context.page(), self.request);
                let asked = FileRequest { method: &Method::GET, headers: &HeaderMap::new() };
                hand_over(download, self.pages, &page, context, asked).await?
            }
            (None, Some(url)) => Redirect::to(harmless_url(&url)).into_response(),
            (None, None) => Redirect::to(context.page().shown()).into_response(),
        };
        let cookies = response.headers_mut();
        if let Some(cookie) = context.visitor().set_cookie() {
            cookies.append(SET_COOKIE, cookie);
        }
        if !toasts.is_empty() {
            cookies.append(SET_COOKIE, context.visitor().set_flash(&toasts));
        }
        cookies.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// The page as it is now, with the words of an error in it.
    ///
    /// # Errors
    ///
    /// The same error, if there is no page to show the words in.
    pub(super) async fn refuse(self, error: Error) -> Result<Response> {
        let texts = self.pages.kit.texts();
        if !self.was_shown {
            return Err(error);
        }
        let refusal = match Stop::report(&error, texts) {
            Stop::Refused(refusal) => refusal,
            redirect @ Stop::Redirect(_) => return Ok(redirect.for_person(FAILED, texts)),
        };
        let notices = Notices::of_refusal(self.outcome.toasts, refusal, self.typed);
        let page = PageCall::new(self.context.page(), self.request);
        let document = page.document(self.pages, &self.context, &notices).await;
        Ok(match (document, notices.refusal) {
            (Some(document), _) => document,
            (None, Some(refusal)) => Stop::Refused(refusal).for_person(FAILED, texts),
            (None, None) => return Err(error),
        })
    }
}

/// The title of a document that says why a form failed.
pub(in crate::routes) const FAILED: &str = "page.form-failed";

fn check_length(capabilities: &str) -> Result<(), Rejection> {
    match chain(capabilities).count() > MAX_EVENTS {
        true => Err(Rejection::malformed("a form calls more events than may follow each other")),
        false => Ok(()),
    }
}
