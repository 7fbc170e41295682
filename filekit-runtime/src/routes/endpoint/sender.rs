//! A program that sends something to an endpoint: who it is, what it may do, and its uploads as they are kept.

use std::time::Duration;

use http::Uri;
use http::request::Parts;
use tokio::time::timeout;

use super::UPLOAD;
use super::record::Record;
use super::refusal::EndpointRefusal;
use super::request::{Finished, MaxSize, UploadStatus};
use crate::call::UnseenCall;
use crate::clock;
use crate::error::{FileRejection, Rejection, Result};
use crate::kit::{Outcome, RunKey, claim_from_all, upload_owner};
use crate::offer::Endpoint;
use crate::page::{PageContext, Pages};
use crate::storage::PartialId;
use crate::upload::{PartialUpload, Rules};
use crate::wire::path;

/// How long an answer waits for an event that runs.
const PATIENCE: Duration = Duration::from_secs(20);

/// The right that the URL of a request shows, and the id of the upload in it, which may be none.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndpointUrl<'a> {
    token: &'a str,
    pub(super) upload: Option<&'a str>,
}

impl<'a> EndpointUrl<'a> {
    pub(super) fn of(uri: &'a Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        match query.split_once(UPLOAD) {
            Some((token, upload)) => Self { token, upload: Some(upload) },
            None => Self { token: query, upload: None },
        }
    }
}

/// A program that sends something, in the session that its URL names.
#[derive(Debug)]
pub(super) struct Sender<'a> {
    pub(super) pages: &'a Pages,
    pub(super) request: &'a Parts,
    context: PageContext,
    pub(super) endpoint: Endpoint,
    token: &'a str,
    /// The id of the upload that the URL names, which may be none.
    pub(super) upload: Option<&'a str>,
}

impl<'a> Sender<'a> {
    /// # Errors
    ///
    /// If this server has not written the URL, the session has ended, the request brings the cookie of another one, or the store of states fails.
    pub(super) async fn new(pages: &'a Pages, request: &'a Parts, url: EndpointUrl<'a>) -> Result<Self> {
        let kit = &pages.kit;
        let endpoint = Endpoint::open(&kit.config().sessions.secret, url.token)?;
        let context = PageContext::of_session(kit, request, endpoint.session).await?;
        Ok(Self { pages, request, context, endpoint, token: url.token, upload: url.upload })
    }

    /// The largest file that is taken here.
    pub(super) fn max_size(&self) -> MaxSize {
        let of_upload = self.endpoint.grant.uploads().first().and_then(|(_, rules)| rules.limits.max_size);
        let of_server = self.pages.kit.config().max_body;
        MaxSize(of_upload.map_or(of_server, |size| size.min(of_server)))
    }

    /// Asks the page whether it lets the visitor in whose program this is.
    ///
    /// # Errors
    ///
    /// If it does not, or the event takes no files that have come as a whole.
    pub(super) async fn admit(&self) -> Result<UnseenCall, EndpointRefusal> {
        let call = UnseenCall::new(self.pages, self.context.clone(), self.request, &self.endpoint).await?;
        match call.streams() {
            true => Err(EndpointRefusal::Streams),
            false => Ok(call),
        }
    }

    /// The same for an upload that is new.
    ///
    /// # Errors
    ///
    /// Also if the URL has ended.
    pub(super) async fn admit_new(&self) -> Result<UnseenCall, EndpointRefusal> {
        match self.endpoint.has_ended() {
            true => Err(Rejection::CapabilityRefused.into()),
            false => self.admit().await,
        }
    }

    /// The name of a new upload, which ends with the tag of the endpoint.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(super) fn new_key(&self) -> Result<RunKey> {
        Ok(self.key(PartialId::random()?.to_bytes()))
    }

    /// The name of the upload with these bytes, but for the last ones, which are the tag of the endpoint.
    pub(super) fn key(&self, mut bytes: [u8; 16]) -> RunKey {
        bytes[12..].copy_from_slice(&self.endpoint.tag);
        RunKey { owner: upload_owner(self.endpoint.session), id: PartialId::new(bytes) }
    }

    /// The upload that a URL of this endpoint names.
    ///
    /// # Errors
    ///
    /// If it names none, or one of another endpoint.
    pub(super) fn named(&self, id: &str) -> Result<RunKey, EndpointRefusal> {
        let id = PartialId::parse(id).ok_or(EndpointRefusal::Gone)?;
        let key = self.key(id.to_bytes());
        if key.id == id { Ok(key) } else { Err(EndpointRefusal::Gone) }
    }

    /// The URL of an upload: a path, because what clients call this server is not known here.
    pub(super) fn location(&self, key: RunKey) -> String {
        format!("{}{}?{}{UPLOAD}{}", self.context.base(), path::ENDPOINT, self.token, key.id)
    }

    /// Finds an upload: its bytes as far as they have come, or what became of it.
    ///
    /// # Errors
    ///
    /// If it is not there, or its event takes long.
    pub(super) async fn find(&self, key: RunKey) -> Result<Found, EndpointRefusal> {
        if let Some(outcome) = self.outcome(key).await? {
            return Ok(Found::Finished(Box::new(self.finished(key, outcome).await)));
        }
        match self.open(key).await {
            // The request before may have brought the end of it meanwhile.
            Err(EndpointRefusal::Gone) => match self.outcome(key).await? {
                Some(outcome) => Ok(Found::Finished(Box::new(self.finished(key, outcome).await))),
                None => Err(EndpointRefusal::Gone),
            },
            found => found,
        }
    }

    /// What became of the event of an upload, if it has run in this program.
    async fn outcome(&self, key: RunKey) -> Result<Option<Outcome>, EndpointRefusal> {
        let outcome = self.pages.kit.shared().runs.outcome(key);
        Ok(timeout(PATIENCE, outcome).await.map_err(|_| EndpointRefusal::Running)??)
    }

    async fn finished(&self, key: RunKey, outcome: Outcome) -> Finished {
        match self.open(key).await {
            Ok(Found::Finished(finished)) => Finished { outcome, ..*finished },
            _ => {
                let offset = self.pages.kit.shared().runs.offset(key).unwrap_or_default();
                let left = self.pages.kit.shared().partials.ttl();
                let status =
                    UploadStatus { offset, length: Some(offset), is_complete: true, left, ..Default::default() };
                Finished { location: self.location(key), status, outcome, is_creation: false }
            }
        }
    }

    /// Takes hold of an upload on the disk.
    async fn open(&self, key: RunKey) -> Result<Found, EndpointRefusal> {
        let kit = &self.pages.kit;
        let partial = claim_from_all(kit, key, kit.shared().partials.claim(key.owner, key.id)).await?;
        let outcome = partial.outcome().await?.as_deref().and_then(Outcome::of_kept);
        let upload = PartialUpload::open(partial, &kit.local().spool).await?;
        let record = Record::parse(upload.call()).ok_or(EndpointRefusal::Gone)?;
        let kept = KeptUpload { key, upload, record };
        Ok(match outcome {
            None => Found::Open(Box::new(kept)),
            Some((outcome, _)) => {
                let (mut status, location) = (kept.status(), self.location(key));
                (status.offset, status.is_complete) = (status.length.unwrap_or_default(), true);
                Found::Finished(Box::new(Finished { location, status, outcome, is_creation: false }))
            }
        })
    }
}

/// An upload as it is found.
#[derive(Debug)]
pub(super) enum Found {
    Open(Box<KeptUpload>),
    Finished(Box<Finished>),
}

/// An upload that this request works on.
#[derive(Debug)]
pub(super) struct KeptUpload {
    pub(super) key: RunKey,
    pub(super) upload: PartialUpload,
    pub(super) record: Record,
}

impl KeptUpload {
    pub(super) fn status(&self) -> UploadStatus {
        let expires = self.upload.partial().expires().unwrap_or_else(|_| clock::now());
        UploadStatus {
            offset: self.upload.offset(),
            length: self.upload.length(),
            is_complete: false,
            left: expires.duration_since(clock::now()).unwrap_or_default(),
            is_piece: self.record.is_piece,
            pieces: self.record.pieces.clone(),
            metadata: self.record.metadata.clone(),
        }
    }

    /// Whether all of its bytes are there, as far as is known how many it has.
    pub(super) fn has_all_bytes(&self) -> bool {
        self.upload.length() == Some(self.upload.offset())
    }

    /// Notes how many bytes the upload has.
    ///
    /// # Errors
    ///
    /// If something else is known, or more are there.
    pub(super) async fn set_length(&mut self, length: u64) -> Result<(), EndpointRefusal> {
        match self.upload.length() {
            Some(known) if known == length => Ok(()),
            None if self.upload.offset() <= length => Ok(self.upload.set_length(length).await?),
            _ => Err(EndpointRefusal::InconsistentLength),
        }
    }

    /// Checks that an event may still take the file.
    ///
    /// # Errors
    ///
    /// If one has begun, by a server that was killed then.
    pub(super) fn check_untouched(&self) -> Result<(), EndpointRefusal> {
        match self.upload.partial().has_begun() {
            true => Err(Rejection::OutcomeUnknown.into()),
            false => Ok(()),
        }
    }
}

/// The rules of a piece of a file: it may be as large as the file.
pub(super) fn rules_of_piece(MaxSize(size): MaxSize) -> Rules {
    let mut rules = Rules::default();
    rules.limits.max_size = Some(size);
    rules
}

/// Whether an error means that more bytes have come than the upload has.
pub(super) fn is_too_long(error: &crate::error::Error) -> bool {
    matches!(error.downcast_ref(), Some(FileRejection::Malformed { .. }))
}
