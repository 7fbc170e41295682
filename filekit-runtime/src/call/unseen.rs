//! The call of an event by a program that shows no page: what it is answered has the effects of the event, and no view.

use http::request::Parts;

use axum::response::Response;
use http::StatusCode;

use crate::call::{CallFiles, Command, Reply, Values, arguments, commands, run_event, stop_for_script};
use crate::error::{Error, Rejection, Result};
use crate::event::{EventTarget, IdempotentCall, Updates};
use crate::guard::CheckedFiles;
use crate::offer::{Endpoint, Grant, Uploads};
use crate::page::{Admission, PageContext, Pages, Proof, Stop};
use crate::quota::Account;
use crate::storage::SaveTransaction;
use crate::upload::{Received, RuleBook, Rules, UploadId};

/// An event that takes the files of one upload, on a page that has let the visitor in whose program sends them.
#[derive(Debug)]
pub(crate) struct UnseenCall {
    target: EventTarget,
    grant: Grant,
    admission: Admission,
    upload: UploadId,
    rules: Rules,
}

impl UnseenCall {
    /// Checks the call of the event of an endpoint, in whose session `context` is.
    ///
    /// # Errors
    ///
    /// If the event is not known or takes no files, or one of the layers of the page does not let the visitor in.
    pub(crate) async fn new(pages: &Pages, context: PageContext, parts: &Parts, endpoint: &Endpoint) -> Result<Self> {
        let (proof, event) = Proof::endpoint(context, endpoint)?;
        let (upload, rules) = event.grant.uploads().into_iter().next().ok_or(Rejection::OutOfDate)?;
        let admission = proof.admit(pages, parts).await?;
        admission.learn_checks(&event.grant.uploads()).await?;
        let target = admission.target(&event).await?;
        Ok(Self { target, grant: event.grant, admission, upload, rules })
    }

    /// The upload whose files the event takes.
    pub(crate) fn upload(&self) -> &UploadId {
        &self.upload
    }

    /// On whose account the file is that the event takes.
    pub(crate) fn account(&self) -> Account {
        self.admission.context.kit().account(&self.target.owner, &self.admission.request)
    }

    /// The rules of the upload, for files of at most so many bytes.
    pub(crate) fn rules(&self, max_size: u64) -> RuleBook {
        let mut rules = self.rules.clone();
        rules.limits.max_size = Some(rules.limits.max_size.map_or(max_size, |size| size.min(max_size)));
        RuleBook::new(vec![(self.upload.clone(), rules)])
    }

    /// Whether the event runs while its files arrive.
    pub(crate) fn streams(&self) -> bool {
        self.target.definition.streams
    }

    /// Has files checked that have arrived.
    ///
    /// # Errors
    ///
    /// If a check refuses one, or cannot judge it.
    pub(crate) async fn check(&self, files: Received) -> Result<CheckedFiles> {
        Ok(self.admission.check(files, &self.grant.uploads()).await?)
    }

    /// Carries the event out, with one file.
    ///
    /// # Errors
    ///
    /// If the event fails.
    pub(crate) async fn run(&self, files: CheckedFiles, saves: SaveTransaction) -> Result<Vec<Command>> {
        let Admission { context, request, .. } = &self.admission;
        let mut files = CallFiles::Received(files);
        let arguments = arguments(self.grant.clone(), &mut Values::None, &mut files, &saves)?;
        let arguments = arguments.with(request.clone(), Updates::default());
        let effects = run_event(context, self.target.clone(), IdempotentCall::default(), arguments, saves).await?;
        commands(effects, context, &Uploads::new()).await
    }
}

impl UnseenCall {
    /// The answer to a program whose event has failed. One that sends the visitor elsewhere has failed for it, too.
    pub(crate) fn refuse(&self, error: &Error) -> Response {
        let texts = self.admission.context.texts();
        match Stop::report(error, texts) {
            Stop::Redirect(_) => {
                let elsewhere = Rejection::extractor(StatusCode::UNAUTHORIZED, texts.say("event.sign-in", &[]));
                stop_for_script(&Stop::report(&elsewhere.into(), texts), None)
            }
            refused => stop_for_script(&refused, None),
        }
    }
}

impl Reply {
    /// A reply to a program that shows no page.
    pub(crate) fn unseen(actions: Vec<Command>) -> Self {
        Self { view: None, actions }
    }
}
