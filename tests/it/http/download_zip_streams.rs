//! Archives as programs read them from a pipe, front to back, without the directory at the end; and the times of entries.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use filekit::prelude::*;
use filekit_tests::{Samples, TestApp};
use futures_util::stream;

/// 2024-02-29, 12:34:56 UTC.
const CHANGED: Duration = Duration::from_secs(1_709_210_096);

#[state]
#[derive(Default)]
struct Shelf;

#[state]
impl Shelf {
    /// Entries of a known length and checksum, and of none.
    #[event]
    fn mixed(&self) -> Download {
        let long = stream::iter((0..40).map(|nth| Ok::<_, std::io::Error>(vec![nth; 10_000])));
        let short = stream::iter(["strea", "med"].map(Ok::<_, std::io::Error>));
        Download::zip([
            Download::stored("large.bin"),
            Download::stored("small.txt"),
            Download::data("data").filename("one/two/data.txt"),
            Download::stream(short).filename("one/short.txt"),
            Download::stream(long).filename("one/long.bin"),
            Download::data("").filename("empty"),
        ])
    }

    #[event]
    fn small(&self) -> Download {
        Download::zip([Download::data("data").filename("data.txt"), Download::stored("small.txt")])
    }
}

async fn page() -> View {
    view![button(on_click = Shelf::mixed, "Mixed"), button(on_click = Shelf::small, "Small")]
}

async fn archive(link: &str) -> Vec<u8> {
    let app = TestApp::new(Router::new().route("/", get(page)));
    for (name, content) in [("large.bin", large()), ("small.txt", b"small".to_vec())] {
        let path = app.files().path().join(name);
        std::fs::write(&path, content).expect("a file in the store");
        let file = std::fs::File::options().write(true).open(path).expect("the file");
        file.set_modified(SystemTime::UNIX_EPOCH + CHANGED).expect("a file has a time");
    }
    app.visitor().await.click(link).await.bytes().to_vec()
}

fn large() -> Vec<u8> {
    (0..700_000_u32).map(|number| number.to_le_bytes()[1]).collect()
}

/// What is in the archive of `mixed`, by paths.
fn expected() -> BTreeMap<String, Vec<u8>> {
    let long: Vec<u8> = (0..40_u8).flat_map(|nth| vec![nth; 10_000]).collect();
    let entries: [(&str, Vec<u8>); 6] = [
        ("large.bin", large()),
        ("small.txt", b"small".to_vec()),
        ("one/two/data.txt", b"data".to_vec()),
        ("one/short.txt", b"streamed".to_vec()),
        ("one/long.bin", long),
        ("empty", Vec::new()),
    ];
    entries.map(|(name, bytes)| (name.to_owned(), bytes)).into()
}

/// Runs a program in a folder with the archive for its input, and returns what it prints.
fn piped(archive: &[u8], folder: &Path, program: &[&str]) -> Vec<u8> {
    let [name, arguments @ ..] = program else { panic!("there is no program") };
    let mut command = Command::new(name);
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn();
    let mut running = running.unwrap_or_else(|error| panic!("`{name}`: {error}; `cargo xtask test` installs it"));
    let mut input = running.stdin.take().expect("a pipe");
    let archive = archive.to_vec();
    // One that has seen enough does not read on.
    let writing = std::thread::spawn(move || drop(input.write_all(&archive)));
    let output = running.wait_with_output().expect("the program ends");
    writing.join().expect("writing does not panic");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program:?}: {said}");
    output.stdout
}

fn files_below(folder: &Path, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().into_string().expect("a name in UTF-8"));
        match entry.file_type().expect("its type").is_dir() {
            true => files.extend(files_below(&entry.path(), &format!("{name}/"))),
            false => drop(files.insert(name, std::fs::read(entry.path()).expect("a file"))),
        }
    }
    files
}

#[tokio::test]
async fn programs_that_never_see_the_directory_find_the_end_of_each_entry() {
    let mixed = archive("Mixed").await;
    let folder = Samples::new();
    piped(&mixed, folder.path(), &["bsdtar", "-xf", "-"]);
    assert!(files_below(folder.path(), "") == expected());
    // It takes the first entry alone, whose sizes stand behind it here and in front of it there.
    assert!(piped(&mixed, folder.path(), &["funzip"]) == large());
    assert_eq!(piped(&archive("Small").await, folder.path(), &["funzip"]), b"data");
}

/// From a pipe, these read only what has its sizes in front.
#[tokio::test]
async fn what_is_known_beforehand_has_its_sizes_in_front() {
    let small = archive("Small").await;
    let folder = Samples::new();
    piped(&small, folder.path(), &["busybox", "unzip", "-q", "-"]);
    let unpacked = files_below(folder.path(), "");
    assert_eq!(unpacked.into_values().collect::<Vec<_>>(), [&b"data"[..], b"small"]);

    let mut stream = Cursor::new(small);
    let mut contents = Vec::new();
    while let Some(mut entry) = zip::read::read_zipfile_from_stream(&mut stream).expect("an entry") {
        let mut content = String::new();
        entry.read_to_string(&mut content).expect("its checksum is right");
        contents.push(content);
    }
    assert_eq!(contents, ["data", "small"]);
}

#[tokio::test]
async fn an_entry_has_the_time_of_its_file_and_else_noon_of_one_day_everywhere() {
    let folder = Samples::new();
    let archive = folder.file("archive.zip", archive("Small").await);
    for (zone, changed) in [("UTC0", "20240229.123456"), ("West8", "20240229.043456"), ("East-12", "20240301.003456")] {
        let output = Command::new("unzip").env("TZ", zone).args(["-Z", "-T"]).arg(&archive).output();
        let listed = String::from_utf8(output.expect("`cargo xtask test` installs it").stdout).expect("UTF-8");
        let time =
            |name: &str| listed.lines().find(|line| line.ends_with(name)).and_then(|line| line.split(' ').nth_back(1));
        assert_eq!(time("small.txt"), Some(changed), "{zone}: {listed}");
        assert_eq!(time("data.txt"), Some("19800101.120000"), "{zone}: {listed}");
    }
}
