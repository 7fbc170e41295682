//! An editor with rust-analyzer, used as a person would: type, complete, look at the documentation, go to a definition,
//! rename. It shows one file of one small program.

mod project;
mod server;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use self::{project::Project, server::LanguageServer};

/// Where the cursor is, in text that is typed.
const CURSOR: &str = "$0";

/// An editor in which one file is open.
#[derive(Debug)]
pub struct Editor {
    server: LanguageServer,
    project: Project,
    version: u64,
    text: String,
    cursor: usize,
}

/// A place to which an editor jumps.
#[derive(Debug)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line in it, without indentation.
    pub line: String,
}

impl Editor {
    /// Starts the server on a program that depends on filekit and waits until it has read all of it. `temporary` is the
    /// folder that cargo has for tests, in its target folder.
    ///
    /// # Panics
    /// When there is no rust-analyzer; the message says how to get it.
    pub fn open(temporary: &Path) -> Self {
        let mut command = Command::new(project::rust_analyzer());
        let project = Project::new(temporary);
        command.current_dir(project.folder());
        let mut server = LanguageServer::start(&mut command, &project.folder().join("server.log"));
        server.ask("initialize", &introduction(&project));
        server.tell("initialized", &json!({}));
        let document = json!({ "uri": project.uri(), "languageId": "rust", "version": 0, "text": "" });
        server.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        server.wait_for("that it is ready", |message| {
            let status = &message["params"];
            let is_ready = message["method"] == "experimental/serverStatus" && status["quiescent"] == true;
            assert!(!is_ready || status["health"] != "error", "the language server is not well: {status}");
            is_ready.then_some(())
        });
        Self { server, project, version: 0, text: String::new(), cursor: 0 }
    }

    /// Replaces the text of the file; `$0` in it is where the cursor is.
    pub fn type_text(&mut self, text: &str) {
        self.cursor = text.find(CURSOR).unwrap_or(0);
        self.text = text.replacen(CURSOR, "", 1);
        self.version += 1;
        let document = json!({ "uri": self.project.uri(), "version": self.version });
        let changes = json!([{ "text": self.text }]);
        self.server.tell("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// What is offered for completion at the cursor: names alone, without parentheses and types.
    pub fn complete(&mut self) -> Vec<String> {
        let answer = self.ask_at_cursor("textDocument/completion", json!({}));
        let items = answer["items"].as_array().or(answer.as_array()).cloned().unwrap_or_default();
        let labels = items.iter().filter_map(|item| item["label"].as_str());
        labels.map(|label| label.split(['(', ' ', '…']).next().unwrap_or_default().to_owned()).collect()
    }

    /// What is shown about the name at the cursor, as Markdown; empty if nothing is.
    pub fn hover(&mut self) -> String {
        let answer = self.ask_at_cursor("textDocument/hover", json!({}));
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// Where the name at the cursor is defined.
    pub fn definitions(&mut self) -> Vec<Place> {
        let answer = self.ask_at_cursor("textDocument/definition", json!({}));
        let places = answer.as_array().cloned().unwrap_or_default();
        places.iter().map(|place| self.place(place)).collect()
    }

    /// Renames what is at the cursor and returns the text as it is then.
    pub fn rename(&mut self, name: &str) -> String {
        let answer = self.ask_at_cursor("textDocument/rename", json!({ "newName": name }));
        let changes = answer["documentChanges"].as_array().cloned().unwrap_or_default();
        let mut edits = Vec::new();
        for change in &changes {
            assert_eq!(change["textDocument"]["uri"], self.project.uri(), "only the open file changes");
            for edit in change["edits"].as_array().into_iter().flatten() {
                let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
                let text = edit["newText"].as_str().unwrap_or_default();
                edits.push((self.offset(start), self.offset(end), text.to_owned()));
            }
        }
        // The last one first, so that the others stay where they are.
        edits.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
        let mut text = self.text.clone();
        for (start, end, new) in edits {
            text.replace_range(start..end, &new);
        }
        text
    }

    /// What the server itself has to complain about, each with the line that it is about.
    pub fn diagnostics(&mut self) -> Vec<String> {
        let document = json!({ "textDocument": { "uri": self.project.uri() } });
        let answer = self.server.ask("textDocument/diagnostic", &document);
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let described = items.iter().map(|item| {
            let start = self.offset(&item["range"]["start"]);
            let line = self.text[..start].rsplit('\n').next().unwrap_or_default().len();
            let line = self.text[start - line..].lines().next().unwrap_or_default().trim();
            format!("{line}: {}", item["message"].as_str().unwrap_or_default())
        });
        described.collect()
    }

    fn ask_at_cursor(&mut self, method: &str, mut parameters: Value) -> Value {
        let before = &self.text[..self.cursor];
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().len();
        parameters["textDocument"] = json!({ "uri": self.project.uri() });
        parameters["position"] = json!({ "line": line, "character": column });
        self.server.ask(method, &parameters)
    }

    /// The place in the text that the server calls by line and column.
    fn offset(&self, position: &Value) -> usize {
        let number = |key: &str| position[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let (line, column) = (number("line").expect("a line"), number("character").expect("a column"));
        self.text.split_inclusive('\n').take(line).map(str::len).sum::<usize>() + column
    }

    fn place(&self, place: &Value) -> Place {
        let uri = place["targetUri"].as_str().or(place["uri"].as_str()).expect("a file");
        let range = place.get("targetSelectionRange").or(place.get("range")).expect("a range");
        let file = url::Url::parse(uri).ok().and_then(|url| url.to_file_path().ok()).expect("a path");
        let text = match uri == self.project.uri() {
            true => self.text.clone(),
            false => std::fs::read_to_string(&file).expect("a file of Rust"),
        };
        let line = range["start"]["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
        Place { line: text.lines().nth(line).unwrap_or_default().trim().to_owned(), file }
    }
}

/// What an editor says of itself first.
fn introduction(project: &Project) -> Value {
    json!({
        "processId": std::process::id(),
        "rootUri": project.folder_uri(),
        "workspaceFolders": [{ "uri": project.folder_uri(), "name": "page" }],
        "capabilities": {
            // Then columns are bytes, as in Rust.
            "general": { "positionEncodings": ["utf-8"] },
            "textDocument": {
                "definition": { "linkSupport": true },
                "diagnostic": {},
                "hover": { "contentFormat": ["markdown"] },
            },
            "experimental": { "serverStatusNotification": true },
        },
        "initializationOptions": project.options(),
    })
}
