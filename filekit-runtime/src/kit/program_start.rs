//! Which start of the program this is. Documents in development show what a later one has (`page/development.rs`).

use std::fmt;

/// One start of a program: no other start of it, or of another build of it, has the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgramStart(u64);

impl ProgramStart {
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        getrandom::u64().map(Self)
    }
}

impl fmt::Display for ProgramStart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}
