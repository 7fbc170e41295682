//! Files that are made from a list which stands elsewhere, in another language or another crate. They are committed, since each
//! crate is published on its own; `write` makes them anew, `check` tells which are old.
//!
//! The lists are modules of this program as well as of their crates: so they are read by the compiler, and this program waits for
//! no other crate.

mod elements;
mod names;
mod texts;

use std::{fs, path::Path};

/// A file by its path in the workspace, with its content as it is and as it should be.
struct File {
    path: &'static str,
    old: String,
    new: String,
}

/// Writes all files whose lists have changed.
pub(crate) fn write(workspace: &Path) -> Result<(), String> {
    for File { path, new, .. } in outdated(workspace)? {
        fs::write(workspace.join(path), new).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

/// Tells whether all files are what their lists make.
pub(crate) fn check(workspace: &Path) -> Result<(), String> {
    let paths: Vec<&str> = outdated(workspace)?.iter().map(|file| file.path).collect();
    if paths.is_empty() {
        return Ok(());
    }
    Err(format!("{} differs from its list; run `cargo xtask client`", paths.join(", ")))
}

fn outdated(workspace: &Path) -> Result<Vec<File>, String> {
    let mut files = vec![
        whole(workspace, "filekit-runtime/client/src/names.ts", names::module())?,
        whole(workspace, "filekit-runtime/client/src/texts.ts", texts::module())?,
        whole(workspace, "filekit-macros/src/view/elements.rs", elements::module())?,
    ];
    let path = "filekit/docs/translation.md";
    let old = read(workspace, path)?;
    files.push(File { path, new: texts::in_guide(&old)?, old });
    files.retain(|file| file.old != file.new);
    Ok(files)
}

/// A file that is made as a whole; it need not be there yet.
fn whole(workspace: &Path, path: &'static str, new: String) -> Result<File, String> {
    let old = if workspace.join(path).exists() { read(workspace, path)? } else { String::new() };
    Ok(File { path, old, new })
}

fn read(workspace: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(workspace.join(path)).map_err(|error| format!("{path}: {error}"))
}
