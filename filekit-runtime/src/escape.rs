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
    let mut rest = text;
    while let Some(at) = first_of_markup(rest.as_bytes(), is_plain) {
        html.push_str(&rest[..at]);
        html.push_str(entity(rest.as_bytes()[at]));
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}

/// The first byte that is not plain. Eight are looked at without a branch between them: most texts have none.
fn first_of_markup(text: &[u8], is_plain: &[bool; 256]) -> Option<usize> {
    let all_plain = |eight: &&[u8; 8]| eight.iter().fold(true, |plain, &byte| plain & is_plain[usize::from(byte)]);
    let passed = 8 * text.as_chunks().0.iter().take_while(all_plain).count();
    let found = text[passed..].iter().position(|&byte| !is_plain[usize::from(byte)])?;
    Some(passed + found)
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

    #[test]
    fn a_character_of_markup_is_found_wherever_it_is() {
        for (before, behind) in (0..20).flat_map(|before| (0..20).map(move |behind| (before, behind))) {
            let (before, behind) = ("x".repeat(before), "y".repeat(behind));
            let mut html = String::new();
            push_escaped(&mut html, &format!("{before}<&{behind}"));
            assert_eq!(html, format!("{before}&lt;&amp;{behind}"));
        }
    }
}
