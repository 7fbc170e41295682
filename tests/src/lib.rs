//! Tests of filekit as its users see it.
