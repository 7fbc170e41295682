//! Names in archives, for fuzz targets; not there in other builds.

pub use crate::download::archive::unique_names;
