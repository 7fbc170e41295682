//! What every storage lists.

use filekit::storage::{Listed, Listing, Storage};
use futures_util::TryStreamExt as _;

use super::contract::create;

/// Those of a storage that keeps keys in order, whatever their order was.
const KEYS: [&str; 9] =
    ["0.txt", "a/a.txt", "a/b/c.txt", "a/b/d.txt", "a/c.txt", "aa/a.txt", "b.txt", "z/y/x.txt", "\u{e9}.txt"];

async fn filled(storage: &impl Storage) {
    for key in KEYS.iter().rev() {
        create(storage, key, key.as_bytes()).await;
    }
}

/// The keys of a listing; those of folders end with a slash.
async fn keys(storage: &impl Storage, listing: Listing) -> Vec<String> {
    let listed: Vec<Listed> = storage.list(&listing).try_collect().await.expect("a list");
    let text = |listed: Listed| match listed {
        Listed::File(key, found) => {
            assert_eq!(found.size, key.as_str().len() as u64, "{key}");
            key.to_string()
        }
        Listed::Folder(folder) => folder.as_prefix().to_owned(),
    };
    listed.into_iter().map(text).collect()
}

fn prefix(prefix: &str) -> Listing {
    let mut listing = Listing::default();
    prefix.clone_into(&mut listing.prefix);
    listing
}

fn level(folder: &str) -> Listing {
    let mut listing = prefix(folder);
    listing.one_level = true;
    listing
}

pub(super) async fn files_are_listed_in_the_order_of_their_keys(storage: impl Storage) {
    assert_eq!(keys(&storage, Listing::default()).await, [""; 0]);
    filled(&storage).await;
    assert_eq!(keys(&storage, Listing::default()).await, KEYS);
}

pub(super) async fn a_listing_begins_with_its_prefix(storage: impl Storage) {
    filled(&storage).await;
    for (text, wanted) in [
        ("a/", &KEYS[1..5]),
        ("a", &KEYS[1..6]),
        ("a/b", &KEYS[2..4]),
        ("a/b/", &KEYS[2..4]),
        ("a/b/c.txt", &KEYS[2..3]),
        ("z", &KEYS[7..8]),
        ("nothing/", &[]),
        ("b.txt/", &[]),
    ] {
        assert_eq!(keys(&storage, prefix(text)).await, wanted, "{text}");
    }
}

pub(super) async fn a_listing_goes_on_behind_a_key(storage: impl Storage) {
    filled(&storage).await;
    for nth in 0..KEYS.len() {
        let mut listing = Listing::default();
        KEYS[nth].clone_into(&mut listing.after);
        assert_eq!(keys(&storage, listing).await, KEYS[nth + 1..], "{}", KEYS[nth]);
    }
    let mut listing = prefix("a/");
    // It need not be there.
    "a/b/cc".clone_into(&mut listing.after);
    assert_eq!(keys(&storage, listing).await, KEYS[3..5]);
}

pub(super) async fn a_level_has_folders_and_files(storage: impl Storage) {
    filled(&storage).await;
    let root = ["0.txt", "a/", "aa/", "b.txt", "z/", "\u{e9}.txt"];
    assert_eq!(keys(&storage, level("")).await, root);
    assert_eq!(keys(&storage, level("a/")).await, ["a/a.txt", "a/b/", "a/c.txt"]);
    assert_eq!(keys(&storage, level("z/")).await, ["z/y/"]);
    assert_eq!(keys(&storage, level("nothing/")).await, [""; 0]);
    for nth in 0..root.len() {
        let mut listing = level("");
        root[nth].clone_into(&mut listing.after);
        assert_eq!(keys(&storage, listing).await, root[nth + 1..], "{}", root[nth]);
    }
}

/// Not so in SeaweedFS 4.48, which has the keys of a folder before those that go on with a character below the slash.
pub(super) async fn a_folder_stands_where_its_keys_do(storage: impl Storage) {
    for key in ["a0.txt", "a/x.txt", "a.txt", "a b.txt"] {
        create(&storage, key, key.as_bytes()).await;
    }
    assert_eq!(keys(&storage, Listing::default()).await, ["a b.txt", "a.txt", "a/x.txt", "a0.txt"]);
    assert_eq!(keys(&storage, level("")).await, ["a b.txt", "a.txt", "a/", "a0.txt"]);
}

pub(super) async fn a_prefix_that_is_a_place_lists_nothing(storage: impl Storage) {
    filled(&storage).await;
    for text in ["../", "a/../", "/", "/etc/", ".filekit/", ".", "a//", "./a/"] {
        assert_eq!(keys(&storage, prefix(text)).await, [""; 0], "{text}");
        assert_eq!(keys(&storage, level(text)).await, [""; 0], "{text}");
    }
}
