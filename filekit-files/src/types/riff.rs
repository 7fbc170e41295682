//! What a file of chunks holds: RIFF and its like of Microsoft, FORM of the Amiga.

/// The type that is named behind the size of the first chunk.
pub(super) fn content(head: &[u8]) -> Option<&'static str> {
    Some(match (head.get(..4)?, head.get(8..12)?) {
        (b"FORM", b"AIFF" | b"AIFC") => "audio/aiff",
        (_, b"WEBP") => "image/webp",
        (_, b"WAVE") => "audio/wav",
        (_, b"AVI " | b"AVIX") => "video/x-msvideo",
        (_, b"RMID") => "audio/midi",
        (_, b"ACON") => "image/x-win-bitmap",
        _ => return None,
    })
}
