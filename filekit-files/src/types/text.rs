//! Whether bytes are text, in any encoding.
//!
//! No table of languages is needed for that: what programs write for machines is full of control characters of many
//! kinds, and text has few of few kinds, in any encoding. Only where there is too little to count, the bytes have to be
//! those of a family of encodings.

/// How many bytes of an unknown encoding are enough to count: of 64 random bytes one in a thousand has no control
/// character among them.
const ENOUGH: usize = 64;

/// Control characters that formats of text use between their parts: the transmission controls and separators of ASCII (SWIFT,
/// FIX, ASTM, HL7), bell and backspace (what a terminal showed).
const SEPARATORS: [u8; 15] = [1, 2, 3, 4, 5, 6, 7, 8, 0x15, 0x17, 0x1a, 0x1c, 0x1d, 0x1e, 0x1f];

/// How many kinds of separators a text has at most, and of how many bytes one may be such.
const KINDS: usize = 4;
const SHARE: usize = 4;

/// Tells whether a file that begins like this is text.
///
/// In UTF-8, UTF-16 with or without a byte order mark, an encoding of one byte for each character, or one of East Asia.
/// A log that was cut while a program wrote it begins with NULs, and one of CP/M or DOS ends with Ctrl-Z.
pub(crate) fn looks_like_text(head: &[u8]) -> bool {
    match head {
        [0xff, 0xfe, rest @ ..] => is_utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => is_utf_16(rest, u16::from_be_bytes),
        _ => {
            let text = trimmed(head);
            // All of it was padding.
            let is_blank = text.is_empty() && !head.is_empty();
            let is_eight_bit = if is_valid_utf_8(text) { has_few_controls(text) } else { is_of_older_encoding(text) };
            !is_blank && (is_eight_bit || is_utf_16_without_mark(head))
        }
    }
}

/// Tells whether these are characters, and no control characters at all.
pub(super) fn is_plain(head: &[u8]) -> bool {
    looks_like_text(head) && !head.iter().any(|byte| is_control(u16::from(*byte)))
}

fn trimmed(head: &[u8]) -> &[u8] {
    let begin = head.iter().position(|byte| *byte != 0).unwrap_or(head.len());
    let end = head.iter().rposition(|byte| !matches!(byte, 0 | 0x1a)).map_or(begin, |last| last + 1);
    &head[begin..end.max(begin)]
}

/// What text has no use for: not tab, line feed, vertical tab, form feed, carriage return and escape.
fn is_control(unit: u16) -> bool {
    matches!(unit, 0..=8 | 14..=26 | 28..=31 | 127)
}

/// Tells whether these are characters in UTF-8, up to one that the end of `head` may have cut.
pub(crate) fn is_valid_utf_8(head: &[u8]) -> bool {
    std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Has few control characters, or more of few kinds.
fn has_few_controls(text: &[u8]) -> bool {
    if controls(text) == 0 {
        return true;
    }
    let counts = SEPARATORS.map(|kind| text.iter().filter(|byte| **byte == kind).count());
    let kinds = counts.iter().filter(|count| **count > 0).count();
    let separators = counts.iter().sum::<usize>();
    kinds <= KINDS && separators * SHARE <= text.len() && few(controls(text) - separators, text)
}

/// How many control characters there are.
fn controls(text: &[u8]) -> usize {
    count(text, |byte| (byte <= 8) | (14..=26).contains(&byte) | (28..=31).contains(&byte) | (byte == 127))
}

fn ascii(text: &[u8]) -> usize {
    count(text, |byte| byte.is_ascii())
}

/// How many bytes are such. Every file that may be no text is counted: sums of a byte are what processors add sixteen of at once.
fn count(text: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let of_chunk = |chunk: &[u8]| chunk.iter().fold(0_u8, |sum, byte| sum + u8::from(is_such(*byte)));
    text.chunks(usize::from(u8::MAX)).map(|chunk| usize::from(of_chunk(chunk))).sum()
}

/// One, and one more for each KiB, of at least four bytes for each.
fn few(controls: usize, text: &[u8]) -> bool {
    controls * SHARE <= text.len() && controls <= 1 + text.len() / 1024
}

fn is_utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    characters(bytes, unit).is_some_and(|text| !text.chars().any(|c| u16::try_from(u32::from(c)).is_ok_and(is_control)))
}

/// Characters that Unicode knows. Every tenth is ASCII, blanks and commas at least: without them nothing would tell text from
/// numbers. What is not ASCII has other bytes than ASCII here and there: pairs of letters look like Chinese.
fn is_utf_16_without_mark(head: &[u8]) -> bool {
    // ASCII has a NUL in each character; most files have fewer, and need not be decoded.
    if count(head, |byte| byte == 0) * 20 < head.len() {
        return false;
    }
    [u16::from_le_bytes, u16::from_be_bytes].into_iter().any(|unit| {
        let Some(text) = characters(head, unit) else { return false };
        let ascii = text.chars().filter(char::is_ascii).count();
        let others = || text.chars().filter(|character| !character.is_ascii());
        let certain = others().filter(|character| !bytes_of(*character).is_ascii()).count();
        ascii >= 2
            && ascii * 10 >= text.chars().count()
            && certain * 16 >= others().count()
            && text.chars().all(is_usual)
    })
}

fn bytes_of(character: char) -> [u8; 4] {
    u32::from(character).to_be_bytes()
}

/// A letter or digit of any script, ASCII, or a sign that is used with letters.
fn is_usual(character: char) -> bool {
    match character {
        '\0'..='\x7f' => !is_control(u16::try_from(u32::from(character)).unwrap_or_default()),
        '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{20ac}' | '\u{2116}' => true,
        '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' => true,
        _ => character.is_alphanumeric(),
    }
}

/// Decodes UTF-16. Half a character is allowed at the end, where it was cut, and nowhere else.
fn characters(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    let is_cut = units.last().is_some_and(|last| (0xd800..0xdc00).contains(last));
    String::from_utf16(&units[..units.len() - usize::from(is_cut)]).ok()
}

/// An encoding that was there before Unicode, which spreadsheets still write. Blanks, digits and the ends of lines are ASCII
/// in all of them.
fn is_of_older_encoding(text: &[u8]) -> bool {
    if ascii(text) * 256 < text.len() {
        return false;
    }
    let controls = controls(text);
    if !few(controls, text) {
        return false;
    }
    let is_counted = text.len() >= ENOUGH && controls <= text.len() / 1024;
    is_counted || is_mostly_ascii(text) || is_of_letters(text) || is_of_pairs(text)
}

/// Latin letters, and signs of another alphabet here and there.
fn is_mostly_ascii(text: &[u8]) -> bool {
    ascii(text) * 4 >= text.len() * 3
}

/// Nine of ten bytes that are not ASCII are where ISO 8859, Windows and KOI8 have their letters, or where the code pages of
/// DOS have them.
fn is_of_letters(text: &[u8]) -> bool {
    let is_mostly = |is_letter: fn(u8) -> bool| {
        let others = text.iter().copied().filter(|byte| !byte.is_ascii());
        others.clone().filter(|byte| is_letter(*byte)).count() * 10 >= others.count() * 9
    };
    is_mostly(|byte| byte >= 0xc0) || is_mostly(|byte| matches!(byte, 0x80..=0xaf | 0xe0..=0xf1))
}

/// Characters of two bytes, as Shift_JIS, EUC, GBK and Big5 have them, or of one, such as the narrow kana of Shift_JIS.
fn is_of_pairs(text: &[u8]) -> bool {
    let mut bytes = text.iter();
    while let Some(first) = bytes.next() {
        let is_narrow = matches!(first, 0xa1..=0xdf);
        let is_pair = || bytes.clone().next().is_none_or(|second| matches!(second, 0x40..=0x7e | 0x80..=0xfe));
        match first {
            0..=0x80 => {}
            0x81..=0xfe if is_pair() => _ = bytes.next(),
            _ if is_narrow => {}
            _ => return false,
        }
    }
    true
}
