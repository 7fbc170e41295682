//! Escapes text for markup; not for JSON or URLs.

/// Appends `text` to `html` so that it can stand in element content or in a quoted attribute.
///
/// The five characters are those of the HTML standard's "escaping a string", and the single quote, because
/// attributes that hold JSON are written in single quotes.
pub(crate) fn push_escaped(html: &mut String, text: &str) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let Some(entity) = entity(byte) else { continue };
        html.push_str(&text[copied..at]);
        html.push_str(entity);
        copied = at + 1;
    }
    html.push_str(&text[copied..]);
}

const fn entity(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        _ => None,
    }
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
    fn only_the_characters_of_markup_are_escaped() {
        let mut html = String::new();
        push_escaped(&mut html, "a<b>&\"c'd 日本 é");
        assert_eq!(html, "a&lt;b&gt;&amp;&quot;c&#39;d 日本 é");
    }
}
