//! Where uploaded files are kept, and under which names and URLs. How they are kept on a disk is `local/`.

mod backend;
mod check;
mod copy_all;
mod digest;
mod direct;
mod folder;
#[cfg(fuzzing)]
pub mod fuzzing;
mod key;
mod lifetime;
pub mod links;
mod local;
mod name;
#[cfg(feature = "object-storage")]
mod object;
mod range_reader;
mod recovery;
mod staged;
mod stored;
mod stored_files;
mod transaction;
mod url;

pub use backend::{AnyStorage, FileChunks, FileListing, FileMetadata, Listed, Listing, SignedAnswer, Storage};
pub(crate) use check::check_direct;
pub use check::{Attempt, Cause, StorageProblem, check};
pub use copy_all::{CopyAll, CopyProgress, copy_all};
pub(crate) use digest::RunningSha256;
pub use digest::{NotSha256, Sha256};
#[cfg(feature = "s3")]
pub(crate) use direct::DirectStore;
pub(crate) use direct::{DirectContent, DirectFile, HeldDirectContent};
pub use direct::{DirectTarget, MissingPart, MissingParts};
pub use folder::Folder;
pub use key::FileKey;
pub use lifetime::{Lifetimes, Swept};
pub use links::{upload_dir, upload_url};
pub(crate) use local::or_gone;
pub(crate) use local::{
    Content, ContentSource, Digests, FileReader, FileVersion, FileWriter, PartialFolder, PendingDigest, Place,
    ReadSeek, RoomLease, TemporaryFile, blocking, cut, fill, open, read, status,
};
pub use local::{
    Disk, DiskPace, DiskStorage, Partial, PartialBounds, PartialFiles, PartialId, PartialOwner, Partials, Spool,
    SpoolBounds, SpoolRoom, SpooledFile, VisitorRoom, named, storage_error,
};
pub use name::{SafeName, SafePath};
pub(crate) use name::{is_hidden, short_to_save};
#[cfg(feature = "object-storage")]
pub use object::ObjectStorage;
pub(crate) use range_reader::RangeReader;
pub use staged::StagedFile;
pub use stored::StoredFile;
pub use stored_files::StoredFiles;
pub(crate) use stored_files::{NewPlace, UploadedContent, read_head};
pub(crate) use transaction::Removal;
pub use transaction::{CommittedSaves, SaveLog, SaveTransaction};
pub(crate) use url::PATH as URL_PATH;
pub use url::{KnownSignature, UrlSigner};
