//! The text fields of a form that comes with files; not the files, and not what the texts mean.

use crate::error::Rejection;
use crate::upload::MAX_CALL;

/// The values of the controls that an event takes, by the controls' names.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormFields {
    wanted: Vec<String>,
    values: Vec<(String, String)>,
    /// All values together are not larger than a call.
    bytes: usize,
}

impl FormFields {
    pub(super) fn new(wanted: Vec<String>) -> Self {
        Self { wanted, ..Self::default() }
    }

    pub(super) fn is_wanted(&self, name: &str) -> bool {
        self.wanted.iter().any(|wanted| wanted == name)
    }

    /// A piece of a value, if there is room for it.
    ///
    /// # Errors
    ///
    /// If the values are larger than a call may be.
    pub(super) fn counted<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], Rejection> {
        self.bytes += piece.len();
        if self.bytes > MAX_CALL { Err(Rejection::CallTooLarge { limit: MAX_CALL }) } else { Ok(piece) }
    }

    pub(super) fn add(&mut self, name: String, text: &[u8]) {
        // A form ends lines with both signs (HTML standard, "multipart/form-data encoding algorithm"), a control's own
        // value with one.
        let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
        self.values.push((name, text));
    }

    /// The values of the wanted controls, in the order in which they are wanted.
    pub(crate) fn into_values(self) -> impl Iterator<Item = Vec<String>> {
        let Self { wanted, values, .. } = self;
        wanted.into_iter().map(move |name| {
            let of_name = values.iter().filter(|(key, _)| *key == name);
            of_name.map(|(_, text)| text.clone()).collect()
        })
    }
}
