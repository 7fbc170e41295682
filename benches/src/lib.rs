//! Measurements beside what users would pick instead; `README.md` says how to run them. Nothing is in the library.
