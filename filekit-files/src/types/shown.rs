//! What a browser may do with a file of a visitor's, by its type.

use http::HeaderValue;

/// What may be shown in the browser: types that cannot run a script, and PDF, which browsers show in a viewer of their own.
const INLINE: &[&str] = &[
    "application/pdf",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/x-wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
    "video/ogg",
    "video/webm",
];

/// Tells whether a file of this type may be shown instead of saved.
pub(crate) fn is_shown(essence: &str) -> bool {
    INLINE.contains(&essence)
}

/// What the file may do if a browser shows it: nothing. What the browser itself puts around the file may.
///
/// Around pictures and text that are styles. Around sounds and films it is a player that asks for the file again, and an
/// origin without a name would get none of this site's files: so the sandbox keeps the origin, and no script. It would
/// keep the viewer of PDFs from starting, so for these there is none; no script of a PDF runs in the page's origin.
pub(crate) fn policy(mime: &str) -> HeaderValue {
    let (group, _) = mime.split_once('/').unwrap_or_default();
    HeaderValue::from_static(match group {
        _ if mime == "application/pdf" => "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
        "audio" | "video" => {
            "sandbox allow-same-origin; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
        }
        _ if is_shown(mime) => "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        _ => "sandbox; default-src 'none'",
    })
}
