//! Where uploaded files are kept, and under which names and URLs; not how they arrive or leave.

mod digest;
mod digests;
mod disk;
mod fault;
mod mime;
mod name;
mod saves;
mod spool;
mod stored;
mod temporary;
mod url;
mod version;
mod work;

pub(crate) use digest::RunningSha256;
pub use digest::Sha256;
pub(crate) use digests::Digests;
pub(crate) use disk::{Disk, found_name, named};
pub(crate) use fault::storage_error;
pub(crate) use mime::{HEAD, judge, looks_like_text, signature};
pub(crate) use name::is_hidden;
pub use name::{SafeName, SafePath};
pub(crate) use saves::{Saves, SharedSaves};
pub(crate) use spool::{Spool, Spooled};
pub use stored::StoredFile;
pub(crate) use temporary::Temporary;
pub(crate) use url::UrlSigner;
pub(crate) use version::FileVersion;
pub(crate) use work::{DiskPace, blocking};
