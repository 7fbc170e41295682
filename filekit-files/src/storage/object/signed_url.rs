//! URLs of a store that end, at which it sends a file itself, with the headers that filekit would send.

use std::fmt;
use std::io;

use futures_util::future::BoxFuture;
use object_store::path::Path;

use crate::storage::SignedAnswer;

/// Signs URLs of a store.
pub(super) trait UrlSigner: fmt::Debug + Send + Sync {
    /// A URL at which the store sends what is at a path; `None` if it cannot sign what the answer has to say.
    fn sign<'a>(&'a self, path: &'a Path, answer: &'a SignedAnswer) -> BoxFuture<'a, io::Result<Option<String>>>;
}

#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
mod cloud {
    use std::io;
    use std::sync::Arc;

    use futures_util::future::BoxFuture;
    use object_store::list::PaginatedListStore;
    use object_store::path::Path;
    use object_store::signer::{Method, SignedUrlOptions, Signer};
    use object_store::{Error, ObjectStore};

    use super::UrlSigner;
    use crate::storage::SignedAnswer;
    use crate::storage::object::ObjectStorage;
    use crate::storage::object::error::io_error;

    impl ObjectStorage {
        /// Files in a store that lists [page by page](Self::paged) and signs URLs: so links can lead to S3 and its like and to
        /// Google Cloud Storage. Those of Azure cannot say the name and the type: its files pass through the server.
        pub fn signing(store: impl ObjectStore + PaginatedListStore + Signer) -> Self {
            let store = Arc::new(store);
            let pages = Arc::clone(&store) as Arc<dyn PaginatedListStore>;
            Self { signer: Some(Arc::clone(&store) as Arc<dyn UrlSigner>), ..Self::of(store, Some(pages)) }
        }
    }

    impl<T: Signer> UrlSigner for T {
        fn sign<'a>(&'a self, path: &'a Path, answer: &'a SignedAnswer) -> BoxFuture<'a, io::Result<Option<String>>> {
            Box::pin(async move {
                let said = SignedUrlOptions::default().with_query([
                    ("response-content-type", &*answer.content_type),
                    ("response-content-disposition", &*answer.content_disposition),
                    ("response-cache-control", &*answer.cache_control),
                ]);
                match self.signed_url_opts(Method::GET, path, answer.lifetime, &said).await {
                    // A plus is a space in forms, and stores do not agree on what it is elsewhere. One that is meant is escaped.
                    Ok(url) => Ok(Some(String::from(url).replace('+', "%20"))),
                    // Azure's signs no more than the path.
                    Err(Error::NotSupported { .. } | Error::NotImplemented { .. }) => Ok(None),
                    Err(error) => Err(io_error(error)),
                }
            })
        }
    }
}
