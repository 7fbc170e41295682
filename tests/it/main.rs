//! filekit as its users see it: compile-fail cases, HTTP, real browsers. One binary, so that all of it is linked once.
//! What the tests share is in the library of this crate.

mod browser;
mod editor;
mod endpoint;
mod floors;
mod format;
mod http;
mod packages;
mod pictures;
mod reference;
mod storage;
mod stores;
mod sync;
mod ui;
