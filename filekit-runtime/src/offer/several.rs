//! The files of an upload that says to take several, as the argument of an event; `view!` says which uploads do.

use crate::offer::{Client, EventArg, OfferedArguments};
use crate::upload::{UploadFile, UploadStream};

/// The type in `Client` if an `upload` says in the same view that it takes several files.
///
/// An event that takes one file cannot take them: write `max_files = 1` on the `upload`, or let the event take
/// `Vec<UploadFile>` or `UploadStream`.
#[derive(Clone, Copy, Debug)]
pub enum SeveralFiles {}

impl Client<Vec<UploadFile>> {
    /// Says that there may be several files.
    #[doc(hidden)]
    #[must_use]
    pub fn several(self) -> Client<SeveralFiles> {
        Client::new(self.into_expression())
    }
}

macro_rules! taken_by {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl EventArg<$type> for Client<SeveralFiles> {
            fn encode(self, arguments: OfferedArguments<'_>) {
                let files: Client<Vec<UploadFile>> = Client::new(self.into_expression());
                EventArg::<$type>::encode(files, arguments);
            }
        }
    )*};
}

taken_by! { Vec<UploadFile>, UploadStream }
