//! The text fields of a form that comes with files; not the files, and not what the texts mean.

use crate::error::Rejection;
use crate::upload::MAX_CALL;
use crate::upload::head::is_name_of;

/// The values of the controls that an event takes, by the controls' names.
#[derive(Clone, Debug, Default)]
pub struct FormFields {
    wanted: Vec<String>,
    values: Vec<(String, String)>,
    /// All values together are not larger than a call, with the memory that each takes by itself.
    bytes: usize,
    /// How many parts of the form were looked at.
    parts: usize,
}

/// What a value takes besides its text: its place in the list, and what the allocator adds. An empty one is not free.
const AROUND_A_VALUE: usize = 128;

/// The most parts of a form that are looked at: controls, and files that no event takes.
const MAX_PARTS: usize = 20_000;

/// The most values that are wanted. Each part's name is compared with theirs.
const MAX_WANTED: usize = 1_000;

impl FormFields {
    pub(super) fn new(wanted: Vec<String>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Looks at a part that is no file of an event. If its value is wanted, returns the name by which it is.
    ///
    /// # Errors
    ///
    /// If the form has more parts, or its address names more fields, than any form does.
    pub(super) fn begin(&mut self, name: &str) -> Result<Option<String>, Rejection> {
        self.parts += 1;
        if self.parts > MAX_PARTS || self.wanted.len() > MAX_WANTED {
            return Err(Rejection::malformed("the form has more parts than any form has"));
        }
        let wanted = self.wanted.iter().find(|wanted| is_name_of(wanted, name)).cloned();
        if let Some(name) = &wanted {
            self.count(AROUND_A_VALUE + name.len())?;
        }
        Ok(wanted)
    }

    /// A piece of a value, if there is room for it.
    ///
    /// # Errors
    ///
    /// If the values are larger than a call may be.
    pub(super) fn counted<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], Rejection> {
        self.count(piece.len())?;
        Ok(piece)
    }

    fn count(&mut self, bytes: usize) -> Result<(), Rejection> {
        self.bytes += bytes;
        if self.bytes > MAX_CALL { Err(Rejection::CallTooLarge { limit: MAX_CALL }) } else { Ok(()) }
    }

    pub(super) fn add(&mut self, name: String, text: &[u8]) {
        // A form ends lines with both signs (HTML standard, "multipart/form-data encoding algorithm"), a control's own
        // value with one.
        let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
        self.values.push((name, text));
    }

    /// The values of the wanted controls, in the order in which they are wanted.
    pub fn into_values(self) -> impl Iterator<Item = Vec<String>> {
        let Self { wanted, values, .. } = self;
        wanted.into_iter().map(move |name| {
            let of_name = values.iter().filter(|(key, _)| *key == name);
            of_name.map(|(_, text)| text.clone()).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many parts of that name and without a value are taken.
    fn taken(mut fields: FormFields, name: &str) -> usize {
        let parts = std::iter::from_fn(|| {
            fields.begin(name).ok().map(|wanted| {
                if let Some(name) = wanted {
                    fields.add(name, b"");
                }
            })
        });
        parts.take(1_000_000).count()
    }

    #[test]
    fn values_without_text_are_not_free() {
        let name = "a".repeat(16_000);
        assert!((1..=MAX_CALL / 16_000).contains(&taken(FormFields::new(vec![name.clone()]), &name)));
        assert!((1_000..=MAX_CALL / AROUND_A_VALUE).contains(&taken(FormFields::new(vec!["a".to_owned()]), "a")));
    }

    #[test]
    fn a_form_has_no_more_parts_than_forms_have() {
        assert_eq!(taken(FormFields::default(), "a"), MAX_PARTS);
        assert_eq!(taken(FormFields::new(vec![String::new(); MAX_WANTED + 1]), "a"), 0);
    }
}
