//! House rules for text that no compiler checks: first lines, left-over words, paths of a single machine, long files.
//! Not for formatting, which rustfmt and clippy look after.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::steps::say;

/// Folders with nothing that people wrote.
const SKIPPED: &[&str] = &["target", "node_modules", ".git", "build", "dist", "uploaded_files"];

/// Words of unfinished work. Split, so that this file passes its own check.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

/// Beginnings of paths that exist on one machine only.
const OF_A_MACHINE: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

/// Past this a file is reported: it should be split, or say why not.
const LONG: usize = 400;

/// Checks every text file of the workspace and reports everything that it finds.
pub(crate) fn check(workspace: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    collect(workspace, &mut files).map_err(|error| error.to_string())?;
    files.sort();
    let mut findings = Vec::new();
    for file in &files {
        let name = file.strip_prefix(workspace).unwrap_or(file).to_string_lossy();
        // What isn't text is none of our business.
        if let Ok(text) = fs::read_to_string(file) {
            findings.extend(look_at(&name, &text).into_iter().map(|finding| format!("{name}{finding}")));
        }
    }
    for finding in &findings {
        say(finding);
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(format!("{count} findings in {} files", files.len())),
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let skipped = SKIPPED.iter().any(|skipped| entry.file_name() == *skipped);
        if entry.file_type()?.is_dir() {
            if !skipped {
                collect(&entry.path(), files)?;
            }
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// What is wrong with one file: a line number where there is one, then what.
fn look_at(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let first = text.lines().next().unwrap_or_default();
    let beginnings = first_line(name);
    if !beginnings.is_empty() && !beginnings.iter().any(|beginning| first.starts_with(beginning)) {
        findings.push(format!(": the first line should begin with `{}` and say what the file is for", beginnings[0]));
    }
    let generated = name.ends_with(".lock") || name.ends_with("package-lock.json");
    for (number, line) in text.lines().enumerate().filter(|_| !generated) {
        findings.extend(look_at_line(line).map(|what| format!(":{}: {what}", number + 1)));
    }
    let lines = text.lines().count();
    if is_source(name) && lines > LONG {
        say(format_args!("{name} has {lines} lines, should it be split?"));
    }
    findings
}

fn look_at_line(line: &str) -> impl Iterator<Item = String> {
    let unfinished = UNFINISHED.iter().filter(|word| line.contains(*word)).map(|word| format!("has a {word}"));
    let paths = OF_A_MACHINE.iter().filter(|path| line.contains(*path)).map(|path| format!("names {path}"));
    unfinished.chain(paths).collect::<Vec<_>>().into_iter()
}

/// How the first line of a file of this kind may begin. Cases in `tests/ui` say what they are for by their names.
fn first_line(name: &str) -> &'static [&'static str] {
    if name.starts_with("tests/ui/") {
        &[]
    } else if name.ends_with(".rs") {
        &["//! ", "#![doc = include_str!("]
    } else if name.ends_with(".ts") {
        &["/**", "// "]
    } else {
        &[]
    }
}

fn is_source(name: &str) -> bool {
    name.ends_with(".rs") || name.ends_with(".ts") || name.ends_with(".css")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_file_starts_with_what_it_is_for() {
        assert_eq!(look_at("a.rs", "//! Adds numbers.\n"), Vec::<String>::new());
        assert_eq!(look_at("a.rs", "use std::fs;\n").len(), 1);
        assert_eq!(look_at("a.rs", "#![doc = include_str!(\"../README.md\")]\n"), Vec::<String>::new());
        assert_eq!(look_at("a.ts", "import x from 'x'\n").len(), 1);
        assert_eq!(look_at("tests/ui/view/fail/unknown_tag.rs", "use filekit;\n"), Vec::<String>::new());
    }

    #[test]
    fn words_of_unfinished_work_and_paths_of_a_machine_are_found_with_their_line() {
        let unfinished = UNFINISHED[0];
        let path = OF_A_MACHINE[0];
        let text = format!("a line\n# {unfinished}: later\nsee {path}me/x\n");
        let findings = look_at("a.toml", &text);
        assert_eq!(findings, [format!(":2: has a {unfinished}"), format!(":3: names {path}")]);
    }
}
