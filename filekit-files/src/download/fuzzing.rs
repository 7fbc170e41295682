//! Names in archives, for fuzz targets (`cfg(fuzzing)`).

pub use crate::download::archive::unique_names;
