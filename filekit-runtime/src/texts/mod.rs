//! The fixed texts of a program: of pages, beside those of files. How they are chosen and filled in is in `filekit-files`.

pub(crate) mod catalogue;

use filekit_files::texts::{List, TextError, catalogue as of_files};
pub(crate) use filekit_files::texts::{Texts, Value};

/// All texts.
pub const ALL: &[List] =
    &[of_files::SHARED, catalogue::CLIENT, catalogue::TRANSFER, catalogue::RESUME, of_files::SERVER, catalogue::SERVER];

/// English, as it is.
pub(crate) fn english() -> Texts {
    Texts::of(ALL)
}

/// The texts of a program in that language.
///
/// # Errors
///
/// If one has a key that there is not, or a placeholder that nothing is known for.
pub(crate) fn translated(lang: String, overrides: Vec<(String, String)>) -> Result<Texts, TextError> {
    Texts::new(lang, overrides, ALL)
}

/// The program's own texts that the browser says, as JSON, if there are any.
pub(crate) fn for_browser(texts: &Texts) -> Option<String> {
    let of_server = [of_files::SERVER, catalogue::SERVER];
    let is_of_server = |key: &str| of_server.iter().any(|list| list.iter().any(|(known, _)| *known == key));
    let said = texts.overrides().iter().filter(|(key, _)| !is_of_server(key));
    let said: serde_json::Map<_, _> = said.map(|(key, text)| (key.clone(), text.clone().into())).collect();
    (!said.is_empty()).then(|| serde_json::Value::from(said).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique() {
        let mut keys: Vec<_> = ALL.concat().into_iter().map(|(key, _)| key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn the_browser_gets_what_it_says() {
        let texts = |overrides: &[(&str, &str)]| {
            let overrides = overrides.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
            translated("de".to_owned(), overrides.collect()).unwrap()
        };
        let german = texts(&[("page.failed", "Fehler"), ("client.done", "Fertig")]);
        assert_eq!(for_browser(&german).as_deref(), Some(r#"{"client.done":"Fertig"}"#));
        assert_eq!(for_browser(&texts(&[("page.failed", "Fehler")])), None);
    }
}
