//! The configuration, which is set once and is the same on all servers of a program.

use std::sync::Arc;
use std::time::Duration;

use crate::guard::CheckPolicy;
use crate::serving::Assets;
use crate::storage::UrlSigner;
use crate::texts::Texts;
use crate::visitor::ambient::FileLinks;
use crate::visitor::{Hosts, Sessions};

/// How many connections [`FileKit::serve`](crate::FileKit::serve) holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionBounds {
    pub(crate) all: usize,
    /// Of one address, unless it is that of a proxy.
    pub(crate) of_address: usize,
}

/// The options of a program, and what follows from them.
#[derive(Debug)]
pub(crate) struct Config {
    /// The title of documents that have none of their own.
    pub(crate) title: String,
    /// With a slash at its beginning and none at its end; or empty.
    pub(crate) base_path: String,
    /// The largest body, in bytes.
    pub(crate) max_body: u64,
    /// How long checks of files may take, and what becomes of files that none could judge.
    pub(crate) checks: CheckPolicy,
    /// Whether documents follow the states of their visitors.
    pub(crate) live: bool,
    /// How long stored files are kept; without end if it is none.
    pub(crate) retention: Option<Duration>,
    pub(crate) connections: ConnectionBounds,
    /// Whether calls are measured for recorders of the crate `metrics`.
    pub(crate) has_metrics: bool,
    pub(crate) texts: Texts,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) urls: UrlSigner,
    /// The names that the server answers under.
    pub(crate) hosts: Hosts,
    /// The developer's own files, if there are any.
    pub(crate) assets: Option<Arc<Assets>>,
    /// The stored files, for what is not done for a request.
    pub(crate) files: Arc<FileLinks>,
}
