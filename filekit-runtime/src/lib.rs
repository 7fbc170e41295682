//! Everything of filekit that runs.
