//! Where uploaded files are kept, and under which names and URLs; not how they arrive or leave.

mod digest;
mod digests;
mod disk;
mod fault;
#[cfg(fuzzing)]
pub mod fuzzing;
mod key;
#[doc(hidden)]
pub mod links;
mod name;
mod saves;
mod spool;
mod stored;
mod temporary;
mod url;
mod version;
mod work;

pub(crate) use digest::RunningSha256;
pub use digest::{NotSha256, Sha256};
pub(crate) use digests::{Digests, Unnamed};
#[doc(hidden)]
pub use disk::{Disk, named};
#[doc(hidden)]
pub use fault::storage_error;
pub use key::FileKey;
pub use links::{upload_dir, upload_url};
pub use name::{SafeName, SafePath};
pub(crate) use name::{is_hidden, short_to_save};
#[doc(hidden)]
pub use saves::{Saves, SharedSaves};
#[doc(hidden)]
pub use spool::{Spool, Spooled};
pub use stored::StoredFile;
pub(crate) use temporary::Temporary;
#[doc(hidden)]
pub use url::UrlSigner;
pub(crate) use version::FileVersion;
#[doc(hidden)]
pub use work::DiskPace;
pub(crate) use work::blocking;
