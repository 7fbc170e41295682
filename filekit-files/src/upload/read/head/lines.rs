//! The fields of a head, as they stand in a body.
//!
//! multer has read the same bytes by then, but of fields with one name it knows only the last (3.1.0, `helpers.rs`), and it takes
//! a line feed alone for the end of a line: a head that readers understand differently would be read and not refused.

use super::PartHead;
use crate::error::FileRejection;

impl PartHead {
    /// Reads what stands between a delimiter and the content: the rest of the delimiter's line, and the fields.
    ///
    /// # Errors
    ///
    /// As [`PartHead::of_fields`], and if a line is no field.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, FileRejection> {
        let text =
            std::str::from_utf8(head).map_err(|_| FileRejection::malformed("the head of a part is not UTF-8"))?;
        let mut lines = text.strip_suffix("\r\n\r\n").unwrap_or(text).split("\r\n");
        let padding = lines.next().unwrap_or_default();
        if !padding.trim_start_matches([' ', '\t']).is_empty() {
            return Err(FileRejection::malformed("a delimiter has something else in its line"));
        }
        let fields = lines.map(|line| line.split_once(':')).collect::<Option<Vec<_>>>();
        let fields = fields.ok_or_else(|| FileRejection::malformed("a part has a field without a name"))?;
        Self::of_fields(fields.into_iter().map(|(name, value)| (name, value.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_the_lines_of_a_head() {
        let head = b" \t\r\nContent-Disposition: form-data; name=a\r\nX: a:b\r\nCONTENT-TYPE:image/png\r\n\r\n";
        let expected = PartHead { name: "a".to_owned(), file_name: None, content_type: Some("image/png".to_owned()) };
        assert_eq!(PartHead::parse(head).unwrap(), expected);
    }

    #[test]
    fn a_head_that_another_reader_would_read_otherwise_is_refused() {
        for head in [
            &b"y\r\nContent-Disposition: form-data; name=a\r\n\r\n"[..],
            b"\r\nContent-Disposition: form-data; name=a\r\nno field\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\n--x\r\n\r\n",
            b"\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\n--x: a\r\n\r\n",
            b"\r\nContent-Disposition: form-data;\r\n name=a; filename=b:c\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\nX: y\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\nX\xff: a\r\n\r\n",
            b"\r\n\r\n",
        ] {
            let refused = matches!(PartHead::parse(head), Err(FileRejection::Malformed { .. }));
            assert!(refused, "{}", String::from_utf8_lossy(head));
        }
    }
}
