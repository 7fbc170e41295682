//! How numbers, and pieces whose length is told, are written in a grant. What a grant says is `grant.rs`.

/// The most bytes that a number takes.
const MAX_NUMBER: usize = 5;

/// A number in LEB128: seven bits a byte, the lowest first, and the eighth bit where more follow. Nearly all are one byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    bytes: [u8; MAX_NUMBER],
    length: usize,
}

impl Number {
    /// The number, or the largest one that can be written. No page has as many bytes.
    pub(super) fn of(number: usize) -> Self {
        let mut rest = u32::try_from(number).unwrap_or(u32::MAX);
        let (mut bytes, mut length) = ([0; MAX_NUMBER], 0);
        loop {
            bytes[length] = (rest & 0x7f) as u8 | if rest > 0x7f { 0x80 } else { 0 };
            length += 1;
            rest >>= 7;
            if rest == 0 {
                return Self { bytes, length };
            }
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Takes the number that bytes begin with; nothing if they begin with none.
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number: u64 = 0;
    for (nth, byte) in bytes.iter().take(MAX_NUMBER).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * nth);
        if byte & 0x80 == 0 {
            *bytes = &bytes[nth + 1..];
            return usize::try_from(number).ok();
        }
    }
    None
}

/// Takes so many bytes; nothing if there are fewer.
pub(super) fn take<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// Takes a piece with its length before it, as text.
pub(super) fn take_text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    let length = take_number(bytes)?;
    std::str::from_utf8(take(bytes, length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_with_what_follows_it() {
        for (number, length) in [(0, 1), (1, 1), (127, 1), (128, 2), (300, 2), (16_383, 2), (16_384, 3), (1 << 31, 5)] {
            let written = Number::of(number);
            assert_eq!(written.as_bytes().len(), length, "{number}");
            let bytes = [written.as_bytes(), b"rest"].concat();
            let mut rest = &*bytes;
            assert_eq!(take_number(&mut rest), Some(number));
            assert_eq!(rest, b"rest");
        }
    }

    #[test]
    fn what_is_no_number_and_what_is_cut_is_nothing() {
        for bytes in [&[][..], &[0x80], &[0xff; 4], &[0xff; 6]] {
            assert_eq!(take_number(&mut &*bytes), None, "{bytes:?}");
        }
        assert_eq!(take(&mut &b"ab"[..], 3), None);
        assert_eq!(take_text(&mut &[2, b'a'][..]), None);
        assert_eq!(take_text(&mut &[1, 0xff][..]), None);
    }
}
