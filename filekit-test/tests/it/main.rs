//! What tests of programs can rely on.

mod visits;
