//! The browser's state of a page: chosen files, entered values, and the values of expressions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::File;
use crate::html::{Element, Evaluate, Html, is_true};
use crate::page::rules::size_text;

/// A chosen file.
#[derive(Clone, Debug)]
pub(crate) struct ChosenFile {
    /// Tells it from all others of the page.
    pub(crate) number: u64,
    pub(crate) file: File,
    pub(crate) status: Status,
}

/// The status of a chosen file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Selected,
    /// It is on its way, and the connection is gone.
    Waiting,
    /// It was refused, with these words.
    Failed(String),
}

/// A file that was not taken.
#[derive(Clone, Debug)]
pub(crate) struct Rejection {
    pub(crate) name: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The state of one upload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    pub(crate) files: Vec<ChosenFile>,
    pub(crate) rejected: Vec<Rejection>,
    pub(crate) is_paused: bool,
    /// How many bytes are there of how many, if an upload waits for the connection.
    pub(crate) waiting: Option<(usize, usize)>,
}

/// A value that a visitor has entered. It holds as long as the server's own stays the same.
#[derive(Clone, Debug)]
struct EnteredValue {
    served: Value,
    value: Value,
}

/// The browser's state of one page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    pub(crate) selections: BTreeMap<String, Selection>,
    /// The calls that failed files were sent with, by the files' numbers.
    pub(crate) failed_calls: BTreeMap<u64, Value>,
    entered: BTreeMap<String, EnteredValue>,
    numbers: u64,
}

impl Client {
    pub(crate) fn selection(&mut self, id: &str) -> &mut Selection {
        self.selections.entry(id.to_owned()).or_default()
    }

    /// A number for a file.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// The files of some uploads, in the order of their choice, with the uploads' ids.
    pub(crate) fn files_of(&self, ids: &[String]) -> Vec<(String, ChosenFile)> {
        let of = |id: &String| {
            let files = self.selections.get(id).map(|selection| selection.files.clone()).unwrap_or_default();
            files.into_iter().map(|file| (id.clone(), file)).collect::<Vec<_>>()
        };
        ids.iter().flat_map(of).collect()
    }

    /// Takes files out of their selections.
    pub(crate) fn remove(&mut self, numbers: &[u64]) {
        for selection in self.selections.values_mut() {
            selection.files.retain(|chosen| !numbers.contains(&chosen.number));
        }
    }

    pub(crate) fn set_status(&mut self, numbers: &[u64], status: &Status) {
        let files = self.selections.values_mut().flat_map(|selection| &mut selection.files);
        for chosen in files.filter(|chosen| numbers.contains(&chosen.number)) {
            chosen.status = status.clone();
        }
    }

    pub(crate) fn enter(&mut self, control: &Element, value: Value) {
        self.entered.insert(key(control), EnteredValue { served: served_value(control), value });
    }

    pub(crate) fn forget(&mut self, control: &Element) {
        self.entered.remove(&key(control));
    }

    /// The value of a control, as it would be sent.
    pub(crate) fn value(&self, control: &Element) -> Value {
        let served = served_value(control);
        match self.entered.get(&key(control)) {
            Some(entered) if entered.served == served => entered.value.clone(),
            _ => served,
        }
    }
}

/// The key of a control: its id, or its name.
pub(crate) fn key(control: &Element) -> String {
    let is_one_of_several = matches!(control.attribute("type"), Some("radio"));
    let parts = match (control.attribute("id"), is_one_of_several) {
        (Some(id), _) => [id, ""],
        (None, true) => ["name", "value"].map(|name| control.attribute(name).unwrap_or_default()),
        (None, false) => [control.attribute("name").unwrap_or_default(), ""],
    };
    parts.concat()
}

/// The value that the server gave a control.
fn served_value(control: &Element) -> Value {
    match (control.name(), control.attribute("type")) {
        (_, Some("checkbox" | "radio")) => json!(control.has("checked")),
        ("textarea", _) => json!(control.text()),
        ("select", _) => {
            let options = control.named("option");
            let chosen = options.iter().filter(|option| option.has("selected")).map(|option| option_value(option));
            let chosen: Vec<String> = chosen.collect();
            match control.has("multiple") {
                true => json!(chosen),
                false => json!(chosen.first().cloned().or_else(|| options.first().map(|option| option_value(option)))),
            }
        }
        _ => json!(control.attribute("value").unwrap_or_default()),
    }
}

/// The value that a form sends for an option.
pub(crate) fn option_value(option: &Element) -> String {
    option.attribute("value").map_or_else(|| option.text(), str::to_owned)
}

/// The expressions of a page: its tree, and what the browser holds.
pub(crate) struct Expressions<'a> {
    pub(crate) tree: &'a Html,
    pub(crate) client: &'a Client,
}

impl Evaluate for Expressions<'_> {
    fn evaluate(&self, expression: &Value) -> Value {
        let part = |nth: usize| self.evaluate(&expression[nth]);
        let selection = || {
            let id = expression[1].as_str().unwrap_or_default();
            self.client.selections.get(id).cloned().unwrap_or_default()
        };
        match expression[0].as_str().unwrap_or_default() {
            "literal" => expression[1].clone(),
            // Files travel beside the arguments.
            "upload_files" => Value::Null,
            "selected_files" => selection().files.iter().map(file_value).collect(),
            "rejected_files" => selection().rejected.iter().map(rejection_value).collect(),
            // A test opens its pages for the first time.
            "unfinished_files" => json!([]),
            "upload_progress" => progress_value(&selection()),
            "is_uploading" | "is_waiting" => json!(selection().waiting.is_some()),
            "is_paused" => json!(selection().is_paused),
            "has_selection" => json!(!selection().files.is_empty()),
            "is_dragging" => json!(false),
            "value_of" => self.value_of(expression[1].as_str().unwrap_or_default()),
            "get" => part(1)[expression[2].as_str().unwrap_or_default()].clone(),
            "not" => json!(!is_true(&part(1))),
            "and" => json!(is_true(&part(1)) && is_true(&part(2))),
            "or" => json!(is_true(&part(1)) || is_true(&part(2))),
            "is" => json!(part(1) == expression[2]),
            _ => panic!("the page has an expression that filekit-test does not know: {expression}"),
        }
    }
}

impl Expressions<'_> {
    fn value_of(&self, id: &str) -> Value {
        let control = self.tree.elements().into_iter().find(|element| element.attribute("id") == Some(id));
        control.map_or(Value::Null, |control| self.client.value(control))
    }
}

/// A file as rows of lists show it. Pages read the fields that filekit names; `number` is ours.
fn file_value(ChosenFile { number, file, status }: &ChosenFile) -> Value {
    let size = file.bytes.len();
    let (status, error) = match status {
        Status::Selected => ("selected", ""),
        Status::Waiting => ("waiting", ""),
        Status::Failed(words) => ("failed", words.as_str()),
    };
    json!({
        "number": number, "name": file.name, "path": file.name, "size": size, "size_text": size_text(size as u64),
        "mime": "", "preview_url": "", "status": status, "progress": 0, "rate_text": "", "eta_text": "", "error": error,
    })
}

fn rejection_value(Rejection { name, code, message }: &Rejection) -> Value {
    json!({ "name": name, "code": code, "message": message })
}

fn progress_value(selection: &Selection) -> Value {
    let (loaded, total) = selection.waiting.unwrap_or_default();
    let percent = (100 * loaded).checked_div(total).unwrap_or_default();
    json!({ "percent": percent, "loaded": loaded, "total": total, "rate_text": "", "eta_text": "" })
}
