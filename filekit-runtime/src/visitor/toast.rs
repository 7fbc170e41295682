//! Messages to the visitor: as an effect of an event, and on the next page.

/// A short message that the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a toast is shown when it is returned from an event"]
pub struct Toast {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

impl Toast {
    /// Tells something.
    pub fn info(text: impl Into<String>) -> Self {
        Self { kind: "info", text: text.into() }
    }

    /// Tells that something was done.
    pub fn success(text: impl Into<String>) -> Self {
        Self { kind: "success", text: text.into() }
    }

    /// Tells that something went wrong; it stays until it is dismissed.
    pub fn error(text: impl Into<String>) -> Self {
        Self { kind: "error", text: text.into() }
    }

    /// The toast of a kind that was written down.
    pub(crate) fn of_kind(kind: &str, text: String) -> Option<Self> {
        let kind = ["info", "success", "error"].into_iter().find(|known| *known == kind)?;
        Some(Self { kind, text })
    }
}
