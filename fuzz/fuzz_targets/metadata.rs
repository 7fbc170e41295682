//! Pictures whose metadata is taken out: what is left is a picture with nothing in it to take out, however it is cut or goes on.
//!
//! The input is a file.

#![no_main]

use filekit_files::metadata::fuzzing::{Stripped, strip};
use libfuzzer_sys::fuzz_target;

/// The longest piece that is written anew, and how much longer a picture becomes by it: nothing of a file is held.
const LONGEST_PIECE: usize = 40;
const LONGER: usize = 16;

fuzz_target!(|file: &[u8]| {
    for mime in ["image/jpeg", "image/png", "image/webp"] {
        if let Some(stripped) = strip(mime, file) {
            check_pieces(file, &stripped);
            check_picture(mime, file, &stripped.bytes);
        }
    }
});

/// What is left are ranges of the file in their order, and a few bytes between them.
fn check_pieces(file: &[u8], stripped: &Stripped) {
    let mut end = 0;
    for range in &stripped.kept {
        assert!(end <= range.start && range.start < range.end && range.end <= file.len() as u64, "{stripped:?}");
        end = range.end;
    }
    assert!(stripped.inserted.iter().all(|piece| piece.len() <= LONGEST_PIECE), "{stripped:?}");
    assert!(stripped.bytes.len() <= file.len() + LONGER, "{stripped:?}");
}

fn check_picture(mime: &str, file: &[u8], left: &[u8]) {
    let again = strip(mime, left).expect("what is left is a picture");
    assert!(again.bytes == left && again.inserted.is_empty(), "there was more to take out: {again:?}");
    let longer = strip(mime, &[file, b"behind"].concat()).expect("what stands behind a picture does not break it");
    assert_eq!(longer.bytes, left, "what stands behind a picture stays");
    assert_eq!(strip(mime, &left[..left.len() - 1]), None, "half a picture is none");
}
