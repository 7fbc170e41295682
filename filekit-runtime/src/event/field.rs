//! Values of form controls, which arrive as text, in the type that an event takes; not how forms are read.

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// Reads what a form sent for a control as the JSON that a script would have made of it.
///
/// A form does not say what kind of control it was, so the type decides: the readings are tried one after the other,
/// from the one that says most about the text to the one that says least.
///
/// ```text
/// one text      "5": the text itself, the number or `true` or `false` that it spells, a box that is checked, a list of one
/// an empty text      the text itself, nothing (such as a number that was not entered), a box that is checked
/// no text       a box that is not checked, nothing, an empty list
/// several       a list
/// ```
///
/// # Errors
///
/// If none of the readings is a `T`.
pub(super) fn read<T: DeserializeOwned>(texts: &[String]) -> Result<T, Error> {
    let readings = match texts {
        [] => vec![Value::Bool(false), Value::Null, Value::Array(Vec::new())],
        [text] => of_text(text),
        texts => vec![list(texts)],
    };
    let mut first_error = None;
    for reading in readings {
        match serde_json::from_value(reading) {
            Ok(value) => return Ok(value),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| unreachable!("there is a reading for everything")))
}

fn of_text(text: &str) -> Vec<Value> {
    let mut readings = vec![Value::from(text)];
    match serde_json::from_str(text.trim()) {
        Ok(spelt @ (Value::Number(_) | Value::Bool(_))) => readings.push(spelt),
        _ if text.is_empty() => readings.push(Value::Null),
        _ => {}
    }
    readings.extend([Value::Bool(true), list(&[text])]);
    readings
}

fn list(texts: &[impl AsRef<str>]) -> Value {
    texts.iter().map(|text| Value::from(text.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as<T: DeserializeOwned>(texts: &[&str]) -> Option<T> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        read(&texts).ok()
    }

    #[test]
    fn the_type_decides_what_a_text_is() {
        assert_eq!(read_as::<String>(&["5"]).as_deref(), Some("5"));
        assert_eq!(read_as::<u32>(&["5"]), Some(5));
        assert_eq!(read_as::<f64>(&["-0.5"]), Some(-0.5));
        assert_eq!(read_as::<Option<u32>>(&["5"]), Some(Some(5)));
        assert_eq!(read_as::<Vec<String>>(&["5"]), Some(vec!["5".to_owned()]));
        assert_eq!(read_as::<u32>(&["five"]), None);
        assert_eq!(read_as::<u8>(&["500"]), None);
    }

    #[test]
    fn a_number_that_was_not_entered_is_nothing() {
        assert_eq!(read_as::<Option<u32>>(&[""]), Some(None));
        assert_eq!(read_as::<u32>(&[""]), None);
        assert_eq!(read_as::<Option<String>>(&[""]), Some(Some(String::new())));
    }

    #[test]
    fn a_box_is_checked_if_it_was_sent() {
        assert_eq!(read_as::<bool>(&["on"]), Some(true));
        assert_eq!(read_as::<bool>(&["false"]), Some(false), "the value that was chosen from a list");
        assert_eq!(read_as::<bool>(&[]), Some(false));
        assert_eq!(read_as::<Option<bool>>(&[]), Some(Some(false)));
    }

    #[test]
    fn several_are_a_list_and_none_is_an_empty_one() {
        assert_eq!(read_as::<Vec<String>>(&["a", "b"]), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(read_as::<Vec<String>>(&[]), Some(Vec::new()));
        assert_eq!(read_as::<Option<String>>(&[]), Some(None));
        assert_eq!(read_as::<String>(&[]), None);
        assert_eq!(read_as::<String>(&["a", "b"]), None);
    }
}
