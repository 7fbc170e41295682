//! Structured fields (RFC 9651), as far as the draft has them: items that are numbers or booleans, and dictionaries. What a field
//! of the draft means is `mod.rs`.
//!
//! A field that is not of the type that it should have counts as absent, as the draft says.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use percent_encoding::percent_decode_str;

/// RFC 9651, section 4.2.7: padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The value of an item, without its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BareItem {
    Integer(i64),
    Boolean(bool),
    Bytes(Vec<u8>),
    /// Of a type that no field of the draft has.
    Other,
}

/// The boolean that a field says.
pub(super) fn boolean(headers: &HeaderMap, name: &str) -> Option<bool> {
    match item(headers, name)? {
        BareItem::Boolean(value) => Some(value),
        _ => None,
    }
}

/// The number of bytes that a field says.
pub(super) fn size(headers: &HeaderMap, name: &str) -> Option<u64> {
    match item(headers, name)? {
        BareItem::Integer(value) => value.try_into().ok(),
        _ => None,
    }
}

/// The members of a dictionary that are items, with their keys, in their order.
pub(super) fn dictionary(headers: &HeaderMap, name: &str) -> Option<Vec<(String, BareItem)>> {
    let text = combined(headers, name)?;
    let mut parser = Parser(text.trim_matches(' '));
    let mut members: Vec<(String, BareItem)> = Vec::new();
    while !parser.0.is_empty() {
        let key = parser.key()?;
        let value = if parser.take('=') { parser.member()? } else { BareItem::Boolean(true) };
        parser.parameters()?;
        // RFC 9651, section 4.2.2: the last one of a key holds.
        members.retain(|(known, _)| *known != key);
        members.push((key, value));
        parser.0 = parser.0.trim_start_matches([' ', '\t']);
        if parser.0.is_empty() {
            break;
        }
        if !parser.take(',') {
            return None;
        }
        parser.0 = parser.0.trim_start_matches([' ', '\t']);
        if parser.0.is_empty() {
            return None;
        }
    }
    Some(members)
}

fn item(headers: &HeaderMap, name: &str) -> Option<BareItem> {
    let text = combined(headers, name)?;
    let mut parser = Parser(text.trim_matches(' '));
    let item = parser.bare_item()?;
    parser.parameters()?;
    parser.0.is_empty().then_some(item)
}

/// All lines of a field as one (RFC 9110, section 5.2).
fn combined(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().ok()).collect::<Option<_>>()?;
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Reads from the beginning of a text.
struct Parser<'a>(&'a str);

impl<'a> Parser<'a> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.0.strip_prefix(sign);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes everything in front of the first sign that does not belong to it.
    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let end = self.0.bytes().position(|byte| !belongs(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    /// Takes everything in front of a sign, and the sign.
    fn take_through(&mut self, sign: char) -> Option<&'a str> {
        let (taken, rest) = self.0.split_once(sign)?;
        self.0 = rest;
        Some(taken)
    }

    fn key(&mut self) -> Option<String> {
        self.0.starts_with(|first: char| first.is_ascii_lowercase() || first == '*').then_some(())?;
        let belongs = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte);
        Some(self.take_while(belongs).to_owned())
    }

    fn parameters(&mut self) -> Option<()> {
        while self.take(';') {
            self.0 = self.0.trim_start_matches(' ');
            self.key()?;
            if self.take('=') {
                self.bare_item()?;
            }
        }
        Some(())
    }

    /// A member of a dictionary: an item, or an inner list, which no field of the draft has.
    fn member(&mut self) -> Option<BareItem> {
        if !self.take('(') {
            return self.bare_item();
        }
        loop {
            self.0 = self.0.trim_start_matches(' ');
            if self.take(')') {
                return Some(BareItem::Other);
            }
            self.bare_item()?;
            self.parameters()?;
            if !self.0.starts_with([' ', ')']) {
                return None;
            }
        }
    }

    fn bare_item(&mut self) -> Option<BareItem> {
        match self.0.bytes().next()? {
            b'?' => self.boolean(),
            b':' => self.bytes(),
            b'"' => self.string(),
            b'%' => self.display_string(),
            b'-' | b'0'..=b'9' => self.number(),
            b'@' => {
                self.take('@');
                matches!(self.number()?, BareItem::Integer(_)).then_some(BareItem::Other)
            }
            first if first.is_ascii_alphabetic() || first == b'*' => {
                let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte);
                self.take_while(belongs);
                Some(BareItem::Other)
            }
            _ => None,
        }
    }

    fn boolean(&mut self) -> Option<BareItem> {
        self.take('?');
        let value = self.take('1');
        (value || self.take('0')).then_some(BareItem::Boolean(value))
    }

    fn bytes(&mut self) -> Option<BareItem> {
        self.take(':');
        BASE64.decode(self.take_through(':')?).ok().map(BareItem::Bytes)
    }

    fn string(&mut self) -> Option<BareItem> {
        self.take('"');
        loop {
            self.take_while(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte));
            if self.take('"') {
                return Some(BareItem::Other);
            }
            (self.take('\\') && (self.take('"') || self.take('\\'))).then_some(())?;
        }
    }

    /// A text in UTF-8, of which some bytes are written as two hexadecimal digits.
    fn display_string(&mut self) -> Option<BareItem> {
        (self.take('%') && self.take('"')).then_some(())?;
        let text = self.take_through('"')?;
        let is_written = |byte: u8| (b' '..=b'~').contains(&byte);
        let is_digit = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        let are_digits = |rest: &str| matches!(rest.as_bytes(), [high, low, ..] if is_digit(high) && is_digit(low));
        let is_well_formed = text.bytes().all(is_written) && text.split('%').skip(1).all(are_digits);
        (is_well_formed && percent_decode_str(text).decode_utf8().is_ok()).then_some(BareItem::Other)
    }

    /// An integer of up to 15 digits, or a decimal of up to 12 digits and 3 behind the point.
    fn number(&mut self) -> Option<BareItem> {
        let sign = if self.take('-') { -1 } else { 1 };
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        if self.take('.') {
            let fraction = self.take_while(|byte| byte.is_ascii_digit());
            return ((1..=12).contains(&digits.len()) && (1..=3).contains(&fraction.len())).then_some(BareItem::Other);
        }
        (1..=15).contains(&digits.len()).then_some(())?;
        digits.parse::<i64>().ok().map(|value| BareItem::Integer(sign * value))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| ("x".parse().unwrap(), HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn a_boolean_is_written_in_one_way() {
        for (text, expected) in [
            ("?1", Some(true)),
            ("?0", Some(false)),
            (" ?1 ", Some(true)),
            ("?1;a;b=2;c=\"d;\\\"\"; e=:aGk=:;f=?0;g=token/1;h=@12;i=%\"%c3%a9\"", Some(true)),
            ("?2", None),
            ("1", None),
            ("true", None),
            ("?1, ?1", None),
            ("?1;", None),
            ("?1;A", None),
            ("?1;a=\"b\\*c\"", None),
            ("?1;a=\"b", None),
            ("?1;a=%\"%C3%A9\"", None),
            ("?1;a=%\"%c3\"", None),
            ("?1;a=%\"\\\"", Some(true)),
            ("?10", None),
            ("", None),
            ("\"?1\"", None),
        ] {
            assert_eq!(boolean(&headers(&[text]), "x"), expected, "{text}");
        }
        assert_eq!(boolean(&headers(&[]), "x"), None);
        assert_eq!(boolean(&headers(&["?1", "?1"]), "x"), None, "two lines are a list");
    }

    #[test]
    fn a_size_is_a_whole_number() {
        for (text, expected) in [
            ("0", Some(0)),
            ("00012", Some(12)),
            ("999999999999999", Some(999_999_999_999_999)),
            ("5;unit=bytes", Some(5)),
            ("1000000000000000", None),
            ("-1", None),
            ("-0", Some(0)),
            ("1.0", None),
            ("+1", None),
            ("1 2", None),
            ("0x10", None),
            ("-", None),
        ] {
            assert_eq!(size(&headers(&[text]), "x"), expected, "{text}");
        }
    }

    #[test]
    fn a_dictionary_has_a_value_for_each_key() {
        let read = |lines: &[&str]| dictionary(&headers(lines), "x");
        let digest = BareItem::Bytes(b"hi".to_vec());
        let found = read(&["sha-256=:aGk=:;p=1, sha-512=:aGk:", "a=1,b, c=(1 2;x \"y\"),a=?0"]).unwrap();
        let expected = [
            ("sha-256", digest.clone()),
            ("sha-512", digest),
            ("b", BareItem::Boolean(true)),
            ("c", BareItem::Other),
            ("a", BareItem::Boolean(false)),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(read(&[""]), Some(Vec::new()));
        for text in ["a=1,", "A=1", "a=", "a=:!:", "a=1 b=2", "a=(1", "a=(1,2)", "a=\"x", ",a"] {
            assert_eq!(read(&[text]), None, "{text}");
        }
    }
}
