//! On whose account uploads are, and what each takes of the quota.

use http::header::CONTENT_LENGTH;
use http::request::Parts;

use crate::error::Result;
use crate::kit::{FileKit, upload_owner};
use crate::quota::{Account, AccountKey, Ledger, QuotaUse};
use crate::state::{Owner, key_of};
use crate::storage::{SaveTransaction, Sha256};
use crate::visitor::{OwnerKey, SessionId};

/// What a form has around its files at most, as far as is known before they come: a little more room is never refused for it.
const AROUND_FILES: u64 = 64 << 10;

impl FileKit {
    /// How many bytes count against the [quota](crate::FileKitBuilder::quota) in all. Nothing counts where none bounds what is stored.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// fn report(filekit: &FileKit) {
    ///     let used = filekit.quota_use();
    ///     println!("{} bytes are stored, {} reserved", used.stored, used.reserved);
    /// }
    /// ```
    #[must_use]
    pub fn quota_use(&self) -> QuotaUse {
        self.ledger().map(Ledger::used).unwrap_or_default()
    }

    /// How many bytes count against the [quota](crate::FileKitBuilder::quota) for an owner, stored and on their way together: for a page
    /// that shows its visitor how much room is left.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_runtime::FileKit;
    /// use filekit_runtime::session::SessionId;
    ///
    /// async fn page(filekit: FileKit, session: SessionId) -> String {
    ///     format!("You use {} bytes of 1 GB.", filekit.quota_used_by(&session))
    /// }
    /// ```
    #[must_use]
    pub fn quota_used_by<O: Owner>(&self, owner: &O) -> u64 {
        self.ledger().map_or(0, |ledger| ledger.used_by(account_of(&key_of(owner))))
    }

    /// What is kept is counted here, if there is a quota.
    pub(crate) fn ledger(&self) -> Option<&Ledger> {
        self.shared().files.ledger()
    }

    /// On whose account it is what an owner uploads by a request.
    pub(crate) fn account(&self, owner: &OwnerKey, request: &Parts) -> Account {
        if self.ledger().is_none() {
            return Account::default();
        }
        // Who is signed in is bounded as an owner. Sessions are free, so those of one address are bounded together.
        let is_free = matches!(owner, OwnerKey::Session(_));
        let scheme = &self.config().sessions.scheme;
        let network = is_free.then(|| scheme.client_network(&request.headers, &request.extensions)).flatten();
        let address = network.map(|network| account_key("address", network.as_bytes()));
        Account { owner: Some(account_of(owner)), address }
    }

    /// Begins an upload, which comes with several requests.
    ///
    /// # Errors
    ///
    /// If the account has begun too many within a minute.
    pub(crate) fn begin_upload(&self, account: Account) -> Result<()> {
        Ok(self.ledger().map_or(Ok(()), |ledger| ledger.begin(account))?)
    }

    /// What is saved of files that come with one request, of so many bytes as far as is known. Where there is no room, unfinished uploads
    /// of the session make way.
    ///
    /// # Errors
    ///
    /// If there are too many uploads, or there is no room for them.
    pub(crate) async fn saves_of_request(
        &self,
        session: SessionId,
        account: Account,
        bytes: u64,
    ) -> Result<SaveTransaction> {
        let Some(ledger) = self.ledger() else { return Ok(SaveTransaction::default()) };
        let charge = ledger.take_on(account)?;
        self.shared().partials.reserve_for_request(upload_owner(session), &charge, bytes).await?;
        Ok(SaveTransaction::charged_to(charge))
    }

    /// What a call without files saves.
    pub(crate) fn saves_of_call(&self, account: Account) -> SaveTransaction {
        self.ledger()
            .map_or_else(SaveTransaction::default, |ledger| SaveTransaction::charged_to(ledger.charge(account)))
    }

    /// The same for a form, whose length is all that is known.
    ///
    /// # Errors
    ///
    /// As [`saves_of_request`](Self::saves_of_request).
    pub(crate) async fn saves_of_form(
        &self,
        session: SessionId,
        account: Account,
        request: &Parts,
    ) -> Result<SaveTransaction> {
        let length = request.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let expected = length.unwrap_or(0_u64).min(self.config().max_body);
        self.saves_of_request(session, account, expected.saturating_sub(AROUND_FILES)).await
    }

    /// Puts what an ended session has on the account of the one that comes after it.
    pub(crate) fn move_account(&self, old: SessionId, new: SessionId) {
        if let Some(ledger) = self.ledger() {
            let [from, to] = [old, new].map(|session| account_of(&OwnerKey::Session(session)));
            ledger.move_owner(from, to);
        }
    }
}

fn account_of(owner: &OwnerKey) -> AccountKey {
    match owner {
        OwnerKey::Session(session) => account_key("session", session.as_bytes()),
        OwnerKey::Text(text) => account_key("owner", text.as_bytes()),
    }
}

fn account_key(kind: &str, bytes: &[u8]) -> AccountKey {
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::of(&[kind.as_bytes(), b" ", bytes].concat()).as_ref()[..16]);
    AccountKey::new(key)
}
