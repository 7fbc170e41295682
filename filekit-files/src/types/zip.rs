//! What a zip archive holds, as far as its first entries tell: many documents are zip archives.

use memchr::memmem;

use crate::types::formats::FORMATS;

/// Parts of packages, with the type whose packages have them (ECMA-376 part 2 for those of Office).
const PARTS: &[(&[u8], &str)] = &[
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"visio/", "application/vnd.ms-visio.drawing"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"3D/", "model/3mf"),
    (b"FixedDocSeq.fdseq", "application/oxps"),
];

/// Parts that all of them have.
const OFFICE: &[&[u8]] = &[b"[Content_Types].xml", b"_rels/", b"docProps/"];

/// Where the name of an entry begins, from the beginning of its head on (APPNOTE.TXT, section 4.3.7).
const NAME: usize = 30;

/// The type of an archive that begins with these bytes: plain zip, if nothing says more.
pub(super) fn content(head: &[u8]) -> &'static str {
    said(head).or_else(|| told_by_parts(head)).unwrap_or("application/zip")
}

/// What the first entry says, which is called `mimetype` and not compressed (OpenDocument 1.3 part 2, section 3.3).
fn said(head: &[u8]) -> Option<&'static str> {
    let rest = head.get(NAME..)?.strip_prefix(b"mimetype")?;
    let size = u32::from_le_bytes(*head.get(22..)?.first_chunk()?) as usize;
    // What comes after it begins with `PK`; the size is 0 where it stands behind the content.
    let end = if size > 0 { size } else { memmem::find(rest, b"PK")? };
    let said = std::str::from_utf8(rest.get(..end)?).ok()?.trim();
    FORMATS.iter().map(|format| format.mime).find(|mime| *mime == said)
}

fn told_by_parts(head: &[u8]) -> Option<&'static str> {
    if entries(head).next().is_some_and(|first| first.starts_with(b"META-INF/")) {
        return Some("application/java-archive");
    }
    let is_of_office = |name: &[u8]| OFFICE.iter().any(|part| name.starts_with(part));
    let is_office = entries(head).any(is_of_office);
    let mut found = entries(head).filter_map(|name| PARTS.iter().find(|(part, _)| name.starts_with(part)));
    // Any archive may have a folder of that name.
    found.find(|(part, _)| is_office || !part.ends_with(b"/")).map(|(_, mime)| *mime)
}

/// The names of the entries whose heads lie within these bytes, with what follows them.
fn entries(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    memmem::find_iter(head, b"PK\x03\x04").filter_map(|at| head.get(at + NAME..))
}
