//! The call of an event by a script: checked, admitted, and answered while it runs.

use std::sync::Arc;

use axum::response::{AppendHeaders, Response};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use crate::call::{Call, CallFiles, ProgressiveReply, Values, arguments};
use crate::error::{Rejection, Result};
use crate::event::{EventTarget, Updates};
use crate::instance::InstanceVersion;
use crate::kit::IdempotencyKey;
use crate::offer::{CapabilityUse, Grant};
use crate::page::{Admission, PageContext, Pages, Proof};
use crate::quota::Account;
use crate::storage::SaveTransaction;
use crate::upload::{IncomingBody, Received, RuleBook};
use crate::visitor::SessionId;

/// An event that the visitor may call, on a page that has let them in.
#[derive(Debug)]
pub(crate) struct AuthorisedCall {
    target: EventTarget,
    grant: Grant,
    admission: Admission,
    version: InstanceVersion,
    key: Option<IdempotencyKey>,
}

impl AuthorisedCall {
    /// Checks a call.
    ///
    /// # Errors
    ///
    /// If the capability is not genuine, the event is not known, the page is none of this site, one of its layers does
    /// not let the visitor in, or what the page says of its instance cannot be read.
    pub(crate) async fn new(pages: &Pages, context: &PageContext, parts: &Parts, call: &Call) -> Result<Self> {
        let page = context.path(&call.page)?;
        let (proof, event) = Proof::capability(context.clone(), page, CapabilityUse::Call, &call.capability)?;
        let key = call.once.map(|number| IdempotencyKey::new(proof.context().session(), number));
        let version = call.instance.parse()?;
        let admission = proof.admit(pages, parts).await?;
        admission.learn_checks(&event.grant.uploads()).await?;
        let target = admission.target(&event).await?;
        Ok(Self { target, grant: event.grant, admission, version, key })
    }

    /// The rules of the uploads whose files the event takes.
    ///
    /// # Errors
    ///
    /// If it takes none.
    pub(crate) fn rules(&self) -> Result<RuleBook, Rejection> {
        let uploads = self.grant.uploads();
        match uploads.is_empty() {
            true => Err(Rejection::malformed("this event takes no files")),
            false => Ok(RuleBook::new(uploads)),
        }
    }

    /// Has the files checked that have arrived for the event.
    ///
    /// # Errors
    ///
    /// If a check refuses one, or cannot judge it.
    pub(crate) async fn check(&self, files: Received) -> Result<CallFiles> {
        Ok(CallFiles::Received(self.admission.check(files, &self.grant.uploads()).await?))
    }

    /// The session in which the event is called.
    pub(crate) fn session(&self) -> SessionId {
        self.admission.context.session()
    }

    /// On whose account the files are that the event takes.
    pub(crate) fn account(&self) -> Account {
        self.admission.context.kit().account(&self.target.owner, &self.admission.request)
    }

    /// The session's cookie, if the answer has to bring it.
    pub(crate) fn session_cookie(&self) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        self.admission.context.session_cookie()
    }

    /// Whether the event runs while its files arrive.
    pub(crate) fn streams(&self) -> bool {
        self.target.definition.streams
    }

    /// Carries the event out and answers it. `arriving` is the body, if files of the event still arrive.
    ///
    /// # Errors
    ///
    /// If the call has happened before, or the event fails before it has shown anything.
    pub(crate) async fn respond(
        self,
        mut values: Values,
        mut files: CallFiles,
        saves: SaveTransaction,
        arriving: Option<IncomingBody>,
    ) -> Result<Response> {
        let Self { target, grant, admission, version, key } = self;
        let (updates, previews) = Updates::channel();
        let arguments = arguments(grant, &mut values, &mut files, &saves)?;
        values.end()?;
        let (page, request) = admission.into_live(version);
        let arguments = arguments.with(request, updates);
        let guard = match key {
            Some(key) => Some(page.context().kit().shared().calls.begin(key).await?),
            None => None,
        };
        ProgressiveReply::begin(Arc::new(page), target, arguments, saves, guard, previews, arriving).answer().await
    }
}
