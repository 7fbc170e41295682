//! WebP (RFC 9649), also with several frames: images, transparency and colour profile stay. The length of what stays is written at the
//! beginning of a file and of each frame, so it is measured first.

use std::io::{self, BufRead, Seek};
use std::ops::Range;

use super::exif::{self, Orientation};
use super::source::Source;
use super::{ENDS_EARLY, Fault, Output, replace};

/// The flags of the extended format: of what stays, and of EXIF.
const PROFILE: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

/// `RIFF`, the length of what follows, and `WEBP`.
const FILE_HEAD: u64 = 12;
/// The type of a chunk and its length.
const CHUNK_HEAD: u64 = 8;
/// Where a frame stands in an animation, and for how long.
const FRAME_HEAD: u64 = 16;

struct Chunk {
    kind: [u8; 4],
    /// Without the byte that makes its length even.
    range: Range<u64>,
    /// Where the next one begins.
    next: u64,
}

/// The chunks of a file.
struct Chunks {
    end: u64,
    /// What says the orientation, if the file says one.
    exif: Option<Vec<u8>>,
}

/// Counts the bytes that stay.
#[derive(Default)]
struct Measure(u64);

impl Output for Measure {
    fn keep(&mut self, range: Range<u64>) -> io::Result<()> {
        self.0 += range.end - range.start;
        Ok(())
    }

    fn insert(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}

/// Walks a WebP up to the end that its head says. What stands behind that goes.
pub(super) fn strip<R: BufRead + Seek>(source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
    let chunks = Chunks::read(source)?;
    let mut measure = Measure::default();
    chunks.write(source, &mut measure)?;
    let length = measure.0 + 4;
    replace(source, 0..FILE_HEAD, &[b"RIFF", &size(length)?[..], b"WEBP"].concat(), output)?;
    chunks.write(source, output)
}

/// A length as the format says it. What stays is shorter than what was, but for a byte that was missing and 26 of orientation.
fn size(length: u64) -> Result<[u8; 4], Fault> {
    let length = u32::try_from(length).map_err(|_| Fault::Broken("it is longer than its format allows"))?;
    Ok(length.to_le_bytes())
}

impl Chunks {
    fn read<R: BufRead + Seek>(source: &mut Source<R>) -> Result<Self, Fault> {
        if source.take()? != *b"RIFF" {
            return Err(Fault::Broken("it does not begin like a WebP"));
        }
        let end = 8 + u64::from(u32::from_le_bytes(source.take()?));
        if source.take()? != *b"WEBP" {
            return Err(Fault::Broken("it does not begin like a WebP"));
        }
        if end > source.length() {
            return Err(ENDS_EARLY);
        }
        let exif = exif_of(source, end)?;
        Ok(Self { end, exif })
    }

    /// Writes what stays behind the head of the file.
    fn write<R: BufRead + Seek>(&self, source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
        source.go_to(FILE_HEAD)?;
        let first = Chunk::read(source, self.end)?.ok_or(ENDS_EARLY)?;
        match &first.kind {
            // Nothing behind it counts.
            b"VP8 " | b"VP8L" => first.keep(source, output),
            b"VP8X" => self.write_extended(source, &first, output),
            _ => Err(Fault::Broken("there is no image in it")),
        }
    }

    fn write_extended<R: BufRead + Seek>(
        &self,
        source: &mut Source<R>,
        head: &Chunk,
        output: &mut impl Output,
    ) -> Result<(), Fault> {
        let [flags, _, _, _, size @ ..] = source.take_before::<10>(head.range.end)?.ok_or(ENDS_EARLY)?;
        let exif = if self.exif.is_some() { EXIF } else { 0 };
        let flags = flags & (PROFILE | ALPHA | ANIMATION) | exif;
        let written = [&b"VP8X\x0a\0\0\0"[..], &[flags, 0, 0, 0], &size].concat();
        replace(source, head.range.clone(), &written, output)?;
        source.go_to(head.next)?;
        let (mut has_image, mut exif) = (false, self.exif.as_deref());
        while let Some(chunk) = Chunk::read(source, self.end)? {
            has_image |= matches!(&chunk.kind, b"VP8 " | b"VP8L" | b"ANMF");
            match &chunk.kind {
                b"ICCP" | b"ANIM" | b"ALPH" | b"VP8 " | b"VP8L" => chunk.keep(source, output)?,
                b"ANMF" => chunk.write_frame(source, output)?,
                // Only the first counts.
                b"EXIF" => {
                    if let Some(exif) = exif.take() {
                        replace(source, chunk.range.clone(), exif, output)?;
                    }
                }
                _ => {}
            }
            source.go_to(chunk.next)?;
        }
        match has_image {
            true => Ok(()),
            false => Err(Fault::Broken("there is no image in it")),
        }
    }
}

/// What says the orientation, if the file says one: decoders look for it only where the head says that it is there.
fn exif_of<R: BufRead + Seek>(source: &mut Source<R>, end: u64) -> Result<Option<Vec<u8>>, Fault> {
    let head = Chunk::read(source, end)?.filter(|head| head.kind == *b"VP8X");
    let Some(head) = head else { return Ok(None) };
    let flags = source.take_before::<1>(head.range.end)?;
    if flags.is_none_or(|[flags]| flags & EXIF == 0) {
        return Ok(None);
    }
    source.go_to(head.next)?;
    while let Some(chunk) = Chunk::read(source, end)? {
        if chunk.kind == *b"EXIF" {
            return chunk.shortened_exif(source);
        }
        source.go_to(chunk.next)?;
    }
    Ok(None)
}

impl Chunk {
    /// Reads the head of a chunk; nothing if none begins before `end`. A last byte that only makes the length even may be missing.
    fn read<R: BufRead + Seek>(source: &mut Source<R>, end: u64) -> Result<Option<Self>, Fault> {
        let start = source.position();
        let Some(kind) = source.take_before(end)? else { return Ok(None) };
        let Some(length) = source.take_before(end)?.map(u32::from_le_bytes) else { return Ok(None) };
        let range = start..start + CHUNK_HEAD + u64::from(length);
        match range.end > end {
            true => Err(ENDS_EARLY),
            false => Ok(Some(Self { kind, next: end.min(range.end.next_multiple_of(2)), range })),
        }
    }

    fn keep<R: BufRead + Seek>(&self, source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
        output.keep(self.range.clone())?;
        match (self.range.end - self.range.start) % 2 {
            0 => Ok(()),
            _ => replace(source, self.range.end..self.next, &[0], output),
        }
    }

    /// Writes a frame of an animation, at whose content the source is. It has chunks of its own.
    fn write_frame<R: BufRead + Seek>(&self, source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
        let content = self.range.start + CHUNK_HEAD;
        let images = content + FRAME_HEAD;
        if images > self.range.end {
            return Err(ENDS_EARLY);
        }
        let mut measure = Measure::default();
        self.write_images(source, images, &mut measure)?;
        let head = [b"ANMF", &size(FRAME_HEAD + measure.0)?[..]].concat();
        replace(source, self.range.start..content, &head, output)?;
        output.keep(content..images)?;
        self.write_images(source, images, output)
    }

    fn write_images<R: BufRead + Seek>(
        &self,
        source: &mut Source<R>,
        start: u64,
        output: &mut impl Output,
    ) -> Result<(), Fault> {
        source.go_to(start)?;
        let mut has_image = false;
        while let Some(chunk) = Self::read(source, self.range.end)? {
            has_image |= matches!(&chunk.kind, b"VP8 " | b"VP8L");
            if matches!(&chunk.kind, b"ALPH" | b"VP8 " | b"VP8L") {
                chunk.keep(source, output)?;
            }
            source.go_to(chunk.next)?;
        }
        match has_image {
            true => Ok(()),
            false => Err(Fault::Broken("a frame has no image")),
        }
    }

    /// What says the orientation alone, in the place of an EXIF chunk, at whose content the source is. Some writers put the prefix of
    /// JPEG before it, by which some decoders do not find it: it stays, so that each finds what it found before.
    fn shortened_exif<R: BufRead + Seek>(&self, source: &mut Source<R>) -> Result<Option<Vec<u8>>, Fault> {
        let content = source.position();
        let has_prefix = source.take_before(self.range.end)? == Some(exif::PREFIX);
        let prefix: &[u8] = if has_prefix { &exif::PREFIX } else { &[] };
        source.go_to(content + prefix.len() as u64)?;
        let Some(orientation) = Orientation::read(source, self.range.end)? else { return Ok(None) };
        let content = [prefix, &orientation.to_block()].concat();
        Ok(Some([b"EXIF", &size(content.len() as u64)?[..], &content].concat()))
    }
}
