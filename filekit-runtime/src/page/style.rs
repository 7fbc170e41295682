//! The style sheet of a page: the styles that its view gives to single elements. The default look is `client.rs`.
//!
//! A content security policy such as `default-src 'self'` ignores `style` attributes. So a view writes declarations into an
//! attribute of filekit's, and the document has a link to a sheet with a rule for each text that is in it. The URL of the
//! sheet holds these texts, signed: nothing is kept, every server with the same secret can answer, and the browser caches the
//! answer for good. The client adds rules for what comes later (`client/src/bind/styles.ts`).

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::memmem::Finder;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::escape::unescaped;
use crate::secret::{Purpose, Secret};
use crate::view::is_confined;
use crate::wire::{attribute, path};

/// The longest query of a sheet; a page with more styles has several sheets. IIS refuses queries above 2,048 bytes by default.
const MAX_QUERY: usize = 2_000;

/// Characters that a query cannot have (URL standard, "query percent-encode set"), or that [`sheet`] or HTML would interpret.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'%').add(b'&').add(b'\'').add(b'+');

/// Appends links to the sheets of a document with this markup; none if no element has a style.
pub(crate) fn push_links(markup: &str, base: &str, secret: &Secret, html: &mut String) {
    let texts = texts_in(markup);
    let mut rest = texts.as_slice();
    while !rest.is_empty() {
        let (texts, behind) = rest.split_at(sheet_length(rest));
        rest = behind;
        for part in ["<link rel=\"stylesheet\" href=\"", base, path::PAGE_STYLE, "?"] {
            html.push_str(part);
        }
        URL_SAFE_NO_PAD.encode_string(secret.signer(Purpose::PageStyle, &signed(texts)).sign(b""), html);
        for text in texts {
            html.push_str("&amp;");
            html.extend(utf8_percent_encode(text, ENCODED));
        }
        html.push_str("\">\n");
    }
}

/// How many of the texts go into the next sheet: at least one.
fn sheet_length(texts: &[Cow<'_, str>]) -> usize {
    let mut length = 0;
    let fitting = texts.iter().take_while(|text| {
        length += 1 + utf8_percent_encode(text, ENCODED).map(str::len).sum::<usize>();
        length <= MAX_QUERY
    });
    fitting.count().max(1)
}

fn signed<'a>(texts: &'a [Cow<'_, str>]) -> Vec<&'a [u8]> {
    texts.iter().map(|text| text.as_bytes()).collect()
}

/// The texts of the attribute in some markup, each once, in the order of the markup.
fn texts_in(markup: &str) -> Vec<Cow<'_, str>> {
    static FINDER: LazyLock<Finder<'static>> =
        LazyLock::new(|| Finder::new(format!(" {}=\"", attribute::STYLE).as_bytes()).into_owned());
    let length = FINDER.needle().len();
    let mut known = HashSet::with_hasher(foldhash::fast::RandomState::default());
    let mut texts = Vec::new();
    for at in FINDER.find_iter(markup.as_bytes()) {
        let behind = &markup[at + length..];
        let text = &behind[..memchr::memchr(b'"', behind.as_bytes()).unwrap_or(behind.len())];
        if !text.is_empty() && known.insert(text) {
            texts.push(unescaped(text));
        }
    }
    // Raw HTML may bring anything along.
    texts.retain(|text| is_confined(text));
    texts
}

/// The sheet of a query, which is a MAC and the texts that it was made over. Of a text that was not in a document there is none: it
/// could be anything that a page is made to link to.
pub(crate) fn sheet(query: &str, secret: &Secret) -> Option<String> {
    let mut parts = query.split('&');
    let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    let texts: Vec<Cow<'_, str>> =
        parts.map(|text| percent_decode_str(text).decode_utf8().ok()).collect::<Option<_>>()?;
    if !secret.verify(Purpose::PageStyle, &signed(&texts), b"", &mac) {
        return None;
    }
    let mut css = String::with_capacity(3 * query.len());
    texts.iter().for_each(|text| push_rule(text, &mut css));
    Some(css)
}

/// Appends a rule that weighs more than those of other sheets, as a `style` attribute does: three ids.
fn push_rule(text: &str, css: &mut String) {
    for part in ["[", attribute::STYLE, "=\""] {
        css.push_str(part);
    }
    for character in text.chars() {
        match character {
            '"' | '\\' => css.extend(['\\', character]),
            '\n' => css.push_str("\\a "),
            _ => css.push(character),
        }
    }
    for part in ["\"]:not(#fk#fk#fk){", text, "}\n"] {
        css.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(markup: &str) -> String {
        let mut html = String::new();
        push_links(markup, "/base", &Secret::new(b"key"), &mut html);
        html
    }

    /// The queries of links, as a browser asks for them.
    fn queries(links: &str) -> Vec<String> {
        let hrefs = links.split('"').filter(|part| part.starts_with("/base"));
        hrefs.map(|href| unescaped(href.split_once('?').unwrap().1).into_owned()).collect()
    }

    fn sheet(query: &str) -> Option<String> {
        super::sheet(query, &Secret::new(b"key"))
    }

    #[test]
    fn each_text_has_a_rule_however_often_it_stands_in_the_page() {
        let markup = "<p data-filekit-style=\"a:b;\">x</p><p data-filekit-style=\"c:&quot;d &amp; é+%&quot;\"></p>\
             <p class=\"x\" data-filekit-style=\"a:b;\"></p><p data-filekit-style=\"a:b}c{d:e\"></p>";
        let queries = queries(&links(markup));
        assert_eq!(queries.len(), 1);
        assert_eq!(
            sheet(&queries[0]).unwrap(),
            "[data-filekit-style=\"a:b;\"]:not(#fk#fk#fk){a:b;}\n\
             [data-filekit-style=\"c:\\\"d & é+%\\\"\"]:not(#fk#fk#fk){c:\"d & é+%\"}\n"
        );
    }

    #[test]
    fn a_page_without_styles_has_no_sheet() {
        assert_eq!(links("<p>data-filekit-style=&quot;a:b&quot;</p>"), "");
    }

    #[test]
    fn many_styles_are_several_sheets_of_a_bounded_length() {
        let markup: String = (0..500).map(|nth| format!("<p data-filekit-style=\"width:{nth}px;\"></p>")).collect();
        let queries = queries(&links(&markup));
        assert!(queries.len() > 1 && queries.iter().all(|query| query.len() <= MAX_QUERY + 30));
        let sheets: String = queries.iter().map(|query| sheet(query).unwrap()).collect();
        assert_eq!(sheets.lines().count(), 500);
    }

    #[test]
    fn a_sheet_that_no_document_names_is_not_served() {
        let query = queries(&links("<p data-filekit-style=\"a:b;\"></p>")).remove(0);
        assert!(sheet(&query).is_some());
        for forged in [query.replace("a:b", "a:c"), format!("{query}&c:d"), String::new(), "a:b;".to_owned()] {
            assert_eq!(sheet(&forged), None, "{forged}");
        }
    }
}
