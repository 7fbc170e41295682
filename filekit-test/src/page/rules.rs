//! The rules of an upload as a browser applies them before it sends anything. The server applies them again.

use serde_json::Value;

use crate::File;
use crate::page::client::Rejection;

/// The words of refusals. A page brings its own where the program has other texts.
const WORDS: &[(&str, &str)] = &[
    ("upload.too-large", "“{name}” is larger than {limit}."),
    ("upload.too-small", "“{name}” is smaller than {limit}."),
    ("upload.total-too-large", "The files are larger than {limit} together."),
    ("upload.too-many-files", "Too many files: at most {limit} can be sent."),
    ("upload.too-few-files", "Too few files: at least {limit} must be sent."),
    ("upload.type-not-accepted", "“{name}” is not accepted here. Accepted: {accepted}."),
    ("client.already-selected", "“{name}” is already selected."),
    ("client.bad-reply", "The server's answer could not be read ({status}). Please try again."),
    ("client.reference", "Reference: {reference}"),
];

const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];

/// The words for a key, with the values of its placeholders: a page's own before those of filekit.
pub(crate) fn words(own: &Value, key: &str, values: &[(&str, &str)]) -> String {
    let of_filekit = WORDS.iter().find(|(other, _)| *other == key).map_or(key, |(_, words)| words);
    let words = own[key].as_str().unwrap_or(of_filekit).to_owned();
    values.iter().fold(words, |words, (name, value)| words.replace(&format!("{{{name}}}"), value))
}

/// The rules of one upload, as its element declares them.
pub(crate) struct Rules<'a> {
    pub(crate) declared: Value,
    /// At most one file, whatever else is declared.
    pub(crate) is_single: bool,
    pub(crate) texts: &'a Value,
}

impl Rules<'_> {
    /// Refuses a file, given how many bytes the files before it have; `None` if it is taken.
    pub(crate) fn refusal(&self, file: &File, before: &[usize]) -> Option<Rejection> {
        let size = file.bytes.len() as u64;
        let total = before.iter().sum::<usize>() as u64 + size;
        if !self.accepts(&file.name) {
            return Some(self.rejection("upload.type-not-accepted", file, ("accepted", self.accepted())));
        }
        let limit = |rule: &str, is_broken: &dyn Fn(u64) -> bool| {
            self.declared[rule].as_u64().filter(|limit| is_broken(*limit)).map(limit_text)
        };
        if let Some(limit) = limit("max_size", &|limit| size > limit) {
            return Some(self.rejection("upload.too-large", file, ("limit", limit)));
        }
        if let Some(limit) = limit("min_size", &|limit| size < limit) {
            return Some(self.rejection("upload.too-small", file, ("limit", limit)));
        }
        if let Some(limit) = self.max_files().filter(|limit| before.len() as u64 >= *limit) {
            return Some(self.rejection("upload.too-many-files", file, ("limit", limit.to_string())));
        }
        let limit = limit("max_total", &|limit| total > limit)?;
        Some(self.rejection("upload.total-too-large", file, ("limit", limit)))
    }

    /// Refuses a whole selection that has too few files.
    pub(crate) fn objection(&self, count: usize) -> Option<String> {
        let limit = self.declared["min_files"].as_u64().filter(|limit| (count as u64) < *limit)?;
        Some(words(self.texts, "upload.too-few-files", &[("limit", &limit.to_string())]))
    }

    fn max_files(&self) -> Option<u64> {
        if self.is_single { Some(1) } else { self.declared["max_files"].as_u64() }
    }

    fn accepted(&self) -> String {
        self.declared["accepted"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether the name of a file is one of the types: by its extension, or without one if any type is named.
    fn accepts(&self, name: &str) -> bool {
        let Some(accept) = self.declared["accept"].as_array() else { return true };
        if !name.chars().skip(1).any(|letter| letter == '.') {
            return accept.iter().filter_map(Value::as_str).any(|entry| entry.contains('/'));
        }
        let name = name.to_lowercase();
        let extensions = self.declared["extensions"].as_array().into_iter().flatten().filter_map(Value::as_str);
        extensions.into_iter().any(|extension| name.ends_with(&format!(".{extension}")))
    }

    fn rejection(&self, code: &'static str, file: &File, (name, value): (&str, String)) -> Rejection {
        let message = words(self.texts, code, &[("name", &file.name), (name, &value)]);
        Rejection { name: file.name.clone(), code, message }
    }
}

/// A number of bytes as pages write it: at most three digits, `1.5 MB`.
pub(crate) fn size_text(bytes: u64) -> String {
    written(bytes, f64::round)
}

/// A limit as pages write it: never as more than it is.
fn limit_text(bytes: u64) -> String {
    written(bytes, f64::floor)
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn written(bytes: u64, round: fn(f64) -> f64) -> String {
    let shown = |value: f64, unit: usize| {
        let tenths = round(value * 10.0) / 10.0;
        if unit == 0 || tenths >= 100.0 { round(value) } else { tenths }
    };
    let (mut value, mut unit) = (bytes as f64, 0);
    while unit < UNITS.len() - 1 && shown(value, unit) >= 1000.0 {
        value /= 1000.0;
        unit += 1;
    }
    format!("{} {}", shown(value, unit), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_three_digits() {
        for (bytes, text) in [(999, "999 B"), (1_500_000, "1.5 MB"), (10_000_000, "10 MB"), (999_999, "1 MB")] {
            assert_eq!(size_text(bytes), text);
        }
        assert_eq!(limit_text(1_999_999), "1.9 MB");
    }
}
