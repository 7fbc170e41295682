//! What measurements of servers share; `README.md` says how to run them. The measurements stand in `benches/`.

#![allow(clippy::must_use_candidate, reason = "nobody throws away what was measured")]

pub mod message;
pub mod process;
