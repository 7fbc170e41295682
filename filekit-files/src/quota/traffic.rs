//! How many uploads an account has begun lately, and at once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::account::AccountKey;

const MINUTE: Duration = Duration::from_secs(60);

/// How many accounts are known before those are looked for that have nothing to tell any more.
const MANY: usize = 1_024;

/// The uploads of accounts: when they began, and which take bytes at the moment.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    accounts: HashMap<AccountKey, Uploads>,
    /// How many accounts there may be before the next look.
    look_at: usize,
}

#[derive(Debug, Default)]
struct Uploads {
    /// Those of the last minute, in their order.
    begun: VecDeque<Instant>,
    at_once: u32,
}

impl Traffic {
    /// How long an account has to wait until it may begin one more upload of so many in a minute; nothing if it need not.
    pub(super) fn wait(&mut self, account: AccountKey, limit: u32) -> Option<Duration> {
        let uploads = self.accounts.get_mut(&account)?;
        uploads.forget(Instant::now());
        let over = (uploads.begun.len() + 1).checked_sub(limit.max(1) as usize).filter(|over| *over > 0)?;
        Some(MINUTE.saturating_sub(uploads.begun[over - 1].elapsed()))
    }

    /// Notes that an upload has begun.
    pub(super) fn begin(&mut self, account: AccountKey) {
        self.accounts.entry(account).or_default().begun.push_back(Instant::now());
        if self.accounts.len() > self.look_at.max(MANY) {
            let now = Instant::now();
            self.accounts.retain(|_, uploads| {
                uploads.forget(now);
                uploads.at_once > 0 || !uploads.begun.is_empty()
            });
            self.look_at = self.accounts.len() * 2;
        }
    }

    /// Whether so many uploads of an account take bytes.
    pub(super) fn is_full(&self, account: AccountKey, limit: u32) -> bool {
        self.accounts.get(&account).is_some_and(|uploads| uploads.at_once >= limit.max(1))
    }

    pub(super) fn enter(&mut self, account: AccountKey) {
        self.accounts.entry(account).or_default().at_once += 1;
    }

    pub(super) fn leave(&mut self, account: AccountKey) {
        if let Some(uploads) = self.accounts.get_mut(&account) {
            uploads.at_once = uploads.at_once.saturating_sub(1);
            if uploads.at_once == 0 && uploads.begun.is_empty() {
                self.accounts.remove(&account);
            }
        }
    }
}

impl Uploads {
    fn forget(&mut self, now: Instant) {
        while self.begun.front().is_some_and(|begun| now.duration_since(*begun) >= MINUTE) {
            self.begun.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_account_begins_so_many_uploads_in_any_minute() {
        let (mut traffic, account) = (Traffic::default(), AccountKey::new([1; 16]));
        for _ in 0..3 {
            assert_eq!(traffic.wait(account, 3), None);
            traffic.begin(account);
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        assert_eq!(traffic.wait(account, 3), Some(Duration::from_secs(30)));
        assert_eq!(traffic.wait(AccountKey::new([2; 16]), 3), None);
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(traffic.wait(account, 3), None);
        traffic.begin(account);
        assert_eq!(traffic.wait(account, 3), Some(Duration::from_secs(10)));
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_that_have_nothing_to_tell_are_forgotten() {
        let mut traffic = Traffic::default();
        for nth in 0..100_000_u128 {
            traffic.begin(AccountKey::new(nth.to_be_bytes()));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(traffic.accounts.len() < 2 * MANY, "{}", traffic.accounts.len());
    }
}
