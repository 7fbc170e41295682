//! The language server as a process: JSON-RPC over its pipes. What is asked of it is the editor's to know.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
};

use serde_json::{Value, json};

use crate::wait::PATIENCE;

/// An error code of the protocol: the text changed while the server was thinking, so one asks again.
const CONTENT_MODIFIED: i64 = -32801;

/// A running language server; killed when dropped. It ends by itself when the process that started it is gone.
#[derive(Debug)]
pub(super) struct LanguageServer {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
}

impl LanguageServer {
    /// Starts a server that writes what it has to complain about to `log`.
    ///
    /// # Panics
    /// When it can't be started.
    pub(super) fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::create(log).expect("a log file");
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().expect("the language server starts");
        let input = process.stdin.take().expect("a pipe");
        let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self { process, input, messages, last_id: 0 }
    }

    /// Asks the server and waits for its answer.
    ///
    /// # Panics
    /// When it refuses or doesn't answer.
    pub(super) fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        loop {
            self.last_id += 1;
            let id = json!(self.last_id);
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
            let is_answer = |message: &Value| message["id"] == id && message.get("method").is_none();
            let mut answer = self.wait_for(method, |message| is_answer(message).then(|| message.clone()));
            match answer.get("error") {
                None => return answer["result"].take(),
                Some(error) if error["code"] == CONTENT_MODIFIED => {}
                Some(error) => panic!("the language server refuses {method}: {error}"),
            }
        }
    }

    /// Tells the server something.
    pub(super) fn tell(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    /// Reads messages of the server until `find` finds something in one.
    ///
    /// # Panics
    /// When that message doesn't come.
    pub(super) fn wait_for<T>(&mut self, what: &str, mut find: impl FnMut(&Value) -> Option<T>) -> T {
        loop {
            let message = self.messages.recv_timeout(PATIENCE);
            let message = message.unwrap_or_else(|error| panic!("the language server never sends {what}: {error}"));
            if let Some(found) = find(&message) {
                return found;
            }
            self.reply(&message);
        }
    }

    /// Replies to what the server asks: whatever it is, this editor has no opinion.
    fn reply(&mut self, message: &Value) {
        if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
    }

    fn send(&mut self, message: &Value) {
        let message = message.to_string();
        let sent = write!(self.input, "Content-Length: {}\r\n\r\n{message}", message.len());
        sent.and_then(|()| self.input.flush()).expect("the language server listens");
    }
}

impl Drop for LanguageServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads one message; none if the server has ended.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|count| *count > 0)?;
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut message = vec![0; length?];
    output.read_exact(&mut message).ok()?;
    serde_json::from_slice(&message).ok()
}
