//! `data:` URIs of downloads: what is read can be handed over, and data comes back in both ways of writing it.
//!
//! The input is a URI. It is also taken for data.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use filekit_files::download::{DataUri, Download};
use libfuzzer_sys::fuzz_target;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input)
        && let Ok(uri) = text.parse::<DataUri>()
    {
        check(&uri, text);
    }
    let encoded = STANDARD.encode(input);
    for text in [
        format!("data:text/csv;charset=utf-8,{}", percent_encode(input, NON_ALPHANUMERIC)),
        format!("data:text/csv;charset=utf-8;base64,{encoded}"),
        format!("DATA:text/csv;charset=utf-8 ; Base64,{}", encoded.trim_end_matches('=')),
        format!("data:text/csv;charset=utf-8;base64,{}", percent_encode(encoded.as_bytes(), NON_ALPHANUMERIC)),
    ] {
        let uri: DataUri = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(uri.bytes().as_ref(), input, "{text}");
        assert_eq!(uri.mime(), "text/csv;charset=utf-8", "{text}");
    }
});

/// What was read is a download, and the same URI written anew.
fn check(uri: &DataUri, text: &str) {
    assert!(text.trim()[..5].eq_ignore_ascii_case("data:"));
    assert!(uri.bytes().len() <= text.len());
    assert!(uri.mime().contains('/') && uri.mime().bytes().all(|byte| matches!(byte, b' '..=b'~')), "{:?}", uri.mime());
    let download = Download::data(uri.clone()).filename("a").checked();
    assert!(download.is_ok(), "{text:?}: {download:?}");
    if !uri.mime().contains(',') {
        let again = format!("data:{};base64,{}", uri.mime(), STANDARD.encode(uri.bytes()));
        assert_eq!(again.parse().as_ref(), Ok(uri), "{text:?}");
    }
}
