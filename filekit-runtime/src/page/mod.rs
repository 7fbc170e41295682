//! Pages as they are served: who may ask for one, how its handler is called, the document around its view, and the changes that
//! an open document gets later.
//!
//! ```text
//! request -> PageContext: visitor, mount, page, states
//! GET of a page       -> handler -> View -> document                          (render, document, fill, forms, style)
//! anything that names a page -> Proof -> page's layers -> Admission -> LivePage  (admission, live_page)
//! an error            -> Stop: a refusal or a redirect                         (stop, error_document)
//! ```

mod admission;
pub(crate) mod client;
mod context;
mod development;
mod document;
mod error_document;
mod fill;
mod forms;
mod live_page;
mod pages;
mod refill;
mod render;
mod stop;
mod style;

pub(crate) use admission::{Admission, AuthorisedEvent, Proof, SeenDocument, authorise, fitting_capability};
pub(crate) use context::PageContext;
pub(crate) use development::program;
pub(crate) use document::Notices;
pub(crate) use live_page::{LivePage, LiveStep};
pub(crate) use pages::Pages;
pub(crate) use render::{PageCall, PageOutcome, Question, complete};
pub(crate) use stop::{Refusal, Stop, Words};
pub(crate) use style::sheet;
