//! The text fields of a form. How the parts of a form with files are read is `parts.rs`.

use crate::error::FileRejection;
use crate::upload::read::MAX_HELD;
use crate::upload::read::head::is_name_of;

/// The values of the controls of a form, by the controls' names.
#[derive(Clone, Debug, Default)]
pub struct FormFields {
    wanted: FieldFilter,
    values: Vec<(String, String)>,
    /// All wanted values together are not larger than a call, with the memory that each takes by itself.
    bytes: usize,
    /// The same of the other values, which are kept to be shown again if the form is refused.
    other_bytes: usize,
    /// Whether the part at hand is wanted.
    is_wanted: bool,
    /// How many parts of the form were looked at.
    parts: usize,
}

/// Which values the events of a form take.
#[derive(Clone, Debug)]
pub enum FieldFilter {
    /// Those of the controls with these names, in the order of the parameters.
    Named(Vec<String>),
    /// Any: the events are known at the end of the form.
    All,
}

impl Default for FieldFilter {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

impl FieldFilter {
    /// The name by which the value of a part is wanted, if it is.
    fn name_of(&self, name: &str) -> Option<String> {
        match self {
            Self::Named(names) => names.iter().find(|wanted| is_name_of(wanted, name)).cloned(),
            Self::All => Some(name.to_owned()),
        }
    }

    fn is_too_long(&self) -> bool {
        matches!(self, Self::Named(names) if names.len() > MAX_WANTED)
    }
}

/// What a value takes besides its text: its place in the list, and what the allocator adds. An empty one is not free.
const AROUND_A_VALUE: usize = 128;

/// The most bytes of values that are kept without being wanted.
const MAX_OTHER: usize = 256 * 1024;

/// The most parts of a form that are looked at: controls, and files that no event takes.
const MAX_PARTS: usize = 20_000;

/// The most values that are wanted. Each part's name is compared with theirs.
const MAX_WANTED: usize = 1_000;

impl FormFields {
    pub(super) fn new(wanted: FieldFilter) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Takes the fields of a form that comes without files, one after the other.
    ///
    /// # Errors
    ///
    /// If the form has more fields than any form does, or the wanted values are larger than a call may be.
    pub fn of_pairs(pairs: impl Iterator<Item = (String, String)>, filter: FieldFilter) -> Result<Self, FileRejection> {
        let mut fields = Self::new(filter);
        for (name, text) in pairs {
            if let Some(name) = fields.begin(&name)?
                && fields.has_room(text.len())?
            {
                fields.add(name, text.as_bytes());
            }
        }
        Ok(fields)
    }

    /// Looks at a part that is no file of an event. If its value is kept, returns the name by which it is.
    ///
    /// # Errors
    ///
    /// If the form has more parts, or its address names more fields, than any form does.
    pub(super) fn begin(&mut self, name: &str) -> Result<Option<String>, FileRejection> {
        self.parts += 1;
        if self.parts > MAX_PARTS || self.wanted.is_too_long() {
            return Err(FileRejection::malformed("the form has more parts than any form has"));
        }
        let wanted = self.wanted.name_of(name);
        self.is_wanted = wanted.is_some();
        let has_room = self.has_room(AROUND_A_VALUE + name.len())?;
        Ok(has_room.then(|| wanted.unwrap_or_else(|| name.to_owned())))
    }

    /// Counts bytes of the value at hand, and tells whether it is still kept. One that no event takes is given up where it
    /// is too large.
    ///
    /// # Errors
    ///
    /// If the wanted values are larger than a call may be.
    pub(super) fn has_room(&mut self, bytes: usize) -> Result<bool, FileRejection> {
        if !self.is_wanted {
            self.other_bytes = self.other_bytes.saturating_add(bytes);
            return Ok(self.other_bytes <= MAX_OTHER);
        }
        self.bytes += bytes;
        if self.bytes > MAX_HELD { Err(FileRejection::CallTooLarge { limit: MAX_HELD }) } else { Ok(true) }
    }

    pub(super) fn add(&mut self, name: String, text: &[u8]) {
        // A form ends lines with both signs (HTML standard, "multipart/form-data encoding algorithm"), a control's own
        // value with one.
        let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
        self.values.push((name, text));
    }

    /// The first value of that name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    /// The values of the wanted controls, in the order in which they are wanted.
    pub fn into_values(self) -> impl Iterator<Item = Vec<String>> {
        let names = match &self.wanted {
            FieldFilter::Named(names) => names.clone(),
            FieldFilter::All => Vec::new(),
        };
        self.into_values_of(names)
    }

    /// The values of the controls with these names, in their order.
    pub fn into_values_of(self, names: Vec<String>) -> impl Iterator<Item = Vec<String>> {
        names.into_iter().map(move |name| {
            let of_name = self.values.iter().filter(|(key, _)| is_name_of(&name, key));
            of_name.map(|(_, text)| text.clone()).collect()
        })
    }

    /// Names and values of all controls that were kept, in the order of the form.
    #[must_use]
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> FormFields {
        FormFields::new(FieldFilter::Named(names.iter().map(|&name| name.to_owned()).collect()))
    }

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
        assert!((1..=MAX_HELD / 16_000).contains(&taken(named(&[&name]), &name)));
        assert!((1_000..=MAX_HELD / AROUND_A_VALUE).contains(&taken(named(&["a"]), "a")));
    }

    #[test]
    fn a_form_has_no_more_parts_than_forms_have() {
        assert_eq!(taken(FormFields::default(), "a"), MAX_PARTS);
        assert_eq!(taken(named(&[""; MAX_WANTED + 1]), "a"), 0);
    }

    #[test]
    fn what_no_event_takes_is_kept_as_long_as_it_is_small() {
        let mut fields = named(&["a"]);
        let kept = std::iter::repeat_with(|| fields.begin("b").expect("a part")).take(10_000).flatten().count();
        assert!((100..=MAX_OTHER / AROUND_A_VALUE).contains(&kept), "{kept}");
        assert!(fields.begin("a").expect("a part").is_some(), "what an event takes has room of its own");
    }
}
