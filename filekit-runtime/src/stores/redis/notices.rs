//! `RedisNotices`: what changed, told to other servers by pub/sub.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use futures_util::Stream;
use redis::cmd;

use crate::stores::redis::link::{Account, Link, client};
use crate::stores::redis::states::PREFIX;
use crate::stores::redis::subscription::{Heard, Listener, Subscription};
use crate::stores::version::unused;
use crate::stores::{Envelope, Notice, Notices, Result, Tag};

/// Notices by the pub/sub of Redis 7, Valkey, or newer ones, for several servers of one program. Needs the feature `redis`.
///
/// Publishing takes one round trip for all tags together, and none where a commit to a [`RedisStates`](super::RedisStates) with the same
/// host and user takes it along; hearing takes none, and a connection of its own. A lost connection is
/// made anew, and [`Notice::Missed`] is said when it is there; one that is silent is asked every second whether it is alive.
/// Nothing is kept for a server that is not connected.
///
/// Databases of one Redis share channels: programs have different prefixes there, too.
///
/// A copy (`clone`) is the same server.
#[cfg(feature = "redis")] // again: the facade shows the item, and knows nothing of the module around it
#[derive(Clone)]
pub struct RedisNotices(Arc<Shared>);

struct Shared {
    link: Link,
    channel: String,
    server: [u8; 16],
    subscription: Subscription,
}

impl RedisNotices {
    /// Connects to a URL as [`RedisStates::connect`](super::RedisStates::connect) does, with the prefix `filekit:`.
    ///
    /// ```no_run
    /// # async fn connect() -> filekit_runtime::stores::Result<()> {
    /// use filekit_runtime::stores::RedisNotices;
    ///
    /// let notices = RedisNotices::connect("redis://127.0.0.1:6379").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the URL cannot be read, Redis cannot be reached within two seconds, or it does not let the program in.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with_prefix(url, PREFIX).await
    }

    /// The same with another prefix of the channel.
    ///
    /// # Errors
    ///
    /// As for [`RedisNotices::connect`].
    pub async fn connect_with_prefix(url: &str, prefix: &str) -> Result<Self> {
        let client = client(url)?;
        let channel = format!("{prefix}notices");
        let link = Link::open(&client).await?;
        let subscription = Subscription::open(client, channel.clone()).await?;
        Ok(Self(Arc::new(Shared { link, channel, server: unused(), subscription })))
    }
}

impl Shared {
    /// What is published.
    fn message(&self, tags: &[Tag]) -> Vec<u8> {
        let mut message = self.server.to_vec();
        message.extend(tags.iter().flat_map(|tag| tag.to_bytes()));
        message
    }
}

/// Notices for a store that can publish them, if it may do what these can.
pub(super) struct Announcement {
    pub(super) account: Account,
    pub(super) channel: String,
    pub(super) message: Vec<u8>,
}

impl fmt::Debug for RedisNotices {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisNotices").field("at", &self.0.link).field("channel", &self.0.channel).finish()
    }
}

impl Notices for RedisNotices {
    async fn publish(&self, tags: &[Tag]) -> Result<()> {
        if tags.is_empty() {
            return Ok(());
        }
        self.0.link.ask(cmd("PUBLISH").arg(&self.0.channel).arg(self.0.message(tags))).await
    }

    fn envelope(&self, tags: &[Tag]) -> Option<Envelope> {
        let account = self.0.link.account()?.clone();
        let (channel, message) = (self.0.channel.clone(), self.0.message(tags));
        (!tags.is_empty()).then(|| Envelope::new(Announcement { account, channel, message }))
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        // It holds the connection, which others may have let go of.
        let unread =
            Unread { listener: self.0.subscription.listen(), notices: VecDeque::new(), of: Arc::clone(&self.0) };
        futures_util::stream::unfold(unread, |mut unread| async {
            let notice = unread.next().await?;
            Some((notice, unread))
        })
    }
}

/// What one stream has not read yet.
struct Unread {
    listener: Listener,
    notices: VecDeque<Notice>,
    of: Arc<Shared>,
}

impl Unread {
    async fn next(&mut self) -> Option<Notice> {
        loop {
            if let Some(notice) = self.notices.pop_front() {
                return Some(notice);
            }
            match self.listener.next().await? {
                Heard::Message(message) => self.notices.extend(read(&message, self.of.server)),
                Heard::Missed => return Some(Notice::Missed),
            }
        }
    }
}

/// The notices of a message, unless it is of this server.
fn read(message: &[u8], own: [u8; 16]) -> impl Iterator<Item = Notice> {
    let (pieces, _) = message.as_chunks::<{ Tag::LENGTH }>();
    let tags = match pieces {
        [server, tags @ ..] if *server != own => tags,
        _ => &[],
    };
    tags.iter().map(|tag| Notice::Changed(Tag::from_bytes(*tag)))
}
