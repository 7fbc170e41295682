//! Sound in frames, without a head of its own: MPEG audio, AAC and AC-3, also behind a tag.

/// The type of sound that begins here.
pub(super) fn content(head: &[u8]) -> Option<&'static str> {
    if let [b'I', b'D', b'3', 2..=4, 0..=9, _, size @ ..] = head {
        return Some(behind_tag(head, size));
    }
    match head {
        [0xff, second, third, ..] if is_adts(*second, *third) => Some("audio/aac"),
        [0xff, ..] => is_mpeg(head).then_some("audio/mpeg"),
        // A sample rate and a size that there are (ETSI TS 102 366, section 4.4.1).
        [0x0b, 0x77, _, _, fifth, ..] if fifth >> 6 != 3 && fifth & 0x3f < 38 => Some("audio/ac3"),
        _ => None,
    }
}

/// What follows a tag, whose size has seven bits in each byte (id3.org, "ID3v2.4", section 3.1). If it lies further than is
/// looked at, it is what most such files are.
fn behind_tag(head: &[u8], size: &[u8]) -> &'static str {
    let size = size.iter().take(4).fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
    let mut rest = head.get(10 + size..).unwrap_or_default();
    // The tag may be padded.
    while let [0, after @ ..] = rest {
        rest = after;
    }
    match rest {
        [b'f', b'L', b'a', b'C', ..] => "audio/flac",
        [b'M', b'A', b'C', b' ', ..] => "audio/x-ape",
        [b'T', b'T', b'A', b'1', ..] => "audio/x-tta",
        [b'M', b'P', b'+' | b'C', ..] => "audio/x-musepack",
        [b'w', b'v', b'p', b'k', ..] => "audio/x-wavpack",
        [0xff, second, third, ..] if is_adts(*second, *third) => "audio/aac",
        _ => "audio/mpeg",
    }
}

/// The sync word, layer 0, and a sample rate that there is (ISO/IEC 13818-7, section 6.2).
fn is_adts(second: u8, third: u8) -> bool {
    second & 0xf6 == 0xf0 && third >> 2 & 0x0f < 13
}

/// A frame of layer II or III, and where its length says that the next one is, another (ISO/IEC 11172-3, section 2.4.2.3,
/// and ISO/IEC 13818-3 for the lower sample rates; version 2.5 is Fraunhofer's).
fn is_mpeg(head: &[u8]) -> bool {
    let Some(length) = frame_length(head) else { return false };
    match head.get(length..length + 2) {
        Some(next) => next[0] == 0xff && next[1] & 0xfe == head[1] & 0xfe,
        None => true,
    }
}

fn frame_length(head: &[u8]) -> Option<usize> {
    const RATES: [usize; 3] = [44_100, 48_000, 32_000];
    const LAYER_II: [usize; 16] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0];
    const LAYER_III: [usize; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    const LOW: [usize; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
    let [0xff, second, third, ..] = head else { return None };
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    let divisor = match (second & 0xe0, version) {
        (0xe0, 3) => 1,
        (0xe0, 2) => 2,
        (0xe0, 0) => 4,
        _ => return None,
    };
    let nth = usize::from(third >> 4);
    let kilobits = match (layer, divisor) {
        (2, 1) => LAYER_II[nth],
        (1, 1) => LAYER_III[nth],
        (1 | 2, _) => LOW[nth],
        _ => 0,
    };
    let rate = RATES.get(usize::from(third >> 2 & 3))? / divisor;
    let samples = if layer == 1 && divisor > 1 { 72 } else { 144 };
    (kilobits > 0).then(|| samples * kilobits * 1000 / rate + usize::from(third >> 1 & 1))
}
