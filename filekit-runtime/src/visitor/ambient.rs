//! The request at hand, for functions without one: its visitor and page, and under which URLs it finds stored
//! files.

use std::path::Path;
use std::sync::Arc;

use crate::guard::RequestWatch;
use crate::storage::links::{self, FileUrls};
use crate::storage::{FileKey, KnownSignature, StoredFiles, UrlSigner};
use crate::visitor::{Visit, Visitor};

tokio::task_local! {
    static CURRENT: Visit;
}

/// Does `work` with the visit and the files known to [`upload_url`](crate::upload_url) and its like.
pub(crate) async fn scope<T>(visit: Visit, files: Arc<dyn FileUrls>, work: impl Future<Output = T>) -> T {
    let watch = visit.watch().cloned();
    CURRENT.scope(visit, links::scope(files, RequestWatch::scope(watch, work))).await
}

/// The visitor of the request at hand.
pub(crate) fn current() -> Option<Visitor> {
    CURRENT.try_with(|visit| visit.visitor().clone()).ok()
}

/// Looks at the visit of the request at hand.
pub(crate) fn with_visit<T>(look: impl FnOnce(&Visit) -> T) -> Option<T> {
    CURRENT.try_with(look).ok()
}

/// The stored files as they are seen from one mount.
#[derive(Clone, Debug)]
pub(crate) struct FileLinks {
    pub(crate) files: StoredFiles,
    pub(crate) urls: UrlSigner,
    pub(crate) base: String,
}

impl FileUrls for FileLinks {
    fn directory(&self) -> &Path {
        self.files.disk().root()
    }

    fn url(&self, key: &FileKey, known: &KnownSignature) -> String {
        self.urls.url_of_known(&self.base, key.as_str(), known)
    }

    fn url_of_nothing(&self, key: &str) -> String {
        UrlSigner::unsigned(&self.base, key)
    }

    fn may_link(&self, key: &FileKey) -> bool {
        self.files.may_link(key)
    }
}
