//! Where uploaded files are kept, and under which names and URLs. How they are kept on a disk is `local/`.

mod digest;
#[cfg(fuzzing)]
pub mod fuzzing;
mod key;
pub mod links;
mod local;
mod name;
mod stored;
mod url;

pub(crate) use digest::RunningSha256;
pub use digest::{NotSha256, Sha256};
pub use key::FileKey;
pub use links::{upload_dir, upload_url};
pub(crate) use local::{
    Content, ContentSource, Digests, FileVersion, FileWriter, PartialFolder, PendingDigest, Place, TemporaryFile,
    blocking, cut,
};
pub use local::{
    Disk, DiskPace, Partial, PartialBounds, PartialFiles, PartialId, PartialOwner, Partials, SaveLog, SaveTransaction,
    Spool, SpooledFile, named, storage_error,
};
pub use name::{SafeName, SafePath};
pub(crate) use name::{is_hidden, short_to_save};
pub use stored::StoredFile;
pub use url::{KnownSignature, UrlSigner};
