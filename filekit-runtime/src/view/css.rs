//! Recognises CSS that stays within the declarations it is written into. The sheet around them is `page/style.rs`.

use smallvec::SmallVec;

/// Tells whether text between the braces of a rule ends there and nowhere else: strings, comments and brackets are closed, and
/// there are no braces (CSS Syntax Level 3, section 4.3).
///
/// Stricter than the standard where that is simpler: no backslash outside of a string, no control character.
pub(crate) fn is_confined(css: &str) -> bool {
    let mut scanner = Scanner { css: css.as_bytes(), at: 0, open: SmallVec::new() };
    while scanner.at < css.len() {
        if !scanner.step() {
            return false;
        }
    }
    scanner.open.is_empty()
}

struct Scanner<'a> {
    css: &'a [u8],
    at: usize,
    /// The characters that close the open brackets.
    open: SmallVec<[u8; 8]>,
}

impl Scanner<'_> {
    /// Passes a character, or a whole string or comment; false if it may lead out.
    fn step(&mut self) -> bool {
        let before = &self.css[..self.at];
        let byte = self.css[self.at];
        self.at += 1;
        let rest = &self.css[self.at..];
        match byte {
            b'"' | b'\'' => self.pass(string_length(rest, byte)),
            b'/' if rest.starts_with(b"*") => self.pass(comment_length(rest)),
            b'(' => {
                self.open.push(b')');
                !ends_with_url(before) || is_plain_url(rest)
            }
            b'[' => {
                self.open.push(b']');
                true
            }
            b')' | b']' => self.open.pop() == Some(byte),
            b'{' | b'}' | b'\\' => false,
            b'\n' | b'\t' => true,
            _ => !byte.is_ascii_control(),
        }
    }

    fn pass(&mut self, length: Option<usize>) -> bool {
        self.at += length.unwrap_or_default();
        length.is_some()
    }
}

/// The length of the rest of a string with its closing quote.
fn string_length(rest: &[u8], quote: u8) -> Option<usize> {
    let mut is_escaped = false;
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            _ if byte.is_ascii_control() => return None,
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            _ if byte == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The length of a comment after its slash.
fn comment_length(rest: &[u8]) -> Option<usize> {
    let end = rest[1..].windows(2).position(|pair| pair == b"*/")?;
    Some(1 + end + 2)
}

fn ends_with_url(css: &[u8]) -> bool {
    css.len() >= 3 && css[css.len() - 3..].eq_ignore_ascii_case(b"url")
}

/// Whether a URL is a string, or at least has nothing in it that means something else there than outside of it.
fn is_plain_url(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    let is_bare = |byte: &u8| !matches!(byte, b'"' | b'\'' | b'(' | b'*');
    rest.starts_with(b"\"")
        || rest.starts_with(b"'")
        || rest.split(|byte| *byte == b')').next().unwrap_or(rest).iter().all(is_bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_where_it_is_written_is_confined() {
        for css in [
            "",
            "padding:2em;gap:calc(var(--fk-space)*4);",
            "font-family: \"Fira Sans\", 'it\\'s', \"}\"",
            "background: url(/a.png) /* } */ no-repeat, url( \"a)b\" )",
            "grid-template: [a] 1fr [b] / auto;\n\tcolor: red !important",
            "content: '日本 \\201C'; width: 50%",
        ] {
            assert!(is_confined(css), "{css}");
        }
    }

    #[test]
    fn what_may_lead_out_is_not_confined() {
        for css in [
            "a:b}body{display:none",
            "&:hover{color:red}",
            "color:red\"",
            "color:'red\n'",
            "color:red'\\",
            "color:r\\",
            "u\\72l(a\"b)",
            "width:calc(1px",
            "width:1px)",
            "width:[1px)",
            "color:red/*",
            "color:red/*/",
            "background:url(a'b)c'd)",
            "background:URL(a/*b)\"*/)",
            "color:\0red",
        ] {
            assert!(!is_confined(css), "{css:?}");
        }
    }
}
