//! The one thing of EXIF that a picture needs: which way up it is shown.

use std::io::{BufRead, Seek};

use super::Fault;
use super::source::Source;

/// How a picture is turned before it is shown, if it is: a value of the tag `Orientation` of Exif 3.0, from 2 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

/// How a structure writes its numbers, which it says at its beginning.
struct ByteOrder {
    short: fn([u8; 2]) -> u16,
    long: fn([u8; 4]) -> u32,
}

impl ByteOrder {
    fn of(start: [u8; 4]) -> Option<Self> {
        match &start {
            b"II*\0" => Some(Self { short: u16::from_le_bytes, long: u32::from_le_bytes }),
            b"MM\0*" => Some(Self { short: u16::from_be_bytes, long: u32::from_be_bytes }),
            _ => None,
        }
    }
}

/// The tag, and the type of its value.
const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;

/// What stands before the TIFF structure in a JPEG, and by mistake in some WebP files.
pub(super) const PREFIX: [u8; 6] = *b"Exif\0\0";

/// The length of a block that says the orientation.
pub(super) const BLOCK: usize = 26;

impl Orientation {
    /// Reads the orientation out of the TIFF structure that begins here and ends at `end`; nothing if it says none, or one that means
    /// nothing, or if the structure cannot be read. Only what decoders go by counts: the first directory, and one value of the type
    /// that the standard says.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn read<R: BufRead + Seek>(source: &mut Source<R>, end: u64) -> Result<Option<Self>, Fault> {
        let start = source.position();
        let Some([order @ .., o1, o2, o3, o4]) = source.take_before::<8>(end)? else { return Ok(None) };
        let Some(ByteOrder { short, long }) = ByteOrder::of(order) else { return Ok(None) };
        let directory = start + u64::from(long([o1, o2, o3, o4]));
        if directory > end {
            return Ok(None);
        }
        source.go_to(directory)?;
        let Some(count) = source.take_before(end)?.map(short) else { return Ok(None) };
        for _ in 0..count {
            let Some([t1, t2, k1, k2, c1, c2, c3, c4, v1, v2, _, _]) = source.take_before(end)? else { break };
            if (short([t1, t2]), short([k1, k2]), long([c1, c2, c3, c4])) == (ORIENTATION, SHORT, 1) {
                return Ok(Self::of_value(short([v1, v2])));
            }
        }
        Ok(None)
    }

    /// Upright is what a picture is that says nothing.
    fn of_value(value: u16) -> Option<Self> {
        u8::try_from(value).ok().filter(|value| (2..=8).contains(value)).map(Self)
    }

    /// A TIFF structure that says this and nothing else: one directory with one entry.
    pub(super) fn to_block(self) -> [u8; BLOCK] {
        let mut block = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        block[19] = self.0;
        block
    }
}
