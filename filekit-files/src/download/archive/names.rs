//! The names of the entries of an archive: each is there once, and none stands in the way of another.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::storage::{SafeName, SafePath};

/// The paths that an archive has so far, also where capital letters are not told apart.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Taken>);

/// What stands at a path.
#[derive(Debug)]
struct Taken {
    is_folder: bool,
    /// The number of the next one that is to be called the same.
    next: usize,
}

impl Names {
    /// The path under which a file is unpacked, which is another one than all before. What would be in the way of something
    /// else has a number: the second of two files, a file where a folder is, a folder where a file is.
    pub(super) fn unique(&mut self, path: &SafePath) -> String {
        let mut unique = String::new();
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            let is_folder = names.peek().is_some();
            unique = self.place(&unique, name, is_folder);
            if is_folder {
                unique.push('/');
            }
        }
        unique
    }

    fn place(&mut self, parent: &str, name: &str, is_folder: bool) -> String {
        let path = format!("{parent}{name}");
        let key = path.to_lowercase();
        let first = match self.0.get(&key) {
            Some(taken) if !is_folder => taken.next,
            // The files of a folder stay together, whatever it is called in the end.
            _ => 0,
        };
        // Part of a path that is safe, it is a name.
        let name = SafeName::parse(name).unwrap_or_else(|_| SafeName::nameless());
        for number in first.. {
            let candidate = if number == 0 { path.clone() } else { format!("{parent}{}", name.numbered(number)) };
            match self.0.entry(candidate.to_lowercase()) {
                Entry::Occupied(taken) if !(is_folder && taken.get().is_folder) => {}
                Entry::Occupied(_) => return candidate,
                Entry::Vacant(free) => {
                    free.insert(Taken { is_folder, next: 1 });
                    if let Some(taken) = self.0.get_mut(&key) {
                        taken.next = taken.next.max(number + 1);
                    }
                    return candidate;
                }
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique<const N: usize>(paths: [&str; N]) -> [String; N] {
        let mut names = Names::default();
        paths.map(|path| names.unique(&SafePath::parse(path).unwrap()))
    }

    #[test]
    fn names_are_unique_whatever_their_case() {
        let names = unique(["a.txt", "A.TXT", "a.txt", "a-1.txt", "É", "é"]);
        assert_eq!(names, ["a.txt", "A-1.TXT", "a-2.txt", "a-1-1.txt", "É", "é-1"]);
    }

    #[test]
    fn a_name_is_unique_in_its_folder() {
        let names = unique(["a.txt", "b/a.txt", "B/A.txt", "b/c/a.txt", r"b\c\a.txt"]);
        assert_eq!(names, ["a.txt", "b/a.txt", "B/A-1.txt", "b/c/a.txt", "b/c/a-1.txt"]);
    }

    #[test]
    fn a_file_and_a_folder_are_not_called_the_same() {
        assert_eq!(unique(["a", "a/b", "a/c", "c/d", "c"]), ["a", "a-1/b", "a-1/c", "c/d", "c-1"]);
    }

    #[test]
    fn very_many_equal_names_take_no_time() {
        let mut names = Names::default();
        let path = SafePath::parse("same.txt").unwrap();
        let all: std::collections::HashSet<String> = (0..100_000).map(|_| names.unique(&path)).collect();
        assert_eq!(all.len(), 100_000);
    }
}
