//! Names and values that a browser sends urlencoded, in a query or in a body, decoded one after the other.
//! Their meaning is `query.rs` and `sent.rs`.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The body of a form that has no files. Of what a client sends only the value that says whether they may is decoded.
#[derive(Debug)]
pub(crate) struct Urlencoded(Vec<u8>);

impl Urlencoded {
    pub(crate) fn new(body: Vec<u8>) -> Self {
        Self(body)
    }

    /// The first value of that name; nothing else is decoded.
    pub(crate) fn first(&self, name: &str) -> Option<String> {
        let mut pairs = self.0.split(|byte| *byte == b'&').filter_map(split);
        let (_, value) = pairs.find(|(key, _)| percent_decode(key).eq(name.bytes()))?;
        Some(decoded(value))
    }

    /// All names and values, in their order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        pairs(&self.0)
    }
}

/// The names and values of a query or a body, in their order (URL standard, "application/x-www-form-urlencoded parsing").
/// A name without a value is left out.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = (String, String)> {
    let pairs = text.split(|byte| *byte == b'&').filter_map(split);
    pairs.map(|(name, value)| (decoded(name), decoded(value)))
}

fn split(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = pair.iter().position(|byte| *byte == b'=')?;
    Some((&pair[..end], &pair[end + 1..]))
}

fn decoded(text: &[u8]) -> String {
    let text = match text.contains(&b'+') {
        true => Cow::Owned(text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()),
        false => Cow::Borrowed(text),
    };
    percent_decode(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded_in_their_order() {
        let pairs: Vec<_> = pairs(b"a=1+2&%61=%2B%26%3D&none&b=&=c&a=%FF").collect();
        let expected = [("a", "1 2"), ("a", "+&="), ("b", ""), ("", "c"), ("a", "\u{fffd}")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn one_value_is_found_wherever_it_stands_and_however_its_name_is_written() {
        for (body, value) in [
            ("call=x", Some("x")),
            ("a=1&b&call=x%20y&call=z", Some("x y")),
            ("c%61ll=x", Some("x")),
            ("call", None),
            ("recall=x&calls=y", None),
            ("", None),
        ] {
            assert_eq!(Urlencoded::new(body.into()).first("call").as_deref(), value, "{body}");
        }
    }
}
