//! The procedural macros of filekit.
