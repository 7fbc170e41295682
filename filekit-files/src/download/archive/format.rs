//! The records of a zip archive, byte by byte: PKWARE's APPNOTE 6.3.10, whose sections are named here.
//!
//! An entry is written in one of two ways. Where its size and its checksum are known before its content is sent, they stand
//! in front of it and the content follows as it is. Otherwise they stand behind it, and the content is framed in DEFLATE
//! blocks that are not compressed, so that a reader without the directory finds its end.

use crate::download::archive::time::Time;

/// A number of this size or above stands in a field of 64 bits (4.4.8, 4.4.9, 4.4.16).
pub(super) const LARGE: u64 = u32::MAX as u64;

/// So many entries or more are counted in a field of 64 bits (4.4.21, 4.4.22).
pub(super) const MANY: u64 = u16::MAX as u64;

/// The most that a DEFLATE block holds which is not compressed (RFC 1951, section 3.2.4).
pub(super) const BLOCK: usize = u16::MAX as usize;

const BLOCK_HEADER: u64 = 5;

/// Ends DEFLATE data: the last block, of no bytes.
pub(super) const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];

/// Sizes and checksum follow the content (4.4.4, bit 3).
const DESCRIPTOR: u16 = 1 << 3;
/// The name is UTF-8 (4.4.4, bit 11).
const UTF_8: u16 = 1 << 11;

/// Version 2.0 reads DEFLATE, 4.5 reads 64 bits (4.4.3).
const VERSION: u16 = 20;
const VERSION_OF_LARGE: u16 = 45;

/// The attributes are those of Unix (4.4.2).
const UNIX: u16 = 3 << 8;
/// A file that its owner may write and all may read.
const FILE_MODE: u32 = 0o100_644;

/// How the content of an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// As it is, behind its size and its checksum.
    SizesInFront,
    /// In blocks, before its size and its checksum.
    SizesBehind,
}

/// An entry, as far as its headers say.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) time: Time,
    pub(super) layout: Layout,
    pub(super) size: u64,
    /// CRC-32.
    pub(super) checksum: u32,
    /// Where the entry begins in the archive.
    pub(super) offset: u64,
}

/// The header of a block of so many bytes, at most [`BLOCK`].
pub(super) fn block_header(length: usize) -> [u8; 5] {
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    let ([a, b], [c, d]) = (length.to_le_bytes(), (!length).to_le_bytes());
    [0, a, b, c, d]
}

impl Entry {
    /// How many bytes the content takes in the archive.
    pub(super) fn stored_size(&self) -> u64 {
        match self.layout {
            Layout::SizesInFront => self.size,
            Layout::SizesBehind => self.size + (self.size.div_ceil(BLOCK as u64) + 1) * BLOCK_HEADER,
        }
    }

    /// What stands in front of the content (4.3.7).
    pub(super) fn local_header(&self) -> Vec<u8> {
        let is_in_front = self.layout == Layout::SizesInFront;
        let is_large = is_in_front && self.size >= LARGE;
        let mut extra = Vec::new();
        if is_large {
            // Both sizes have to be there, although they are equal (4.5.3).
            push_large_numbers(&mut extra, &[self.size, self.size]);
        }
        self.time.push_extra_field(&mut extra);
        let (checksum, size) = if is_in_front { (self.checksum, self.size) } else { (0, 0) };

        let mut header = Vec::with_capacity(30 + self.name.len() + extra.len());
        header.extend_from_slice(b"PK\x03\x04");
        self.push_common(&mut header, is_large);
        push_32(&mut header, &[checksum, short(size), short(size)]);
        push_16(&mut header, &[length_of(self.name.as_bytes()), length_of(&extra)]);
        header.extend_from_slice(self.name.as_bytes());
        header.extend_from_slice(&extra);
        header
    }

    /// What stands behind the content (4.3.9); nothing if the sizes stand in front.
    pub(super) fn descriptor(&self) -> Vec<u8> {
        if self.layout == Layout::SizesInFront {
            return Vec::new();
        }
        let mut descriptor = b"PK\x07\x08".to_vec();
        push_32(&mut descriptor, &[self.checksum]);
        let sizes = [self.stored_size(), self.size];
        if sizes.iter().any(|size| *size >= LARGE) {
            push_64(&mut descriptor, &sizes);
        } else {
            push_32(&mut descriptor, &sizes.map(short));
        }
        descriptor
    }

    /// What stands in the directory at the end of the archive (4.3.12).
    pub(super) fn directory_header(&self) -> Vec<u8> {
        let numbers = [self.size, self.stored_size(), self.offset];
        let large: Vec<u64> = numbers.into_iter().filter(|number| *number >= LARGE).collect();
        let mut extra = Vec::new();
        if !large.is_empty() {
            push_large_numbers(&mut extra, &large);
        }
        self.time.push_extra_field(&mut extra);

        let version = if large.is_empty() { VERSION } else { VERSION_OF_LARGE };
        let mut header = Vec::with_capacity(46 + self.name.len() + extra.len());
        header.extend_from_slice(b"PK\x01\x02");
        push_16(&mut header, &[UNIX | version]);
        self.push_common(&mut header, !large.is_empty());
        push_32(&mut header, &[self.checksum, short(self.stored_size()), short(self.size)]);
        // No comment, on the first disk, of no internal attributes.
        push_16(&mut header, &[length_of(self.name.as_bytes()), length_of(&extra), 0, 0, 0]);
        push_32(&mut header, &[FILE_MODE << 16, short(self.offset)]);
        header.extend_from_slice(self.name.as_bytes());
        header.extend_from_slice(&extra);
        header
    }

    /// The fields that both headers have between their signature and the checksum.
    fn push_common(&self, header: &mut Vec<u8>, is_large: bool) {
        let (method, mut flags) = match self.layout {
            Layout::SizesInFront => (0, 0),
            Layout::SizesBehind => (8, DESCRIPTOR),
        };
        if !self.name.is_ascii() {
            flags |= UTF_8;
        }
        let version = if is_large { VERSION_OF_LARGE } else { VERSION };
        push_16(header, &[version, flags, method, self.time.dos_time, self.time.dos_date]);
    }
}

/// The end of an archive, behind its directory (4.3.14 to 4.3.16).
pub(super) fn end(entries: u64, directory_offset: u64, directory_size: u64) -> Vec<u8> {
    let mut end = Vec::new();
    if entries >= MANY || directory_offset >= LARGE || directory_size >= LARGE {
        end.extend_from_slice(b"PK\x06\x06");
        // The size of what follows of this record.
        push_64(&mut end, &[44]);
        push_16(&mut end, &[UNIX | VERSION_OF_LARGE, VERSION_OF_LARGE]);
        push_32(&mut end, &[0, 0]);
        push_64(&mut end, &[entries, entries, directory_size, directory_offset]);
        end.extend_from_slice(b"PK\x06\x07");
        push_32(&mut end, &[0]);
        push_64(&mut end, &[directory_offset + directory_size]);
        push_32(&mut end, &[1]);
    }
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    end.extend_from_slice(b"PK\x05\x06");
    push_16(&mut end, &[0, 0, count, count]);
    push_32(&mut end, &[short(directory_size), short(directory_offset)]);
    push_16(&mut end, &[0]);
    end
}

/// The extra field of numbers that 32 bits do not hold (4.5.3).
fn push_large_numbers(extra: &mut Vec<u8>, numbers: &[u64]) {
    push_16(extra, &[1, u16::try_from(8 * numbers.len()).unwrap_or(u16::MAX)]);
    push_64(extra, numbers);
}

/// A number in 32 bits, or what says that it stands elsewhere.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A path has at most 32 names of 255 bytes, and extra fields are shorter than that.
fn length_of(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).unwrap_or_else(|_| unreachable!("names and extra fields are short"))
}

pub(super) fn push_16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
}

fn push_32(bytes: &mut Vec<u8>, numbers: &[u32]) {
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
}

fn push_64(bytes: &mut Vec<u8>, numbers: &[u64]) {
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
}
