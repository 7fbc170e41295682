//! What every storage does with files.

use std::io::ErrorKind;

use filekit::storage::{FileKey, FileMetadata, StagedFile, Storage};
use filekit_tests::patterned;
use futures_util::{TryStreamExt as _, future::join_all};

pub(super) fn key(text: &str) -> FileKey {
    FileKey::parse(text).unwrap_or_else(|| panic!("{text:?} is a key"))
}

/// Keeps a file.
pub(super) async fn create(storage: &impl Storage, key_text: &str, content: &[u8]) -> FileMetadata {
    let file = StagedFile::of_bytes(content.to_vec(), "text/plain");
    storage.create(&key(key_text), &file).await.unwrap_or_else(|error| panic!("{key_text}: {error}"))
}

/// The bytes of a file of which this is known.
async fn read(storage: &impl Storage, key: &FileKey, found: &FileMetadata, range: std::ops::Range<u64>) -> Vec<u8> {
    let chunks = storage.read(key, found, range).await.expect("bytes");
    chunks.try_collect::<Vec<_>>().await.expect("all of them").concat()
}

/// All bytes of a file.
pub(super) async fn content(storage: &impl Storage, key_text: &str) -> Option<Vec<u8>> {
    let key = key(key_text);
    let found = storage.find(&key).await.expect("a storage that answers")?;
    match found.size {
        0 => Some(Vec::new()),
        size => Some(read(storage, &key, &found, 0..size).await),
    }
}

pub(super) async fn a_file_comes_back_whole_and_in_parts(storage: impl Storage) {
    for size in [0, 1, 4_096, 100_000] {
        let (text, bytes) = (format!("file-{size}.bin"), patterned(size));
        let made = create(&storage, &text, &bytes).await;
        let found = storage.find(&key(&text)).await.expect("a storage that answers").expect("a file");
        assert_eq!((found.size, &found.version), (size as u64, &made.version));
        assert!(found.modified.elapsed().map_or(true, |age| age.as_secs() < 60), "{found:?}");
        assert!(content(&storage, &text).await.as_deref() == Some(&bytes[..]), "{size}");
        for range in [0..1, size / 2..size, size.saturating_sub(1)..size] {
            if !range.is_empty() && range.end <= size {
                let read = read(&storage, &key(&text), &found, range.start as u64..range.end as u64).await;
                assert!(read == bytes[range.clone()], "{range:?} of {size}");
            }
        }
    }
    assert_eq!(content(&storage, "another.bin").await, None);
}

pub(super) async fn a_large_file_comes_back(storage: impl Storage) {
    let bytes = patterned((20 << 20) + 17);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("large");
    std::fs::write(&path, &bytes).expect("a writable folder");
    let file = StagedFile::of_path(&path, "application/octet-stream").await.expect("a file");
    let key_of_it = key("claims/42/large.7k2mq9xwh3dp.bin");
    let made = storage.create(&key_of_it, &file).await.expect("a file");
    assert_eq!(made.size, bytes.len() as u64);
    assert!(content(&storage, key_of_it.as_str()).await == Some(bytes.clone()));
    assert!(path.exists(), "what is staged stays where it is");
    let copy = key("claims/43/copy.bin");
    storage.copy(&key_of_it, &copy).await.expect("a copy");
    assert!(content(&storage, copy.as_str()).await == Some(bytes));
}

pub(super) async fn a_key_that_is_taken_is_never_overwritten(storage: impl Storage) {
    create(&storage, "a/report.txt", b"first").await;
    let second = StagedFile::of_bytes("second", "text/plain");
    let error = storage.create(&key("a/report.txt"), &second).await.expect_err("it is taken");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
    let large = StagedFile::of_bytes(vec![7; 9 << 20], "text/plain");
    let error = storage.create(&key("a/report.txt"), &large).await.expect_err("it is taken");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
    assert_eq!(content(&storage, "a/report.txt").await.as_deref(), Some(&b"first"[..]));
}

pub(super) async fn of_many_who_create_a_key_one_does(storage: impl Storage) {
    let created = join_all((0..8_u8).map(|number| {
        let file = StagedFile::of_bytes(vec![number; 1_000], "text/plain");
        let storage = &storage;
        async move { (number, storage.create(&key("one.txt"), &file).await.is_ok()) }
    }));
    let winners: Vec<u8> =
        created.await.into_iter().filter_map(|(number, is_first)| is_first.then_some(number)).collect();
    let [winner] = winners[..] else { panic!("{winners:?}") };
    assert_eq!(content(&storage, "one.txt").await, Some(vec![winner; 1_000]));
}

pub(super) async fn a_file_that_is_replaced_is_another_version(storage: impl Storage) {
    let first = create(&storage, "report.txt", b"the first one").await;
    let replaced = storage.replace(&key("report.txt"), &StagedFile::of_bytes("another one!!", "text/plain")).await;
    let replaced = replaced.expect("a file");
    assert_ne!(replaced.version, first.version);
    assert_eq!(content(&storage, "report.txt").await.as_deref(), Some(&b"another one!!"[..]));
    let old = storage.read(&key("report.txt"), &first, 0..5).await;
    assert_eq!(old.err().map(|error| error.kind()), Some(ErrorKind::NotFound), "the old version is not there any more");
    storage.replace(&key("new/b.txt"), &StagedFile::of_bytes("new", "text/plain")).await.expect("a file");
    assert_eq!(content(&storage, "new/b.txt").await.as_deref(), Some(&b"new"[..]));
}

pub(super) async fn a_file_that_is_removed_is_gone(storage: impl Storage) {
    let found = create(&storage, "a/b/c.txt", b"text").await;
    create(&storage, "a/d.txt", b"text").await;
    for _ in 0..2 {
        storage.remove(&key("a/b/c.txt")).await.expect("that it is gone is no error");
        assert_eq!(content(&storage, "a/b/c.txt").await, None);
    }
    let read = storage.read(&key("a/b/c.txt"), &found, 0..4).await;
    assert_eq!(read.err().map(|error| error.kind()), Some(ErrorKind::NotFound));
    storage.remove(&key("a")).await.expect("there is no such file");
    assert!(content(&storage, "a/d.txt").await.is_some());
    create(&storage, "a/b/c.txt", b"again").await;
}

pub(super) async fn a_copy_stands_by_itself(storage: impl Storage) {
    create(&storage, "a.txt", b"content").await;
    let copied = storage.copy(&key("a.txt"), &key("b/c.txt")).await.expect("a copy");
    assert_eq!(copied.size, 7);
    storage.replace(&key("a.txt"), &StagedFile::of_bytes("changed", "text/plain")).await.expect("a file");
    assert_eq!(content(&storage, "b/c.txt").await.as_deref(), Some(&b"content"[..]));
    let taken = storage.copy(&key("a.txt"), &key("b/c.txt")).await.expect_err("it is taken");
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists, "{taken}");
    assert_eq!(content(&storage, "b/c.txt").await.as_deref(), Some(&b"content"[..]));
    let gone = storage.copy(&key("gone.txt"), &key("d.txt")).await.expect_err("there is no such file");
    assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone}");
    assert_eq!(content(&storage, "d.txt").await, None);
}

pub(super) async fn keys_of_all_kinds_are_kept_apart(storage: impl Storage) {
    let long = "x".repeat(250) + ".txt";
    let deep = "f/".repeat(16) + "deep.txt";
    let keys = [
        "plain.txt",
        "Plain.txt",
        "with blank.txt",
        "100%.txt",
        "100%25.txt",
        "a+b.txt",
        "a&b=c.txt",
        "#1?.txt",
        "quote'\".txt",
        "語.txt",
        "写真 1/語.txt",
        "\u{e9}.txt",
        "\u{1f600}.txt",
        "a.b/c.d.txt",
        "a;b,c.txt",
        "~a^b`{c}|d.txt",
        "[1] (2)!.txt",
        &long,
        &deep,
    ];
    for key in keys {
        create(&storage, key, key.as_bytes()).await;
    }
    for key in keys {
        assert_eq!(content(&storage, key).await.as_deref(), Some(key.as_bytes()), "{key}");
    }
}

pub(super) async fn what_is_broken_off_is_whole_or_not_there(storage: impl Storage) {
    let large = StagedFile::of_bytes(vec![7; 24 << 20], "application/octet-stream");
    let key_of_it = key("broken.bin");
    for polls in 1..6 {
        let mut creating = Box::pin(storage.create(&key_of_it, &large));
        for _ in 0..polls {
            if futures_util::poll!(&mut creating).is_ready() {
                break;
            }
        }
        drop(creating);
        let found = storage.find(&key_of_it).await.expect("a storage that answers");
        assert!(found.is_none_or(|found| found.size == large.size()), "{polls}");
        storage.remove(&key_of_it).await.expect("a storage that answers");
    }
}
