//! Escapes text for markup.

use std::borrow::Cow;

/// Appends `text` to `html` so that it can be written into element content or in a quoted attribute.
///
/// The five characters are those of the HTML standard's "escaping a string", and the single quote, because
/// attributes that hold JSON are written in single quotes.
pub(crate) fn push_escaped(html: &mut String, text: &str) {
    push_escaped_but(html, text, &IS_PLAIN);
}

/// Appends `text` for an attribute in single quotes, in which double quotes stay as they are.
pub(crate) fn push_escaped_but_double_quotes(html: &mut String, text: &str) {
    push_escaped_but(html, text, &IS_PLAIN_IN_SINGLE_QUOTES);
}

fn push_escaped_but(html: &mut String, text: &str, is_plain: &[bool; 256]) {
    let mut copied = 0;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        if is_plain[byte as usize] {
            continue;
        }
        html.push_str(&text[copied..at]);
        html.push_str(entity(byte));
        copied = at + 1;
    }
    html.push_str(&text[copied..]);
}

/// A table is faster than a comparison with each of the five.
const IS_PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut at = 0;
    while at < 256 {
        plain[at] = entity(at as u8).is_empty();
        at += 1;
    }
    plain
};

const IS_PLAIN_IN_SINGLE_QUOTES: [bool; 256] = {
    let mut plain = IS_PLAIN;
    plain[b'"' as usize] = true;
    plain
};

const fn entity(byte: u8) -> &'static str {
    match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\'' => "&#39;",
        _ => "",
    }
}

/// Takes back what [`push_escaped`] did.
pub(crate) fn unescaped(html: &str) -> Cow<'_, str> {
    let mut pieces = html.split('&');
    let first = pieces.next().unwrap_or_default();
    if first.len() == html.len() {
        return Cow::Borrowed(html);
    }
    let mut text = first.to_owned();
    for piece in pieces {
        let found = "&<>\"'".bytes().find_map(|byte| Some((byte, piece.strip_prefix(&entity(byte)[1..])?)));
        match found {
            Some((byte, rest)) => {
                text.push(char::from(byte));
                text.push_str(rest);
            }
            None => {
                text.push('&');
                text.push_str(piece);
            }
        }
    }
    Cow::Owned(text)
}

/// Writes through to `html`, escaping what passes.
#[derive(Debug)]
pub(crate) struct Escaping<'a>(pub(crate) &'a mut String);

impl std::fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_characters_of_markup_are_escaped_and_come_back() {
        let mut html = String::new();
        push_escaped(&mut html, "a<b>&\"c'd 日本 é");
        assert_eq!(html, "a&lt;b&gt;&amp;&quot;c&#39;d 日本 é");
        assert_eq!(unescaped(&html), "a<b>&\"c'd 日本 é");
    }
}
