//! States in one file, by redb.

mod error;
mod file;
mod states;
mod tables;
mod writer;

pub use states::RedbStates;
