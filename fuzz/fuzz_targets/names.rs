//! Names of files: whatever a client sends is refused or becomes safe, once and for all, and so does what is made of it.
//!
//! The input is a name or a path; each of its lines is also taken for the path of an entry of an archive.

#![no_main]

use std::collections::HashSet;
use std::path::{Component, Path};

use filekit_files::download::fuzzing::unique_names;
use filekit_files::storage::fuzzing::{key, numbered, to_save, with_extension};
use filekit_files::storage::{FileKey, SafeName, SafePath};
use filekit_fuzz::assert_safe_name;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (name, path) = (SafeName::parse(text), SafePath::parse(text));
    assert_eq!(name.is_ok(), path.is_ok());
    if let (Ok(name), Ok(path)) = (&name, &path) {
        assert_eq!(path.name(), *name);
        check_path(path, text);
        check_name(name, text);
        check_key(name);
    }
    check_recognised(text, name.is_ok_and(|name| name.as_str() == text));
    check_archive(text);
});

fn check_path(path: &SafePath, text: &str) {
    for name in path.split('/') {
        assert_safe_name(name, &text);
    }
    assert!(path.split('/').count() <= 32);
    assert_eq!(SafePath::parse(path).as_ref().ok(), Some(path), "of {text:?}");
    for extension in ["heic", "webp"] {
        let renamed = with_extension(path, extension);
        assert_eq!(SafePath::parse(&renamed).as_ref().ok(), Some(&renamed), "of {text:?}");
        assert!(renamed.ends_with(extension), "{renamed}");
    }
}

fn check_name(name: &SafeName, text: &str) {
    let made = [name.clone(), numbered(name, 1), numbered(name, usize::MAX), to_save(name)];
    for made in &made {
        assert_safe_name(made, &text);
        assert_eq!(SafeName::parse(made).as_ref().ok(), Some(made), "of {text:?}");
    }
    assert!(made[3].len() <= 230);
    // A long name that ends with a number may come out as it was, but not with every number.
    assert!(made[0] != made[1] || made[0] != numbered(name, 2), "{name:?}");
}

/// A stored file is found under its key, and shown under its name.
fn check_key(name: &SafeName) {
    let key = key(name).expect("random numbers");
    assert_safe_name(key.as_str(), name);
    assert_eq!(FileKey::parse(key.as_str()).as_ref(), Some(&key));
    if name.len() + 13 <= 255 {
        assert_eq!(key.name(), name.as_str());
    }
}

fn check_recognised(text: &str, is_safe: bool) {
    let key = FileKey::parse(text);
    assert!(key.is_some() || !is_safe, "{text:?} is a safe name and no key");
    if let Some(key) = key {
        assert_eq!(key.as_str(), text);
        let components: Vec<_> = Path::new(text).components().collect();
        assert!(components.iter().all(|component| matches!(component, Component::Normal(_))), "{text:?}");
        // A file system would take `a//b` and `a/./b` for the same place.
        let names: Vec<&str> = text.split('/').collect();
        assert_eq!(components.len(), names.len(), "{text:?}");
        assert!(names.len() <= 17 && text.len() <= 512 + 1 + 255 && !text.contains('\\'), "{text:?}");
        assert!(names.iter().all(|name| name.len() <= 255 && !name.starts_with('.')), "{text:?}");
        assert_eq!(key.folder().as_str(), names[..names.len() - 1].join("/"));
    }
}

/// Each entry of an archive has a place of its own, also where capital letters are not told apart.
fn check_archive(text: &str) {
    let paths: Vec<SafePath> = text.lines().take(20).filter_map(|line| SafePath::parse(line).ok()).collect();
    let names = unique_names(&paths);
    let mut seen = HashSet::new();
    for name in &names {
        assert!(seen.insert(name.to_lowercase()), "{name:?} is there twice: {names:?}");
        assert_eq!(SafePath::parse(name).expect("it is safe").as_str(), name);
    }
    for name in &names {
        let folders = name.match_indices('/').map(|(at, _)| name[..at].to_lowercase());
        assert!(folders.into_iter().all(|folder| !seen.contains(&folder)), "{name:?} is in a file: {names:?}");
    }
}
