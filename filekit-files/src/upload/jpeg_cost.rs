//! What it takes to decode a JPEG beside its pixels, as its markers say (ITU-T T.81, annex B). Nothing is decoded for that.
//!
//! Where a component comes in several scans, all coefficients are held until the last one: twice the pixels, and more where there is little
//! content. And each scan goes through all blocks of its components, also if it has a few bytes for all of them.

use std::io::{self, BufRead, Read as _};

/// Markers.
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Coefficients of a block, and bytes of each.
const BLOCK: u64 = 64 * 2;

/// The longest segment that is looked into: a head of a frame with as many components as there can be.
const MAX_SEGMENT: u64 = 8 + 3 * 255;

/// What a picture takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct JpegCost {
    /// Bytes of coefficients that are held.
    pub(super) memory: u64,
    /// Blocks that all scans go through.
    pub(super) blocks: u64,
}

/// The head of a picture.
#[derive(Debug, Default)]
struct Frame {
    is_progressive: bool,
    components: Vec<Component>,
}

#[derive(Clone, Copy, Debug)]
struct Component {
    id: u8,
    blocks: u64,
}

impl JpegCost {
    /// Reads it to the end of the picture, or of the content if that is earlier: then the decoder says what is wrong.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn read(content: &mut dyn BufRead) -> io::Result<Self> {
        let (mut cost, mut frame) = (Self::default(), Frame::default());
        while let Some(marker) = next_marker(content)? {
            match marker {
                END_OF_IMAGE => break,
                START_OF_SCAN => {
                    let scan = segment(content)?;
                    cost.add_scan(&frame, &scan);
                }
                marker if is_frame(marker) => {
                    let head = segment(content)?;
                    frame = Frame::parse(marker, &head).unwrap_or_default();
                }
                marker if has_segment(marker) => _ = segment(content)?,
                _ => {}
            }
        }
        Ok(cost)
    }

    fn add_scan(&mut self, frame: &Frame, scan: &[u8]) {
        let count = scan.first().copied().map_or(0, usize::from);
        let ids = scan.get(1..).unwrap_or_default().chunks(2).take(count).map(|component| component[0]);
        let found = ids.filter_map(|id| frame.components.iter().find(|component| component.id == id));
        self.blocks += found.map(|component| component.blocks).sum::<u64>();
        if frame.is_progressive || count < frame.components.len() {
            self.memory = frame.components.iter().map(|component| component.blocks * BLOCK).sum();
        }
    }
}

impl Frame {
    /// The head of a frame (B.2.2). Nothing if it is none.
    fn parse(marker: u8, head: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u64::from(u16::from_be_bytes([*head.get(at)?, *head.get(at + 1)?])));
        let (height, width) = (number(1)?, number(3)?);
        let components = head.get(6..)?.chunks_exact(3).take(usize::from(*head.get(5)?));
        let sampling = |component: &[u8]| [component[1] >> 4, component[1] & 15].map(u64::from);
        let most = |nth: usize| components.clone().map(|component| sampling(component)[nth]).max();
        let units = |pixels: u64, most: u64| pixels.div_ceil(8 * most.max(1));
        let (columns, rows) = (units(width, most(0)?), units(height, most(1)?));
        let components = components.clone().map(|component| {
            let [across, down] = sampling(component);
            Component { id: component[0], blocks: columns * across * rows * down }
        });
        // SOF2, SOF6, SOF10 and SOF14.
        Some(Self { is_progressive: marker & 3 == 2, components: components.collect() })
    }
}

/// Whether a marker is that of a frame's head: SOF0 to SOF15, among which DHT, JPG and DAC have numbers.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Whether a segment follows: not behind TEM, RST0 to RST7 and SOI.
fn has_segment(marker: u8) -> bool {
    marker > 0x01 && !matches!(marker, 0xd0..=0xd8)
}

/// The next marker, behind whatever stands before it. None at the end.
fn next_marker(content: &mut dyn BufRead) -> io::Result<Option<u8>> {
    loop {
        content.skip_until(0xff)?;
        let mut code = [0xff];
        while code[0] == 0xff {
            if content.read(&mut code)? == 0 {
                return Ok(None);
            }
        }
        // A zero says that the byte before it belongs to the content.
        if code[0] != 0 {
            return Ok(Some(code[0]));
        }
    }
}

/// What is in a segment, if it is short; it is skipped in any case.
fn segment(content: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    let mut read = Vec::new();
    if content.read(&mut length[..1])? == 0 || content.read(&mut length[1..])? == 0 {
        return Ok(read);
    }
    let length = u64::from(u16::from_be_bytes(length)).saturating_sub(2);
    let mut rest = content.take(length);
    (&mut rest).take(MAX_SEGMENT).read_to_end(&mut read)?;
    io::copy(&mut rest, &mut io::sink())?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a picture of 1,600 times 800 pixels, whose colours have half of its resolution.
    const FRAME: &[u8] = &[0, 17, 8, 3, 32, 6, 64, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    const ALL: &[u8] = &[0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0];
    const FIRST: &[u8] = &[0, 8, 1, 1, 0, 0, 63, 0];

    fn cost(frame: u8, scans: &[&[u8]]) -> JpegCost {
        let mut jpeg = b"\xff\xd8\xff\xe0\x00\x04\xff\xda\xff".to_vec();
        jpeg.extend([frame]);
        jpeg.extend(FRAME);
        for scan in scans {
            jpeg.extend(b"\xff\xda");
            jpeg.extend(*scan);
            jpeg.extend(b"\xff\x00\xd0\xff\xd0\x12");
        }
        jpeg.extend(b"\xff\xd9\xff\xda");
        JpegCost::read(&mut &jpeg[..]).unwrap()
    }

    #[test]
    fn a_picture_in_one_scan_holds_no_coefficients() {
        assert_eq!(cost(0xc0, &[ALL]), JpegCost { memory: 0, blocks: 30_000 });
    }

    #[test]
    fn one_in_several_scans_holds_all_of_them_and_each_scan_counts() {
        let memory = 30_000 * BLOCK;
        assert_eq!(cost(0xc2, &[ALL, FIRST, FIRST]), JpegCost { memory, blocks: 70_000 });
        assert_eq!(cost(0xc0, &[FIRST]), JpegCost { memory, blocks: 20_000 });
    }

    #[test]
    fn what_is_no_picture_costs_nothing() {
        for nothing in
            [&b""[..], b"\xff", b"\xff\xd8\xff\xc2", b"\xff\xc2\x00\x08\x08\x00", b"\xff\xda\x00\x02", &[0xff; 100]]
        {
            assert_eq!(JpegCost::read(&mut &nothing[..]).unwrap(), JpegCost::default(), "{nothing:?}");
        }
    }
}
