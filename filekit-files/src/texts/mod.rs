//! Fixed texts in the language of a program's visitors.

pub mod catalogue;

use std::collections::BTreeMap;
use std::fmt;

pub use self::catalogue::List;

use crate::size;

/// The forms of a text that counts, as Unicode names them (Unicode CLDR, "Language Plural Rules").
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Languages that are written from right to left, and scripts that are, as BCP 47 names them.
const FROM_RIGHT_TO_LEFT: [&str; 24] = [
    "adlm", "ar", "arab", "arc", "ckb", "dv", "fa", "he", "hebr", "iw", "ks", "nko", "nkoo", "nqo", "pnb", "ps",
    "rohg", "sd", "syr", "syrc", "thaa", "ug", "ur", "yi",
];

/// The key of the units of sizes, for a catalogue that has them, and the units of one that has none.
const UNITS_KEY: &str = "client.units";
const UNITS: &str = "B KB MB GB TB";

/// The texts of a program: ours in English, and its own in their place.
#[derive(Debug)]
pub struct Texts {
    lang: String,
    overrides: BTreeMap<String, String>,
    catalogues: &'static [List],
}

/// What stands for a placeholder.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// A number of bytes.
    Size(u64),
}

impl Texts {
    /// The texts about files, in English.
    #[must_use]
    pub fn english() -> Self {
        Self::of(catalogue::ALL)
    }

    /// The texts of these catalogues, in English.
    #[must_use]
    pub fn of(catalogues: &'static [List]) -> Self {
        Self { lang: "en".to_owned(), overrides: BTreeMap::new(), catalogues }
    }

    /// The texts of these catalogues, with those of a program in its language in their place.
    ///
    /// # Errors
    ///
    /// If one has a key that there is not, or a placeholder that nothing is known for.
    pub fn new(lang: String, overrides: Vec<(String, String)>, catalogues: &'static [List]) -> Result<Self, TextError> {
        let english = Self::of(catalogues);
        for (key, text) in &overrides {
            let ours = english.ours(key).ok_or_else(|| TextError::unknown_key(key, catalogues))?;
            let known: Vec<&str> = placeholders(ours).collect();
            if let Some(wrong) = placeholders(text).find(|name| !known.contains(name)) {
                return Err(TextError::unknown_placeholder(key, wrong, &known));
            }
        }
        Ok(Self { lang, overrides: overrides.into_iter().collect(), catalogues })
    }

    /// The language of documents.
    #[must_use]
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// Whether that language is written from right to left.
    pub fn is_from_right_to_left(&self) -> bool {
        let mut parts = self.lang.split('-').map(str::to_ascii_lowercase);
        let language = parts.next().unwrap_or_default();
        let is_script = |part: &String| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let deciding = parts.find(is_script).unwrap_or(language);
        FROM_RIGHT_TO_LEFT.contains(&deciding.as_str())
    }

    /// The text of a key, with these values for its placeholders.
    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let mut text = self.pattern(key).to_owned();
        for (name, value) in values {
            let value = match value {
                Value::Text(text) => (*text).to_owned(),
                Value::Number(number) => number.to_string(),
                Value::Size(bytes) => self.size(*bytes),
            };
            // A value that looks like a placeholder is not one: no text has two of which one comes from a visitor and
            // stands before the other, but for a name, which is put in last.
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        text
    }

    fn pattern(&self, key: &str) -> &str {
        self.overrides.get(key).map(String::as_str).or_else(|| self.ours(key)).unwrap_or_default()
    }

    /// A size with the units of the language.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        let units = Some(self.pattern(UNITS_KEY)).filter(|units| !units.is_empty());
        let units: Vec<&str> = units.unwrap_or(UNITS).split(' ').collect();
        let (number, unit) = size::scaled(bytes, units.len());
        format!("{number} {}", units[unit])
    }

    /// The program's own texts, by their keys.
    #[must_use]
    pub fn overrides(&self) -> &BTreeMap<String, String> {
        &self.overrides
    }

    /// Our text for a key. For a form that English has none of, or no form, it is that for many.
    fn ours(&self, key: &str) -> Option<&'static str> {
        let find = |key: &str| all(self.catalogues).find(|(known, _)| *known == key).map(|(_, text)| text);
        let base = FORMS.iter().find_map(|form| key.strip_suffix(form)?.strip_suffix('.')).unwrap_or(key);
        find(key).or_else(|| find(&format!("{base}.other")))
    }
}

/// The texts of these catalogues.
fn all(catalogues: &'static [List]) -> impl Iterator<Item = (&'static str, &'static str)> {
    catalogues.iter().flat_map(|list| list.iter().copied())
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Why the texts of a program cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError(String);

impl TextError {
    fn unknown_key(key: &str, catalogues: &'static [List]) -> Self {
        let nearest = all(catalogues).min_by_key(|(known, _)| distance(known, key));
        let (nearest, _) = nearest.unwrap_or_default();
        Self(format!("there is no text `{key}`; did you mean `{nearest}`?"))
    }

    fn unknown_placeholder(key: &str, name: &str, known: &[&str]) -> Self {
        let known: Vec<String> = known.iter().map(|name| format!("`{{{name}}}`")).collect();
        Self(match known.is_empty() {
            true => format!("the text `{key}` has no placeholders, so `{{{name}}}` stands for nothing"),
            false => format!("the text `{key}` has no placeholder `{{{name}}}`; it has {}", known.join(", ")),
        })
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for TextError {}

/// How many letters have to be added, left out or changed to make one word of another (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (nth, letter) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], nth + 1);
        for (at, against) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(letter != against);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of a crate above, beside those about files.
    const ABOVE: List = &[
        (UNITS_KEY, UNITS),
        ("client.done", "Upload finished"),
        ("client.selected.one", "{count} file selected"),
        ("client.selected.other", "{count} files selected"),
    ];
    const ALL: &[List] = &[catalogue::SHARED, ABOVE, catalogue::SERVER];

    fn texts(lang: &str, overrides: &[(&str, &str)]) -> Result<Texts, TextError> {
        let overrides = overrides.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        Texts::new(lang.to_owned(), overrides.collect(), ALL)
    }

    #[test]
    fn keys_are_unique() {
        let mut keys: Vec<_> = all(catalogue::ALL).map(|(key, _)| key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn a_text_of_the_program_takes_the_place_of_ours() {
        let german =
            texts("de", &[("upload.too-large", "„{name}“ hat mehr als {limit}."), ("client.units", "B kB MB")]);
        let values = [("limit", Value::Size(20_971_520)), ("name", Value::Text("a {limit}"))];
        assert_eq!(german.unwrap().say("upload.too-large", &values), "„a {limit}“ hat mehr als 20.9 MB.");
        assert_eq!(Texts::english().say("upload.too-large", &values), "“a {limit}” is larger than 20.9 MB.");
        assert_eq!(
            Texts::english().say("request.too-large", &[("limit", Value::Size(999))]),
            "This request is larger than 999 B."
        );
        assert_eq!(
            Texts::english().say("upload.silent", &[("seconds", Value::Number(30))]).split(' ').nth(3),
            Some("30")
        );
    }

    #[test]
    fn a_wrong_key_or_placeholder_is_told_with_the_right_one() {
        for (key, text, error) in [
            ("upload.to-large", "x", "there is no text `upload.to-large`; did you mean `upload.too-large`?"),
            ("client.done.one", "x", "there is no text `client.done.one`; did you mean `client.done`?"),
            (
                "upload.too-large",
                "{size}",
                "the text `upload.too-large` has no placeholder `{size}`; it has `{name}`, `{limit}`",
            ),
            ("client.done", "{name}", "the text `client.done` has no placeholders, so `{name}` stands for nothing"),
        ] {
            assert_eq!(texts("de", &[(key, text)]).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn all_forms_of_a_count_can_be_given() {
        let polish = [("client.selected.few", "{count} pliki"), ("client.selected.many", "{count} plików")];
        assert!(texts("pl", &polish).is_ok());
        assert!(texts("ja", &[("client.selected", "{count} 個")]).is_ok());
    }

    #[test]
    fn some_languages_are_written_from_right_to_left() {
        for (lang, expected) in [
            ("ar", true),
            ("he-IL", true),
            ("AR-eg", true),
            ("pa-Arab-PK", true),
            ("ar-Latn", false),
            ("en", false),
            ("", false),
        ] {
            assert_eq!(texts(lang, &[]).unwrap().is_from_right_to_left(), expected, "{lang}");
        }
    }
}
