//! What one call takes of a quota.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::account::Account;
use super::book::EntryName;
use super::bound::{Refusal, Wanted};
use super::ledger::{Ledger, UploadSlot};
use crate::error::FileRejection;
use crate::storage::FileKey;

/// What one call takes on an account: bytes that come with it, and what it stores. Nothing is counted without a quota, which is the default.
///
/// It is cheap to clone; what was reserved is given back with the last one, but for what is stored by then.
#[derive(Clone, Debug, Default)]
pub struct Charge {
    share: Option<Arc<Share>>,
    /// On whose account it is what is stored, if that is another one than that on which it came.
    stored_on: Option<Account>,
}

#[derive(Debug)]
struct Share {
    ledger: Ledger,
    account: Account,
    name: EntryName,
    /// Of a request: it is given back with it. A partial upload gives back by itself.
    request: Option<Arrival>,
}

/// What has come with a request.
#[derive(Debug, Default)]
struct Arrival {
    /// Given back when all bytes have come.
    slot: Mutex<UploadSlot>,
    bytes: AtomicU64,
    reserved: AtomicU64,
    /// Where the ledger counts them.
    counted: OnceLock<Arc<AtomicU64>>,
}

/// A file that is to be stored when its call succeeds.
#[derive(Debug)]
pub(crate) struct Keeping {
    pub(crate) ledger: Ledger,
    pub(crate) name: EntryName,
    pub(crate) bytes: u64,
    pub(crate) origin: Origin,
}

/// Where a stored file comes from.
#[derive(Debug)]
pub(crate) enum Origin {
    Call,
    /// The call; and there may have been another file under its key.
    CallReplacing,
    /// A stored file, which gets another name.
    Renamed(FileKey),
}

impl Charge {
    pub(super) fn of_request((ledger, account, name): (Ledger, Account, EntryName), slot: UploadSlot) -> Self {
        let request = Some(Arrival { slot: Mutex::new(slot), ..Arrival::default() });
        Self { share: Some(Arc::new(Share { ledger, account, name, request })), stored_on: None }
    }

    /// The same, and what is stored of it is on this account.
    #[must_use]
    pub fn stored_on(&self, account: Account) -> Self {
        Self { stored_on: Some(account), share: self.share.clone() }
    }

    /// Puts what has come on the account on which it is to be stored.
    ///
    /// # Errors
    ///
    /// If that one has no room for it.
    pub fn take_over(&self) -> Result<(), FileRejection> {
        match (&self.share, self.stored_on) {
            (Some(share), Some(account)) if share.request.is_some() => share.ledger.move_to(&share.name, account),
            _ => Ok(()),
        }
    }

    /// That of a partial upload.
    pub(crate) fn of_partial(ledger: Ledger, account: Account, name: EntryName) -> Self {
        Self { share: Some(Arc::new(Share { ledger, account, name, request: None })), stored_on: None }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> Account {
        let came_on = || self.share.as_ref().map(|share| share.account).unwrap_or_default();
        self.stored_on.unwrap_or_else(came_on)
    }

    /// Reserves at least so many bytes in all: those that are said to come.
    ///
    /// # Errors
    ///
    /// If there is no room for them.
    pub fn reserve(&self, bytes: u64) -> Result<(), FileRejection> {
        match &self.share {
            Some(share) => share.reserve(Wanted::exactly(bytes)),
            None => Ok(()),
        }
    }

    /// Reserves at least so many bytes in all, if there is room for them, and returns whether there is.
    ///
    /// # Errors
    ///
    /// If there will never be room for them.
    pub(crate) fn try_reserve(&self, bytes: u64) -> Result<bool, FileRejection> {
        match self.share.as_ref().map_or(Ok(()), |share| share.try_reserve(Wanted::exactly(bytes))) {
            Ok(()) => Ok(true),
            Err(Refusal::NoRoom(_)) => Ok(false),
            Err(Refusal::Larger(rejection)) => Err(rejection),
        }
    }

    /// Counts bytes that have come. More than were said are reserved now.
    ///
    /// # Errors
    ///
    /// If there is no room for them.
    pub(crate) fn arrive(&self, bytes: u64) -> Result<(), FileRejection> {
        let Some(share) = &self.share else { return Ok(()) };
        let Some(arrival) = &share.request else { return Ok(()) };
        let there = arrival.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        share.reserve(Wanted::at_least(there))?;
        if let Some(counted) = arrival.counted.get() {
            counted.store(there, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Lets other uploads of the account take their turn, and have what was reserved and has not come: all bytes have come.
    pub(crate) fn end_arrival(&self) {
        let Some(share) = &self.share else { return };
        if let Some(arrival) = &share.request {
            share.ledger.shrink(&share.name, arrival.bytes.load(Ordering::Relaxed));
            drop(std::mem::take(&mut *arrival.slot.lock().unwrap_or_else(PoisonError::into_inner)));
        }
    }

    /// Counts files that are stored now.
    pub(crate) fn keep(&self, keepings: &[Keeping]) {
        let Some(ledger) = keepings.first().map(|keeping| keeping.ledger.clone()) else { return };
        let name = self.share.as_ref().map(|share| &share.name);
        // Who has signed in meanwhile has an upload that has come by now; what came for no account of the ledger is on this one.
        let account = self.stored_on.or_else(|| name.is_none_or(|name| !ledger.knows(name)).then(|| self.account()));
        let stored = keepings.iter().map(|Keeping { name, bytes, origin, .. }| {
            let account = match origin {
                Origin::Call | Origin::CallReplacing => account,
                Origin::Renamed(of) => ledger.account_of(of.as_str()).or(account),
            };
            (name.clone(), *bytes, account)
        });
        ledger.keep_all(stored.collect(), name);
    }
}

impl Share {
    /// Reserves what a request wants, unless it has that much.
    fn reserve(&self, wanted: Wanted) -> Result<(), FileRejection> {
        self.try_reserve(wanted).map_err(|refusal| self.ledger.rejection(refusal))
    }

    fn try_reserve(&self, wanted: Wanted) -> Result<(), Refusal> {
        let Some(arrival) = &self.request else { return Ok(()) };
        if wanted.least > arrival.reserved.load(Ordering::Relaxed) {
            let (reserved, counted) = self.ledger.try_reserve(&self.name, self.account, wanted, &[])?;
            arrival.counted.get_or_init(|| counted);
            arrival.reserved.store(reserved, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Keeping {
    /// Notes that the file may be listed from now on, and is counted with its call.
    pub(crate) fn publish(&self) {
        self.ledger.publish(&self.name);
    }

    /// Gives it back, if it was not there before the call.
    pub(crate) fn undo(&self) {
        self.ledger.settle(&self.name);
        if !matches!(self.origin, Origin::CallReplacing) {
            self.ledger.release(&self.name);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.request.is_some() {
            self.ledger.release(&self.name);
        }
    }
}
