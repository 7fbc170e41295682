//! JPEG (ITU-T T.81): tables, frames and scans stay, and of what applications have added what colours depend on.

use std::io::{BufRead, Seek};
use std::ops::Range;

use super::exif::{self, Orientation};
use super::source::Source;
use super::{Fault, Output, replace};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const TEM: u8 = 0x01;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const COM: u8 = 0xfe;

/// How many bytes of an Adobe segment, and of a JFIF segment before the size of its thumbnail, mean something (ITU-T T.872;
/// T.871).
const ADOBE: usize = 12;
const JFIF: usize = 12;

/// A segment with parameters.
struct Segment {
    marker: u8,
    /// With its marker.
    range: Range<u64>,
}

/// Walks a JPEG up to the end of its first image. What stands behind that, further images and films, goes.
pub(super) fn strip<R: BufRead + Seek>(source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
    if source.take()? != [0xff, SOI] {
        return Err(Fault::Broken("it does not begin like a JPEG"));
    }
    output.keep(0..2)?;
    let (mut has_scan, mut has_exif) = (false, false);
    loop {
        let marker = next_marker(source)?;
        let start = source.position() - 2;
        match marker {
            EOI if has_scan => return Ok(output.keep(start..start + 2)?),
            EOI => return Err(Fault::Broken("there is no image in it")),
            SOI => return Err(Fault::Broken("another image begins in it")),
            // Outside of a scan they say nothing.
            TEM | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let segment = Segment::read(source, marker)?;
        match marker {
            SOS => {
                has_scan = true;
                source.go_to(segment.range.end)?;
                skip_scan(source)?;
                output.keep(segment.range.start..source.position())?;
                continue;
            }
            // Only the first counts, and where it says nothing there is none.
            APP1 if !has_exif && segment.begins_with(source, &exif::PREFIX)? => {
                has_exif = true;
                segment.shorten_exif(source, output)?;
            }
            APP0 if segment.begins_with(source, b"JFIF\0")? => segment.shorten::<_, JFIF, 2>(source, output)?,
            APP14 if segment.begins_with(source, b"Adobe")? => segment.shorten::<_, ADOBE, 0>(source, output)?,
            APP2 if segment.begins_with(source, b"ICC_PROFILE\0")? => output.keep(segment.range.clone())?,
            APP0..=0xef | COM => {}
            // Frames, tables, numbers of lines and restart intervals, and those of hierarchical images.
            0xc0..=0xc7 | 0xc9..=0xcf | 0xdb..=0xdf => output.keep(segment.range.clone())?,
            _ => return Err(Fault::Broken("there is a marker in it that means nothing")),
        }
        source.go_to(segment.range.end)?;
    }
}

impl Segment {
    /// Reads the length of the segment behind a marker.
    fn read<R: BufRead + Seek>(source: &mut Source<R>, marker: u8) -> Result<Self, Fault> {
        let start = source.position() - 2;
        let length = u16::from_be_bytes(source.take()?);
        let end = start + 2 + u64::from(length);
        match length < 2 || end > source.length() {
            true => Err(Fault::Broken("a segment has a wrong length")),
            false => Ok(Self { marker, range: start..end }),
        }
    }

    /// Whether the content begins with these bytes. The source is behind them then.
    fn begins_with<R: BufRead + Seek>(&self, source: &mut Source<R>, bytes: &[u8]) -> Result<bool, Fault> {
        let content = self.range.start + 4;
        let start = content..content + bytes.len() as u64;
        Ok(start.end <= self.range.end && source.has(&start, bytes)?)
    }

    /// Keeps the first `N` bytes of the content with `Z` zeros behind them. A segment that has fewer means nothing to a decoder, and goes.
    fn shorten<R: BufRead + Seek, const N: usize, const Z: usize>(
        &self,
        source: &mut Source<R>,
        output: &mut impl Output,
    ) -> Result<(), Fault> {
        source.go_to(self.range.start + 4)?;
        match source.take_before::<N>(self.range.end)? {
            Some(content) => self.replace(source, &[&content, &[0; Z]], output),
            None => Ok(()),
        }
    }

    /// Puts the orientation in the place of an EXIF segment. The source is behind its prefix.
    fn shorten_exif<R: BufRead + Seek>(&self, source: &mut Source<R>, output: &mut impl Output) -> Result<(), Fault> {
        match Orientation::read(source, self.range.end)? {
            Some(orientation) => self.replace(source, &[&exif::PREFIX, &orientation.to_block()], output),
            None => Ok(()),
        }
    }

    /// Puts another content in the place of this one.
    fn replace<R: BufRead + Seek>(
        &self,
        source: &mut Source<R>,
        content: &[&[u8]],
        output: &mut impl Output,
    ) -> Result<(), Fault> {
        let content = content.concat();
        let length = content.len() as u8 + 2;
        let segment = [&[0xff, self.marker, 0, length], &content[..]].concat();
        replace(source, self.range.clone(), &segment, output)
    }
}

/// Goes behind the next marker, and returns it. Fill bytes in front of it go (T.81, section B.1.1.2), and so does what stands between
/// segments and is none: decoders skip it.
fn next_marker<R: BufRead + Seek>(source: &mut Source<R>) -> Result<u8, Fault> {
    loop {
        source.find(0xff)?;
        let mut code = 0xff;
        while code == 0xff {
            [code] = source.take()?;
        }
        if code != 0 {
            return Ok(code);
        }
    }
}

/// Goes to the marker behind a scan: no stuffed byte, and no restart marker, which belong to the scan (T.81, sections B.1.1.5 and B.2.1).
fn skip_scan<R: BufRead + Seek>(source: &mut Source<R>) -> Result<(), Fault> {
    loop {
        source.find(0xff)?;
        let place = source.position();
        let [_, next] = source.take()?;
        match next {
            0 | 0xd0..=0xd7 => {}
            // A fill byte, behind which the same may come.
            0xff => source.go_to(place + 1)?,
            _ => return source.go_to(place),
        }
    }
}
