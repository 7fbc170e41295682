//! The trait of notices: other servers are told that something changed.

use std::fmt;
use std::sync::Arc;

use futures_util::Stream;
use sha2::{Digest as _, Sha256};

use crate::stores::{Envelope, Result};

/// What has changed, as 16 bytes: a name's digest, so that names tell the carrier nothing, and are of one length.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag([u8; Self::LENGTH]);

impl Tag {
    /// Bytes of a tag.
    pub const LENGTH: usize = 16;

    /// The tag of a name: the same for the same name, and another one for any other, on all servers.
    ///
    /// ```
    /// # use filekit_runtime::stores::Tag;
    /// assert_eq!(Tag::of("claims"), Tag::of("claims"));
    /// assert_ne!(Tag::of("claims"), Tag::of("rooms"));
    /// ```
    #[must_use]
    pub fn of(name: impl AsRef<[u8]>) -> Self {
        Self::of_digest(Sha256::digest(name).into())
    }

    /// The tag of what has this digest.
    pub(crate) fn of_digest(digest: [u8; 32]) -> Self {
        let (first, _) = digest.split_first_chunk().unwrap_or((&[0; Self::LENGTH], &[]));
        Self(*first)
    }

    /// The tag with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    ///
    /// ```
    /// # use filekit_runtime::stores::Tag;
    /// let tag = Tag::of("claims");
    /// assert_eq!(Tag::from_bytes(tag.to_bytes()), tag);
    /// ```
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tag({:032x})", u128::from_be_bytes(self.0))
    }
}

/// What another server has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// This has changed.
    Changed(Tag),
    /// Notices may have been lost, with the connection for example: anything may have changed.
    Missed,
}

/// Tells the other servers of a program what has changed. A notice that is lost costs lateness and nothing else: what is true is
/// in the store.
///
/// ```
/// use filekit_runtime::stores::{InProcessNotices, Notice, Notices, Result, Tag};
/// use futures_util::StreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let one = InProcessNotices::new();
/// let other = one.neighbour();
/// let mut heard = std::pin::pin!(other.subscribe());
/// one.publish(&[Tag::of("claims")]).await?;
/// assert_eq!(heard.next().await, Some(Notice::Changed(Tag::of("claims"))));
/// # Ok(())
/// # }
/// ```
pub trait Notices: Send + Sync + 'static {
    /// Tells all others that this has changed. It does not come back to the server that published it.
    ///
    /// # Errors
    ///
    /// If the notice could not be handed over, after a few seconds at the latest. Others may then never hear of it.
    fn publish(&self, tags: &[Tag]) -> impl Future<Output = Result<()>> + Send;

    /// The same notice for a store that can send it together with a commit ([`StateStore::commit`](super::StateStore::commit)). None if
    /// there is no such store, which is so unless said otherwise.
    fn envelope(&self, _tags: &[Tag]) -> Option<Envelope> {
        None
    }

    /// What others publish from now on. The stream goes on for as long as any of its notices is there, also over lost
    /// connections.
    ///
    /// A stream that is read too slowly has [`Notice::Missed`] in place of what there was no room for.
    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static;
}

impl<N: Notices> Notices for Arc<N> {
    fn publish(&self, tags: &[Tag]) -> impl Future<Output = Result<()>> + Send {
        N::publish(self, tags)
    }

    fn envelope(&self, tags: &[Tag]) -> Option<Envelope> {
        N::envelope(self, tags)
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        N::subscribe(self)
    }
}
