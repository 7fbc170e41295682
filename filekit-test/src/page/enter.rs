//! Choosing files for uploads, and entering values into controls.

use serde_json::{Value, json};

use crate::File;
use crate::html::{Element, Html};
use crate::names::missing;
use crate::page::Page;
use crate::page::client::{ChosenFile, Rejection, Status, key, option_value};
use crate::page::controls::{control_names, is_checked, is_entered, is_file_input};
use crate::page::rules::{Rules, words};

/// The outcome of a choice of files.
struct Choice {
    has_added: bool,
    has_refused: bool,
}

/// Choosing and entering.
impl Page {
    /// Chooses files for an upload: by its id, or by its label. Those that break its rules are refused, as a browser does it, and their
    /// words are among the [messages](Self::messages) unless the page shows them.
    ///
    /// # Panics
    ///
    /// If there is no such upload, or it takes no files at the moment.
    #[track_caller]
    pub fn choose(&mut self, upload: &str, files: impl IntoIterator<Item = File>) -> &mut Self {
        let shown = self.shown();
        let chain = self.control(&shown, upload, "upload", is_file_input);
        let input = chain[chain.len() - 1];
        if input.has("disabled") {
            self.fail(&format!("the upload {upload:?} takes no files: it is disabled"));
        }
        let zone = chain.iter().rev().find(|element| element.has("data-filekit-upload"));
        let Choice { has_added, has_refused } = self.add_files(input, zone.copied(), files);
        if let Some(zone) = zone {
            for (happened, event) in [(has_added, "drop"), (has_refused, "drop-rejected")] {
                if happened {
                    self.due.push(zone, event);
                }
            }
        }
        self
    }

    /// Adds files to a selection, as far as they are new and the rules let them in.
    fn add_files(&mut self, input: &Element, zone: Option<&Element>, files: impl IntoIterator<Item = File>) -> Choice {
        let id = key(input);
        let declared = |name| {
            let json = zone.and_then(|zone| zone.attribute(name)).unwrap_or("{}");
            serde_json::from_str::<Value>(json).unwrap_or_default()
        };
        let is_single = !input.has("multiple");
        let replaces = is_single || zone.is_none() || declared("data-filekit-options")["replace"] == true;
        let rules = Rules { declared: declared("data-filekit-rules"), is_single, texts: &self.document.texts };
        let before = if replaces { Vec::new() } else { self.client.selection(&id).files.clone() };
        let (mut taken, mut refused) = (before.clone(), Vec::new());
        for file in files {
            let sizes: Vec<usize> = taken.iter().map(|chosen| chosen.file.bytes.len()).collect();
            if taken.iter().any(|chosen| chosen.file == file) {
                self.messages.push(words(rules.texts, "client.already-selected", &[("name", &file.name)]));
            } else if let Some(rejection) = rules.refusal(&file, &sizes) {
                refused.push(rejection);
            } else {
                taken.push(ChosenFile { number: self.client.next_number(), file, status: Status::Selected });
            }
        }
        let choice = Choice { has_added: taken.len() > before.len(), has_refused: !refused.is_empty() };
        self.tell_refused(&id, &refused);
        let selection = self.client.selection(&id);
        selection.rejected = refused;
        if choice.has_added {
            selection.files = taken;
        }
        choice
    }

    /// Says why files were refused, unless the page lists them.
    fn tell_refused(&mut self, id: &str, refused: &[Rejection]) {
        let list = json!(["rejected_files", id]).to_string();
        let elements = self.document.tree.elements();
        let is_listed = elements.iter().any(|element| element.attribute("data-filekit-for") == Some(&*list));
        if !is_listed {
            for rejection in refused {
                if !self.messages.contains(&rejection.message) {
                    self.messages.push(rejection.message.clone());
                }
            }
        }
    }

    /// Enters a text into an input: by its label, its accessible name, its placeholder, its id or its name.
    ///
    /// # Panics
    ///
    /// If there is no such input, or it is disabled.
    #[track_caller]
    pub fn fill(&mut self, input: &str, text: &str) -> &mut Self {
        let is_text = |element: &Element| is_entered(element) && !is_checked(element) && element.name() != "select";
        self.enter(input, "input", is_text, |_| json!(text))
    }

    /// Checks a checkbox, or chooses a radio button.
    ///
    /// # Panics
    ///
    /// If there is none of that name, or it is disabled.
    #[track_caller]
    pub fn check(&mut self, name: &str) -> &mut Self {
        let shown = self.shown();
        let chain = self.control(&shown, name, "checkbox", is_checked);
        let chosen = chain[chain.len() - 1];
        let is_radio = |element: &&Element| element.attribute("type") == Some("radio");
        let is_of_group = |element: &&Element| element.attribute("name") == chosen.attribute("name");
        if is_radio(&chosen) {
            for other in shown.elements().into_iter().filter(is_radio).filter(is_of_group) {
                self.client.enter(other, json!(false));
            }
        }
        self.enter(name, "checkbox", is_checked, |_| json!(true))
    }

    /// Takes the check out of a checkbox.
    ///
    /// # Panics
    ///
    /// As [`check`](Self::check).
    #[track_caller]
    pub fn uncheck(&mut self, name: &str) -> &mut Self {
        self.enter(name, "checkbox", is_checked, |_| json!(false))
    }

    /// Chooses an option of a select, by the text or the value of the option.
    ///
    /// # Panics
    ///
    /// If there is no such select, or it has no such option, or it is disabled.
    #[track_caller]
    pub fn select(&mut self, name: &str, option: &str) -> &mut Self {
        let shown = self.shown();
        let is_select = |element: &Element| element.name() == "select";
        let chain = self.control(&shown, name, "select", is_select);
        let select = chain[chain.len() - 1];
        let options = select.named("option");
        let found = options.iter().find(|one| one.text() == option || option_value(one) == option);
        let Some(found) = found else {
            let texts: Vec<String> = options.iter().map(|option| option.text()).collect();
            self.fail(&missing("option", option, &texts));
        };
        let value = option_value(found);
        self.enter(name, "select", is_select, |select| match select.has("multiple") {
            true => json!([value]),
            false => json!(value),
        })
    }

    #[track_caller]
    fn enter(
        &mut self,
        name: &str,
        kind: &str,
        matches: impl Fn(&Element) -> bool,
        value: impl FnOnce(&Element) -> Value,
    ) -> &mut Self {
        let shown = self.shown();
        let chain = self.control(&shown, name, kind, matches);
        let control = chain[chain.len() - 1];
        if control.has("disabled") || control.has("readonly") {
            self.fail(&format!("the {kind} {name:?} cannot be changed: it is disabled or only to be read"));
        }
        self.client.enter(control, value(control));
        for event in ["input", "change"] {
            let attribute = format!("data-filekit-on-{event}");
            if let Some(holder) = chain.iter().rev().find(|element| element.has(&attribute)) {
                self.due.push(holder, event);
            }
        }
        self
    }

    /// Finds a control by one of its names: with the elements around it, the outermost first.
    #[track_caller]
    fn control<'a>(
        &self,
        shown: &'a Html,
        name: &str,
        kind: &str,
        matches: impl Fn(&Element) -> bool,
    ) -> Vec<&'a Element> {
        let chains = shown.chains(matches);
        let names: Vec<Vec<String>> = chains.iter().map(|chain| control_names(shown, chain[chain.len() - 1])).collect();
        let is_id = |nth: &usize| chains[*nth].last().and_then(|control| control.attribute("id")) == Some(name);
        let mut found: Vec<usize> = (0..chains.len()).filter(is_id).collect();
        if found.is_empty() {
            found.extend((0..chains.len()).filter(|nth| names[*nth].iter().any(|one| one == name)));
        }
        match found.as_slice() {
            [one] => chains[*one].clone(),
            [] => {
                // An upload is called by its id, since most have the same label.
                let first = |names: &Vec<String>| names.first().cloned().unwrap_or_default();
                let called: Vec<String> = match kind {
                    "upload" => chains.iter().filter_map(|chain| chain.last()).map(|input| key(input)).collect(),
                    _ => names.iter().map(first).collect(),
                };
                self.fail(&missing(kind, name, &called))
            }
            several => {
                let ids = several.iter().filter_map(|nth| chains[*nth].last()).map(|control| key(control));
                let ids: Vec<String> = ids.map(|id| format!("{id:?}")).collect();
                self.fail(&format!("the {kind} {name:?} is one of several; name it by its id: {}", ids.join(", ")))
            }
        }
    }
}
