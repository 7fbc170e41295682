//! Opens stored files and reads from them.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use bytes::Bytes;

/// Opens a file, and nothing else that may stand at the path: a link is not followed, a pipe not waited for.
///
/// # Errors
///
/// `NotFound` if there is no file, else what the system says.
pub(crate) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    #[cfg(not(unix))]
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let file = options.open(path).map_err(not_found)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// What there is to know of the file at the path without opening it.
///
/// # Errors
///
/// As [`open`].
pub(crate) fn status(path: &Path) -> io::Result<Metadata> {
    let metadata = std::fs::symlink_metadata(path).map_err(not_found)?;
    if metadata.is_file() { Ok(metadata) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// What the system says of things that are no files, or cannot be: there is no file.
fn not_found(error: io::Error) -> io::Error {
    #[cfg(unix)]
    let is_none = matches!(error.raw_os_error(), Some(libc::ELOOP | libc::ENXIO | libc::ENOTDIR | libc::ENAMETOOLONG));
    #[cfg(not(unix))]
    let is_none = error.kind() == io::ErrorKind::NotADirectory;
    if is_none { io::ErrorKind::NotFound.into() } else { error }
}

/// Reads `length` bytes that begin at `start`.
///
/// # Errors
///
/// If the file has fewer, because it was cut.
pub(crate) fn read(file: &File, start: u64, length: usize) -> io::Result<Bytes> {
    let mut bytes = vec![0; length];
    fill(file, start, &mut bytes)?;
    Ok(bytes.into())
}

/// Fills `buffer` with the bytes that begin at `start`.
///
/// # Errors
///
/// As [`read`].
pub(crate) fn fill(file: &File, start: u64, buffer: &mut [u8]) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, buffer, start);
    #[cfg(not(unix))]
    {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = file;
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(buffer)
    }
}
