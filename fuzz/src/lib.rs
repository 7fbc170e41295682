//! What several fuzz targets need: a runtime, numbers that depend on the input alone, and what a safe name is.

use std::future::Future;
use std::path::{Component, Path};

use tokio::runtime::{Builder, Runtime};
use unicode_normalization::is_nfc;

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
}

/// Runs a future to its end.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// Numbers that depend on the input alone, so that an input fails each time or never.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// Begins with this input (FNV-1a, 64 bits).
    #[must_use]
    pub fn of(input: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(input.iter().fold(0xcbf2_9ce4_8422_2325, step) | 1)
    }

    /// The next one, which is below `limit` (xorshift64).
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }
}

/// Cuts bytes into frames, of which some are empty, and most are shorter than `longest`.
#[must_use]
pub fn cut<'a>(bytes: &'a [u8], longest: usize, numbers: &mut Numbers) -> Vec<&'a [u8]> {
    let mut frames = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (frame, after) = rest.split_at(numbers.below(longest + 1).min(rest.len()));
        frames.push(frame);
        rest = after;
    }
    frames
}

/// What browsers make of a text that they put between quotes (HTML standard, "multipart/form-data encoding algorithm").
#[must_use]
pub fn as_browsers_write(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// What is read where `%22` and its like stand for signs.
#[must_use]
pub fn as_browsers_mean(text: &str) -> String {
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// The extended value of a text (RFC 8187), in which everything is escaped.
#[must_use]
pub fn extended(text: &str) -> String {
    format!("UTF-8''{}", percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC))
}

/// The content of a file whose bytes tell their place.
#[must_use]
pub fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// # Panics
///
/// If this is not a name that is safe on Linux, macOS and Windows, as the documentation of `SafeName` promises it.
pub fn assert_safe_name(name: &str, about: &dyn std::fmt::Debug) {
    assert!((1..=255).contains(&name.len()), "{name:?} has {} bytes: {about:?}", name.len());
    assert!(!name.contains(['/', '\\']), "{name:?} has a separator: {about:?}");
    assert!(!name.contains(is_hidden), "{name:?} has a character that is not seen: {about:?}");
    assert!(!name.starts_with('.') && !name.ends_with('.'), "{name:?} has a dot at an end: {about:?}");
    assert!(name.trim() == name, "{name:?} has a blank at an end: {about:?}");
    assert!(is_nfc(name), "{name:?} is not in the normal form: {about:?}");
    assert!(!is_device(name), "{name:?} is a device: {about:?}");
    let components: Vec<_> = Path::new(name).components().collect();
    assert!(matches!(components.as_slice(), [Component::Normal(_)]), "{name:?} is not one component: {about:?}");
}

/// A part of what the library takes for hidden: what does the most harm.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_device(name: &str) -> bool {
    const DEVICES: &str = "CON PRN AUX NUL COM0 COM1 COM2 COM3 COM4 COM5 COM6 COM7 COM8 COM9 COM¹ COM² COM³ LPT0 LPT1 \
        LPT2 LPT3 LPT4 LPT5 LPT6 LPT7 LPT8 LPT9 LPT¹ LPT² LPT³ CONIN$ CONOUT$";
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    stem.len() < 8 && DEVICES.split_whitespace().any(|device| device.eq_ignore_ascii_case(stem))
}
