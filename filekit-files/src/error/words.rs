//! The words of refusals, for visitors and for the log.

use crate::error::{FileRejection, Mismatch, RefusedFile};
use crate::storage::is_hidden;
use crate::texts::{Texts, Value};
use crate::types::accept;

impl FileRejection {
    /// The words for the visitor, in English: what is wrong, and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        self.words(&Texts::english())
    }

    /// The words for the visitor, as the program says them.
    #[must_use]
    pub fn words(&self, texts: &Texts) -> String {
        match self {
            Self::CallTooLarge { limit } => texts.say(self.code(), &[("limit", Value::Size(*limit as u64))]),
            Self::Silent { seconds } | Self::TooManyUploads { seconds } | Self::TooManyAtOnce { seconds } => {
                texts.say(self.code(), &[("seconds", Value::Number(*seconds))])
            }
            Self::QuotaFull { left, limit } => {
                texts.say(self.code(), &[("left", Value::Size(*left)), ("limit", Value::Size(*limit))])
            }
            Self::UnsafeName { name }
            | Self::NoFileName { name }
            | Self::NestedMultipart { name }
            | Self::ImageTooLarge { name }
            | Self::NotAnImage { name, .. }
            | Self::ImageBroken { name, .. }
            | Self::NotChecked { name }
            | Self::FileGone { name } => texts.say(self.code(), &[("name", Value::Text(&shown(name)))]),
            Self::RefusedByCheck { name, words } => {
                texts.say(self.code(), &[("name", Value::Text(&shown(name))), ("words", Value::Text(words))])
            }
            Self::KeyTaken { key } => texts.say(self.code(), &[("name", Value::Text(&shown(key)))]),
            Self::TooManyFiles { limit } | Self::TooFewFiles { limit } => {
                texts.say(self.code(), &[("limit", Value::Number(u64::from(*limit)))])
            }
            Self::TooLarge { name, limit } | Self::TooSmall { name, limit } => {
                let name = shown(name);
                texts.say(self.code(), &[("limit", Value::Size(*limit)), ("name", Value::Text(&name))])
            }
            Self::TotalTooLarge { limit } | Self::LargerThanQuota { limit } => {
                texts.say(self.code(), &[("limit", Value::Size(*limit))])
            }
            Self::TypeNotAccepted { name, accepted, mismatch } => {
                of_type(texts, self.code(), &shown(name), accepted, mismatch.as_ref())
            }
            Self::FilesRefused { refused } => of_files(refused, texts),
            _ => texts.say(self.code(), &[]),
        }
    }
}

/// So many files that are refused are told of one by one.
const TOLD: usize = 5;

fn of_files(refused: &[RefusedFile], texts: &Texts) -> String {
    let words: Vec<_> = refused.iter().take(TOLD).map(|file| file.rejection.words(texts)).collect();
    words.join("\n")
}

impl std::fmt::Display for FileRejection {
    /// For the log: the code, and what the visitor is not told.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code())?;
        match self {
            Self::Malformed { reason } => write!(formatter, ": {}", shortened(reason, 200)),
            Self::UnsafeName { name } => write!(formatter, ": {}", shortened(name, 80)),
            Self::NotAnImage { name, reason } => {
                write!(formatter, ": {}: {}", shortened(name, 80), shortened(reason, 200))
            }
            Self::ImageBroken { name, reason } => write!(formatter, ": {}: {reason}", shortened(name, 80)),
            _ => write!(formatter, ": {}", self.message()),
        }
    }
}

/// What is said of a file that is not accepted.
fn of_type(texts: &Texts, key: &str, name: &str, accepted: &[String], mismatch: Option<&Mismatch>) -> String {
    let accepted = accept::words(accepted, texts);
    let (accepted, name) = (("accepted", Value::Text(&accepted)), ("name", Value::Text(name)));
    match mismatch {
        None => texts.say(key, &[accepted, name]),
        Some(Mismatch::OtherFormat(content)) => {
            texts.say("upload.misnamed", &[accepted, ("content", Value::Text(content)), name])
        }
        Some(Mismatch::Empty) => texts.say("upload.empty", &[name]),
        Some(Mismatch::NotText) => texts.say("upload.not-text", &[name]),
        Some(Mismatch::NoSuchFormat(said)) => texts.say("upload.damaged", &[("said", Value::Text(said)), name]),
    }
}

/// At most so many characters of a text that a client chose.
fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A name that a client chose, as it is shown: without what is not seen, and what would turn the words around it.
fn shown(name: &str) -> String {
    let seen: String = name.chars().filter(|character| !is_hidden(*character)).collect();
    shortened(&seen, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_refused_turns_no_words_around() {
        let refused = FileRejection::UnsafeName { name: "../\u{202e}fdp\u{1}\r\n.exe".to_owned() };
        assert!(refused.message().contains("“../fdp.exe”"), "{}", refused.message());
    }
}
