//! Files to upload: bytes of several kinds, written where a test wants them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// The smallest picture that every decoder accepts: one pixel.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// A document of one empty page.
pub const PDF: &[u8] = b"%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
xref
0 4
0000000000 65535 f 
0000000009 00000 n 
0000000052 00000 n 
0000000101 00000 n 
trailer<</Size 4/Root 1 0 R>>
startxref
164
%%EOF
";

/// Bytes that look different at every place, so that a lost, doubled or swapped piece is noticed.
#[allow(clippy::cast_possible_truncation, reason = "the low byte is what we want")]
pub fn patterned(length: usize) -> Vec<u8> {
    let words = (0..length.div_ceil(8) as u64).flat_map(|at| at.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    words.take(length).collect()
}

/// A folder with files for a browser to choose.
#[derive(Debug)]
pub struct Samples {
    folder: TempDir,
}

impl Samples {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("filekit-samples-").tempdir();
        Self { folder: folder.expect("a temporary folder") }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, in folders of its own if its name says so, and returns where it is.
    pub fn file(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file in the folder")).expect("a writable folder");
        fs::write(&path, bytes).expect("a writable folder");
        path
    }
}

impl Default for Samples {
    fn default() -> Self {
        Self::new()
    }
}
