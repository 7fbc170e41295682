//! What measurements of servers share; `README.md` says how to run them. The measurements stand in `benches/`.

#![allow(clippy::must_use_candidate, reason = "what was measured is never thrown away")]

pub mod message;
pub mod process;
pub mod project;
