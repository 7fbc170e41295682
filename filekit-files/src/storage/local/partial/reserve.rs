//! What partial uploads reserve of a quota, before a byte of them comes.

use std::sync::Arc;

use super::{Partial, PartialFolder, PartialId, PartialOwner, Partials};
use crate::error::{FileRejection, Result};
use crate::quota::{Account, Charge, EntryName, Ledger, Refusal, Wanted};
use crate::storage::storage_error;

impl Partials {
    /// Reserves what an upload is going to have, if there is a quota. Where there is no room, the owner's uploads that have waited longest
    /// make some: a visitor who chooses other files does not see them any more.
    pub(super) async fn reserve(
        &self,
        (owner, id): (PartialOwner, PartialId),
        (length, account): (u64, Account),
        sources: &[PartialId],
    ) -> Result<ReservedName> {
        let Some(ledger) = self.0.ledger.clone() else { return Ok(ReservedName(None)) };
        // Where there is no folder yet, another server that looks would take it for one that is gone.
        let (reserved, name) = (ledger.next_request(), EntryName::partial(owner, id));
        let sources: Vec<_> = sources.iter().map(|id| EntryName::partial(owner, id)).collect();
        let wanted = Wanted::exactly(length);
        match ledger.try_reserve(&reserved, account, wanted, &sources) {
            Ok(_) => {}
            Err(Refusal::Larger(rejection)) => return Err(rejection.into()),
            Err(Refusal::NoRoom(_)) => {
                self.make_way(owner, (length, account), sources.clone()).await?;
                ledger.reserve(&reserved, account, wanted, &sources)?;
            }
        }
        Ok(ReservedName(Some(Reserved { ledger, reserved, name, sources })))
    }

    /// Reserves what comes with one request of an owner. Where there is no room, the owner's uploads that have waited longest make some.
    ///
    /// # Errors
    ///
    /// If there is no room for it then; or if the disk fails.
    pub async fn reserve_for_request(&self, owner: PartialOwner, charge: &Charge, bytes: u64) -> Result<()> {
        if !charge.try_reserve(bytes)? {
            self.make_way(owner, (bytes, charge.account()), Vec::new()).await?;
            charge.reserve(bytes)?;
        }
        Ok(())
    }

    /// Ends uploads of an owner that have waited longest, but for those that are `kept`, until an account has room for so many bytes more.
    async fn make_way(
        &self,
        owner: PartialOwner,
        (length, account): (u64, Account),
        kept: Vec<EntryName>,
    ) -> Result<()> {
        let Some(ledger) = &self.0.ledger else { return Ok(()) };
        let Some(lack) = ledger.lack(account, length, &kept) else { return Ok(()) };
        let (inner, ledger, folder) = (Arc::clone(&self.0), ledger.clone(), self.0.root.join(owner.to_string()));
        let free = move || {
            let is_of_use = |name: &EntryName| !kept.contains(name) && ledger.is_of_use(name, account, lack);
            inner.sweep.free(&folder, lack.bytes, is_of_use, &inner.claims);
            Ok(())
        };
        self.0.disk.pace().work(free).await.map_err(storage_error)
    }

    /// Ends uploads whose files were taken over by another one and that are there for the rest of their files, if there is no room
    /// for both.
    ///
    /// # Errors
    ///
    /// If there is no room then; or if the disk fails.
    pub(crate) async fn end_for_room(
        &self,
        owner: PartialOwner,
        taking: &Partial,
        sources: Vec<PartialId>,
    ) -> Result<()> {
        let Some(ledger) = &self.0.ledger else { return Ok(()) };
        let name = EntryName::partial(owner, taking.id);
        if ledger.is_within(&name) {
            return Ok(());
        }
        let inner = Arc::clone(&self.0);
        let paths: Vec<_> = sources.into_iter().map(|id| self.path(owner, id)).collect();
        let end = move || {
            paths.iter().for_each(|path| _ = inner.sweep.remove(path, &inner.claims));
            Ok(())
        };
        self.0.disk.pace().work(end).await.map_err(storage_error)?;
        match ledger.is_within(&name) {
            true => Ok(()),
            false => {
                taking.folder.give_up(self.direct());
                Err(ledger.refusal(ledger.room_of(ledger.account(&name), &[])).into())
            }
        }
    }

    /// What is counted of the partial uploads, and of what is stored, if there is a quota.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.0.ledger.as_ref()
    }
}

/// What is reserved for an upload whose folder is not made yet, given back when it is dropped.
pub(super) struct ReservedName(Option<Reserved>);

struct Reserved {
    ledger: Ledger,
    /// What it counts under.
    reserved: EntryName,
    /// What it counts under when there is a folder.
    name: EntryName,
    /// What is going to be given back for it.
    sources: Vec<EntryName>,
}

impl ReservedName {
    /// The folder is made, and gives it back.
    ///
    /// # Errors
    ///
    /// If another server has given the room away meanwhile.
    pub(super) fn keep(mut self) -> std::result::Result<(), FileRejection> {
        match self.0.take() {
            Some(Reserved { ledger, reserved, name, sources }) => ledger.share(&reserved, name, &sources),
            None => Ok(()),
        }
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        if let Some(Reserved { ledger, reserved, .. }) = &self.0 {
            ledger.release(reserved);
        }
    }
}

/// An upload that takes files over and may be more than its account may have, until those uploads have gone.
#[derive(Debug)]
#[must_use = "it is ended when this is dropped"]
pub struct Unsettled(Arc<PartialFolder>);

impl Partial {
    /// Ends the upload if more is reserved than may be when this is dropped: its request may break off before that is settled.
    pub fn end_unless_within(&self) -> Unsettled {
        Unsettled(Arc::clone(self.folder()))
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        if !self.0.is_within_quota() {
            self.0.end();
        }
    }
}
