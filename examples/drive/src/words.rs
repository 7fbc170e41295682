//! How things are written: sizes, times, addresses.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::SystemTime;

use filekit::prelude::*;
use filekit::storage::Folder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;

/// A size as people read it.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{:.1}", bytes as f64 / unit as f64);
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..MB => format!("{} kB", tenths(KB)),
        MB..GB => format!("{} MB", tenths(MB)),
        _ => format!("{} GB", tenths(GB)),
    }
}

/// A moment, in UTC, which is that of the server and the same for all who look.
pub(crate) fn date(moment: SystemTime) -> String {
    let moment = OffsetDateTime::from(moment);
    format!(
        "{} {:02}:{:02}",
        moment.date(),
        moment.hour(),
        moment.minute()
    )
}

/// The address of a folder's page.
pub(crate) fn address(folder: &Folder) -> String {
    if folder.is_root() {
        return "/".to_owned();
    }
    let names = folder.as_str().split('/');
    let names: Vec<String> = names
        .map(|name| utf8_percent_encode(name, NON_ALPHANUMERIC).to_string())
        .collect();
    format!("/folder/{}", names.join("/"))
}

/// The address of the page that begins behind a key.
pub(crate) fn address_after(folder: &Folder, key: &str) -> String {
    format!(
        "{}?after={}",
        address(folder),
        utf8_percent_encode(key, NON_ALPHANUMERIC)
    )
}

/// The name of a folder as a heading has it.
pub(crate) fn title(folder: &Folder) -> &str {
    if folder.is_root() {
        "Drive"
    } else {
        folder.name()
    }
}

/// A folder as a visitor writes it: the root is a slash.
pub(crate) fn written(folder: &Folder) -> &str {
    if folder.is_root() {
        "/"
    } else {
        folder.as_str()
    }
}

/// What the ids of a file's controls end with: short, without blanks, and the same as long as the file has its key.
pub(crate) fn id_of(file: &StoredFile) -> String {
    let mut hasher = DefaultHasher::new();
    file.key().hash(&mut hasher);
    format!("{:x}", hasher.finish())
}

/// What kind of file it is, in at most four letters: the extension of its name.
pub(crate) fn kind(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) if extension.len() <= 4 => extension.to_uppercase(),
        _ => String::new(),
    }
}
