//! The rooms of `filekit-runtime` stand on floors: each uses what is below it, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. Rooms of one floor do not know each other. What stands in `lib.rs` and `private.rs` is the roof.
const FLOORS: &[&[&str]] = &[
    &["completion", "escape", "hash", "incoming", "interim", "lock", "lru", "secret", "texts", "wire"],
    &["turns"],
    &["error", "stores"],
    &["tag"],
    &["extract"],
    &["visitor"],
    &["offer"],
    &["view"],
    &["state", "patch"],
    &["instance", "event"],
    &["kit"],
    &["page"],
    &["call"],
    &["routes"],
    &["app"],
];

/// The traits that write into a `Writer`, which knows their kinds: one thought in seven files.
const LARGEST_CIRCLE: usize = 7;

/// A file, such as `page/document`, and the paths below `crate::` that it uses, such as `view::View`.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../filekit-runtime/src")
}

fn uses() -> Uses {
    let mut uses = Uses::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the source") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(source()).expect("a path below").with_extension("");
                let text = fs::read_to_string(&path).expect("a source file");
                uses.insert(name.to_string_lossy().into_owned(), paths(&text));
            }
        }
    }
    uses
}

/// The paths below `crate::` in a file, without those in comments and in its tests.
fn paths(text: &str) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    code.split("crate::").skip(1).flat_map(leaves).collect()
}

/// The paths of a tree such as `a::{B, c::{D, E}}`, which ends where no path can go on.
fn leaves(tree: &str) -> Vec<String> {
    let mut leaves = Vec::new();
    let mut prefixes = vec![String::new()];
    let mut path = String::new();
    for character in tree.chars() {
        match character {
            '{' => {
                prefixes.push(prefixes.last().cloned().unwrap_or_default() + &path);
                path.clear();
            }
            ',' | '}' if prefixes.len() > 1 => {
                if !path.is_empty() {
                    leaves.push(prefixes.last().cloned().unwrap_or_default() + &path);
                    path.clear();
                }
                if character == '}' {
                    prefixes.pop();
                }
            }
            ':' | '_' => path.push(character),
            letter if letter.is_alphanumeric() => path.push(letter),
            blank if blank.is_whitespace() && prefixes.len() > 1 => {}
            _ => break,
        }
        if prefixes.len() == 1 && path.is_empty() {
            break;
        }
    }
    if !path.is_empty() {
        leaves.push(path);
    }
    leaves.into_iter().map(|leaf| leaf.trim_end_matches(':').to_owned()).collect()
}

/// What `lib.rs` brings under another path: `FileKit` for `kit::FileKit`, `download::DownloadEvents` for that of `event`.
fn re_exports() -> BTreeMap<String, String> {
    let text = fs::read_to_string(source().join("lib.rs")).expect("lib.rs");
    let mut module = String::new();
    let mut found = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix(" {").and_then(|line| line.rsplit_once("mod ")) {
            module = format!("{}::", name.1);
        } else if line == "}" {
            module.clear();
        } else if let Some((_, path)) = line.split_once("use ")
            && !path.contains("filekit_files")
        {
            for leaf in leaves(path.trim_start_matches("crate::")) {
                let name = leaf.rsplit("::").next().unwrap_or_default().to_owned();
                found.insert(format!("{module}{name}"), leaf);
            }
        }
    }
    found
}

/// The room of a path, and its floor; nothing for what is of another crate.
fn room(path: &str) -> Option<(usize, &str)> {
    let room = path.split(['/', ':']).next()?;
    FLOORS.iter().position(|floor| floor.contains(&room)).map(|floor| (floor, room))
}

#[test]
fn each_room_uses_only_floors_below_it() {
    let re_exports = re_exports();
    let mut upwards = Vec::new();
    let mut downwards = 0;
    for (file, paths) in uses() {
        let Some((floor, own)) = room(&file) else { continue };
        for path in paths {
            let resolved = re_exports.get(&path).unwrap_or(&path);
            match room(resolved) {
                Some((_, used)) if used == own => {}
                Some((below, _)) if below < floor => downwards += 1,
                Some(_) => upwards.push(format!("{file}.rs uses {resolved}")),
                None => {}
            }
        }
    }
    assert!(upwards.is_empty(), "{upwards:#?}");
    assert!(downwards > 200, "the test reads no imports any more: {downwards}");
}

#[test]
fn every_room_stands_on_a_floor() {
    let known: BTreeSet<_> = FLOORS.iter().flat_map(|floor| floor.iter().copied()).chain(["lib", "private"]).collect();
    let rooms = uses().into_keys().map(|file| file.split('/').next().unwrap_or_default().to_owned());
    let unknown: BTreeSet<_> = rooms.filter(|room| !known.contains(room.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The file that a path is defined in, by way of the `use` lines of the `mod.rs` of its room.
fn file_of(path: &str, files: &BTreeSet<String>, names: &BTreeMap<String, String>) -> Option<String> {
    let path = names.get(path).map_or(path, String::as_str);
    let parts: Vec<&str> = path.split("::").collect();
    (1..=parts.len())
        .rev()
        .map(|length| parts[..length].join("/"))
        .find_map(|name| [name.clone(), format!("{name}/mod")].into_iter().find(|name| files.contains(name)))
}

/// `page::Proof` for `page::admission::Proof`, of each `mod.rs`.
fn names_of_rooms() -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for room in FLOORS.iter().flat_map(|floor| floor.iter()) {
        let Ok(text) = fs::read_to_string(source().join(room).join("mod.rs")) else { continue };
        for statement in
            text.split("use ").skip(1).filter(|rest| !rest.starts_with("crate") && !rest.starts_with("super"))
        {
            for leaf in leaves(statement) {
                let name = leaf.rsplit("::").next().unwrap_or_default();
                names.insert(format!("{room}::{name}"), format!("{room}::{leaf}"));
            }
        }
    }
    names
}

#[test]
fn files_of_a_room_use_each_other_in_small_circles() {
    let (uses, names) = (uses(), names_of_rooms());
    let files: BTreeSet<String> = uses.keys().cloned().collect();
    let edges: BTreeMap<&str, BTreeSet<String>> = uses
        .iter()
        .filter(|(file, _)| !file.ends_with("mod") && room(file).is_some())
        .map(|(file, paths)| {
            let used = paths.iter().filter_map(|path| file_of(path, &files, &names));
            (file.as_str(), used.filter(|used| used != file && !used.ends_with("mod")).collect())
        })
        .collect();
    let reached = |from: &str| {
        let mut reached = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(file) = next.pop() {
            for used in edges.get(file.as_str()).into_iter().flatten() {
                if reached.insert(used.clone()) {
                    next.push(used.clone());
                }
            }
        }
        reached
    };
    let reach: BTreeMap<&str, BTreeSet<String>> = edges.keys().map(|file| (*file, reached(file))).collect();
    let circles = reach.iter().map(|(file, reached)| {
        let back = reached.iter().filter(|other| reach.get(other.as_str()).is_some_and(|way| way.contains(*file)));
        back.cloned().collect::<Vec<_>>()
    });
    let largest = circles.max_by_key(Vec::len).unwrap_or_default();
    assert!(largest.len() <= LARGEST_CIRCLE, "{largest:#?}");
    assert!(largest.contains(&"view/writer".to_owned()), "the test finds no circle any more: {largest:?}");
}
