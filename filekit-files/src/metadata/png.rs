//! PNG (third edition), also with several frames: chunks that make pixels and their colours stay.

use std::io::{BufRead, Seek};
use std::ops::Range;

use super::exif::{BLOCK, Orientation};
use super::source::Source;
use super::{ENDS_EARLY, Fault, Output, replace};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// What stays besides the head, the image and the end. The name of a colour profile is a part of it. The names of suggested palettes
/// are text, and these go.
const KEPT: [&[u8; 4]; 17] = [
    b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"sBIT",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// What is around the data of a chunk: its length and type, and its sum.
const HEAD: u64 = 8;
const SUM: u64 = 4;

struct Chunk {
    kind: [u8; 4],
    /// With what is around the data.
    range: Range<u64>,
}

/// Walks a PNG up to its end. What stands behind that goes.
pub(super) fn strip<R: BufRead + Seek>(source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
    if source.take()? != SIGNATURE {
        return Err(Fault::Broken("it does not begin like a PNG"));
    }
    let head = Chunk::read(source)?;
    if head.kind != *b"IHDR" || head.data_length() != 13 {
        return Err(Fault::Broken("its head is not the first chunk"));
    }
    output.keep(0..head.range.end)?;
    source.go_to(head.range.end)?;
    let (mut has_image, mut has_exif) = (false, false);
    loop {
        let chunk = Chunk::read(source)?;
        match &chunk.kind {
            b"IEND" if !has_image => return Err(Fault::Broken("there is no image in it")),
            b"IEND" if chunk.data_length() > 0 => return Err(Fault::Broken("its end is not empty")),
            b"IEND" => return Ok(output.keep(chunk.range)?),
            b"IDAT" => {
                has_image = true;
                output.keep(chunk.range.clone())?;
            }
            // Only the first counts, and where it says nothing there is none.
            b"eXIf" if !has_exif => {
                has_exif = true;
                chunk.shorten_exif(source, output)?;
            }
            kind if KEPT.contains(&kind) => output.keep(chunk.range.clone())?,
            kind if is_critical(kind) => return Err(Fault::Broken("there is a chunk in it that decoders do not know")),
            _ => {}
        }
        source.go_to(chunk.range.end)?;
    }
}

/// Whether no decoder may show the image without knowing the chunk (section 5.4).
fn is_critical(kind: &[u8; 4]) -> bool {
    kind[0] & 0x20 == 0
}

impl Chunk {
    /// Reads the head of a chunk, which is in the file as a whole.
    fn read<R: BufRead + Seek>(source: &mut Source<R>) -> Result<Self, Fault> {
        let start = source.position();
        let length = u32::from_be_bytes(source.take()?);
        let kind = source.take()?;
        let end = start + HEAD + u64::from(length) + SUM;
        match end > source.length() {
            true => Err(ENDS_EARLY),
            false => Ok(Self { kind, range: start..end }),
        }
    }

    fn data_length(&self) -> u64 {
        self.range.end - self.range.start - HEAD - SUM
    }

    /// Puts the orientation in the place of an EXIF chunk, at whose data the source is. One whose sum is wrong means nothing to a decoder,
    /// and goes.
    fn shorten_exif<R: BufRead + Seek>(&self, source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
        let (start, end) = (source.position(), self.range.end - SUM);
        let mut sum = crc32fast::Hasher::new();
        sum.update(&self.kind);
        source.read_to(end, |bytes| sum.update(bytes))?;
        if source.take()? != sum.finalize().to_be_bytes() {
            return Ok(());
        }
        source.go_to(start)?;
        match Orientation::read(source, end)? {
            Some(orientation) => replace(source, self.range.clone(), &exif_chunk(orientation), output),
            None => Ok(()),
        }
    }
}

fn exif_chunk(orientation: Orientation) -> Vec<u8> {
    let named = [&b"eXIf"[..], &orientation.to_block()].concat();
    [&(BLOCK as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}
