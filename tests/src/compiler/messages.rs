//! What the compiler says, in the form in which it is recorded: without what depends on the place of the repository and of the
//! toolchain, and without what changes with each change of the libraries, as the numbers of their lines.

use std::path::Path;

use serde_json::Value;

/// How many of the types that implement a trait are recorded; how many there are depends on the libraries.
const OTHER_TYPES: usize = 8;

/// The folders that have names in what is recorded.
#[derive(Debug)]
pub(super) struct Place {
    tests: String,
    workspace: String,
}

impl Place {
    /// `tests` is the folder of this crate.
    pub(super) fn new(tests: &Path) -> Self {
        let workspace = tests.parent().expect("it lies in the workspace");
        Self { tests: format!("{}/", tests.display()), workspace: format!("{}/", workspace.display()) }
    }
}

/// All messages about a program, which are objects as rustc prints them.
pub(super) fn normalized(messages: &[Value], program: &str, place: &Place) -> String {
    let mut all = String::new();
    let is_another = |(nth, message): &(usize, &Value)| !messages[..*nth].contains(message);
    for (_, message) in messages.iter().enumerate().filter(is_another) {
        if message["level"] == "failure-note" {
            continue;
        }
        let rendered = message["rendered"].as_str().unwrap_or_default();
        let text = unindented(&without_places(rendered, program, place));
        let separator = if all.is_empty() || text.trim_end().is_empty() { "" } else { "\n" };
        all.push_str(separator);
        all.extend(Some(text.trim_end()).filter(|text| !text.is_empty()).map(|text| format!("{text}\n")));
    }
    all
}

/// Takes out what is not the same everywhere.
fn without_places(rendered: &str, program: &str, place: &Place) -> String {
    let mut normalized = String::new();
    // In a piece of code from outside, the numbers of its lines are left out.
    let mut is_outside = false;
    let mut other_types = None;
    for line in rendered.lines() {
        is_outside &= line.trim_start().starts_with(|first: char| first.is_ascii_digit() || "|.".contains(first));
        let mut line = if is_outside { without_number(line) } else { line.to_owned() };
        if let Some(at) = ["--> ", "::: "].iter().find_map(|arrow| line.trim_start().strip_prefix(arrow)) {
            let indent = line.len() - at.len();
            let place = placed(at, place);
            is_outside = !place.starts_with(program);
            let place = if is_outside {
                place.trim_end_matches(|last: char| last.is_ascii_digit() || last == ':')
            } else {
                &place
            };
            line.replace_range(indent.., place);
        } else if is_left_out(&line) || is_one_type_too_many(&mut line, &mut other_types) {
            continue;
        }
        let line = line.replace(&place.tests, "$DIR/").replace(&place.workspace, "$WORKSPACE/");
        if !(line.is_empty() && normalized.ends_with("\n\n")) {
            normalized.push_str(line.trim_end());
            normalized.push('\n');
        }
    }
    normalized
}

/// The path of a file, from a folder that has a name.
fn placed(path: &str, place: &Place) -> String {
    if let Some(path) = path.strip_prefix(&place.tests) {
        return path.to_owned();
    }
    if let Some(path) = path.strip_prefix(&place.workspace) {
        return format!("$WORKSPACE/{path}");
    }
    if let Some((_, path)) = path.split_once("/rustlib/src/rust/library/") {
        return format!("$RUST/{path}");
    }
    // The compiler runs where cargo has it compile the workspace.
    let Some((_, path)) = path.split_once("/registry/src/") else { return format!("$WORKSPACE/{path}") };
    // index.crates.io-0123/serde_json-1.0.64/src/de.rs
    let [_, package, path] = path.splitn(3, '/').collect::<Vec<_>>()[..] else { return path.to_owned() };
    let name = package.rsplit_once('-').map_or(package, |(name, _)| name);
    format!("$CARGO/{name}-$VERSION/{path}")
}

fn without_number(line: &str) -> String {
    let number = line.len() - line.trim_start_matches(|first: char| first == ' ' || first.is_ascii_digit()).len();
    format!("{:number$}{}", "", &line[number..])
}

/// Whether a line says nothing of the mistake.
fn is_left_out(line: &str) -> bool {
    let starts = [
        "error: aborting due to ",
        "For more information about this error, try ",
        "For more information about an error, try ",
        "Some errors have detailed explanations:",
        "the full name for the type has been written to",
        "the full type name has been written to",
    ];
    let text = line.trim_start();
    let text = text.strip_prefix("= note: ").unwrap_or(text);
    starts.iter().any(|start| text.starts_with(start))
}

/// Whether a line stands in a list of types that is too long. What stands in place of the rest is written into the line.
fn is_one_type_too_many(line: &mut String, count: &mut Option<usize>) -> bool {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    if text.starts_with("= help: the following types implement trait ")
        || text.starts_with("= help: the following other types implement trait ")
    {
        *count = Some(0);
    } else if let Some(types) = count {
        if indent < 12 {
            *count = None;
            return false;
        }
        *types += 1;
        if *types == OTHER_TYPES + 1 {
            line.replace_range(indent - 2.., "and $N others");
        }
        return *types > OTHER_TYPES + 1;
    }
    false
}

/// What a line of a message is.
#[derive(Clone, Copy)]
enum Kind {
    /// Of code, or of what belongs to it, with so many blanks that could be taken out.
    Code(usize),
    /// An entry of a list, far from the margin.
    Entry,
    /// Of words.
    Words,
}

/// Takes out the blanks that make room for numbers of lines, where such numbers were left out.
fn unindented(message: &str) -> String {
    let kinds: Vec<Kind> = message.lines().map(kind).collect();
    let spare = kinds.iter().filter_map(|kind| if let Kind::Code(blanks) = kind { Some(*blanks) } else { None }).min();
    let mut text = String::new();
    for (line, kind) in message.lines().zip(kinds) {
        match (kind, line.find(' ')) {
            (Kind::Code(_) | Kind::Entry, Some(blank)) => {
                text.push_str(&line[..blank]);
                text.push_str(&line[blank + spare.unwrap_or_default()..]);
            }
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

fn kind(line: &str) -> Kind {
    if let Some(rest) = line.strip_prefix("... ") {
        return Kind::Code(rest.len() - rest.trim_start_matches(' ').len());
    }
    let behind_blanks = line.trim_start_matches(' ');
    let rest = behind_blanks.trim_start_matches(|first: char| first.is_ascii_digit());
    let digits = behind_blanks.len() - rest.len();
    let blanks = line.len() - digits - rest.trim_start_matches(' ').len();
    let rest = rest.trim_start_matches(' ');
    let is = |mark: &str| rest == mark || rest.strip_prefix(mark).is_some_and(|rest| rest.starts_with(' '));
    let is_code = is("|") || (digits > 0 && (is("~") || is("+") || is("-")));
    let is_of_code = digits == 0 && (is("-->") || is(":::") || is("="));
    match blanks {
        1.. if is_code || is_of_code => Kind::Code(blanks - 1),
        11.. if digits == 0 => Kind::Entry,
        _ => Kind::Words,
    }
}
