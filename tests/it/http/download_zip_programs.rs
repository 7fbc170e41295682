//! Archives as the programs read them that people have; what is in an archive stands in `download_zip.rs`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bytes::Bytes;
use filekit::prelude::*;
use filekit_tests::{Samples, TestApp};
use futures_util::{StreamExt as _, stream};

/// The length of what stands in front of a block of content.
const BLOCK_HEADER: usize = 5;

/// Reads an archive to its end, with the headers of blocks put back to where they were.
const READ: &str = "
import bisect, io, struct, sys, zipfile
archive, blocks = open(sys.argv[1], 'rb'), open(sys.argv[2], 'rb').read()
headers = {at: header for at, header in struct.iter_unpack('<Q5s', blocks)}
starts = sorted(headers)

class Whole(io.RawIOBase):
    def seekable(self): return True
    def readable(self): return True
    def tell(self): return archive.tell()
    def seek(self, *to): return archive.seek(*to)
    def readinto(self, buffer):
        start = archive.tell()
        size = archive.readinto(buffer)
        for at in starts[bisect.bisect(starts, start - 5):bisect.bisect(starts, start + size)]:
            for offset, byte in enumerate(headers[at], at - start):
                if 0 <= offset < size: buffer[offset] = byte
        return size

wrong = zipfile.ZipFile(io.BufferedReader(Whole(), 1 << 20)).testzip()
sys.exit(wrong)
";

/// Above what 32 bits count: the old format cannot hold it.
const HUGE: u64 = (1 << 32) + 1_000;

#[state]
#[derive(Default)]
struct Shelf;

#[state]
impl Shelf {
    #[event]
    fn mixed(&self) -> Download {
        let chunks = stream::iter(["strea", "med"].map(Ok::<_, std::io::Error>));
        Download::zip([
            Download::stored("写真 é.txt"),
            Download::data("1").filename("same.txt"),
            Download::data("2").filename("SAME.txt"),
            Download::stream(chunks).filename("streamed.txt"),
            Download::data("").filename("empty"),
            Download::data(vec![7; 300_000]).filename("%41 'quoted' & more.bin"),
        ])
    }

    #[event]
    fn nothing(&self) -> Download {
        Download::zip([])
    }

    #[event]
    fn very_many(&self) -> Download {
        Download::zip((0..70_000).map(|nth| Download::data("").filename(format!("{nth}"))))
    }

    /// The second entry begins where 32 bits do not reach either.
    #[event]
    fn huge(&self) -> Download {
        let zeros = Bytes::from(vec![0; 1 << 20]);
        let chunks = (0..HUGE.div_ceil(1 << 20)).map(move |nth| {
            let left = usize::try_from(HUGE - (nth << 20)).unwrap_or(usize::MAX);
            Ok::<_, std::io::Error>(zeros.slice(..left.min(zeros.len())))
        });
        let huge = Download::stream(stream::iter(chunks)).length(HUGE).filename("huge.bin");
        Download::zip([huge, Download::data("behind").filename("behind.txt")])
    }
}

async fn page() -> View {
    view![
        button(on_click = Shelf::mixed, "Mixed"),
        button(on_click = Shelf::nothing, "Nothing"),
        button(on_click = Shelf::very_many, "Very many"),
        button(on_click = Shelf::huge, "Huge"),
    ]
}

/// A folder with the archive of a link.
struct Fetched {
    folder: Samples,
    /// What the head of the answer said.
    length: Option<u64>,
}

impl Fetched {
    /// Follows a link, and keeps what comes in a file, in which zeros are holes. So are the headers of blocks within content,
    /// which stand apart, in a file of their own: with one in each 64 KiB, a hole would be none.
    async fn by(text: &str) -> Self {
        let app = TestApp::new(Router::new().route("/", get(page)));
        app.files().keep("写真 é.txt", "stored");
        let response = app.followed(text).await;
        let length = response.headers().get("content-length");
        let length = length.map(|length| length.to_str().expect("ASCII").parse().expect("a number"));
        let fetched = Self { folder: Samples::new(), length };
        let mut file = File::create(fetched.archive()).expect("a folder to write to");
        let mut blocks = BufWriter::new(File::create(fetched.blocks()).expect("a folder to write to"));
        let mut body = response.into_body().into_data_stream();
        let zeros = vec![0; 2 << 20];
        let mut size = 0;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.expect("the whole body arrives");
            let start = size;
            size += chunk.len() as u64;
            if chunk.len() == BLOCK_HEADER {
                blocks.write_all(&start.to_le_bytes()).expect("room");
                blocks.write_all(&chunk).expect("room");
            }
            if chunk.len() == BLOCK_HEADER || zeros.starts_with(&chunk) {
                file.seek(SeekFrom::Start(size)).expect("a file");
            } else {
                file.write_all(&chunk).expect("room");
            }
        }
        file.set_len(size).expect("room");
        blocks.flush().expect("room");
        fetched
    }

    fn blocks(&self) -> PathBuf {
        self.folder.path().join("blocks")
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive.zip")
    }

    fn size(&self) -> u64 {
        self.archive().metadata().expect("a file").len()
    }

    /// What a program finds in the archive, by names.
    fn extracted_by(&self, program: &Program) -> BTreeMap<String, Vec<u8>> {
        let folder = self.folder.path().join(program.name);
        std::fs::create_dir(&folder).expect("a folder to write to");
        must_succeed(&program.run(program.extract, &self.archive(), &folder));
        let found = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file"));
        let name = |entry: &std::fs::DirEntry| entry.file_name().into_string().expect("a name in UTF-8");
        found.map(|entry| (name(&entry), std::fs::read(entry.path()).expect("a file"))).collect()
    }
}

/// A program that reads archives. In its arguments `{archive}` and `{folder}` stand for paths.
struct Program {
    name: &'static str,
    extract: &'static [&'static str],
    /// Prints a line for each entry.
    list: &'static [&'static str],
}

/// Info-ZIP's, Python's and libarchive's.
const PROGRAMS: [Program; 3] = [
    Program { name: "unzip", extract: &["-q", "{archive}", "-d", "{folder}"], list: &["-Z1", "{archive}"] },
    Program {
        name: "python3",
        extract: &["-m", "zipfile", "-e", "{archive}", "{folder}"],
        list: &[
            "-c",
            "import sys, zipfile; [print(name) for name in zipfile.ZipFile(sys.argv[1]).namelist()]",
            "{archive}",
        ],
    },
    Program { name: "bsdtar", extract: &["-xf", "{archive}", "-C", "{folder}"], list: &["-tf", "{archive}"] },
];

impl Program {
    fn run(&self, arguments: &[&str], archive: &Path, folder: &Path) -> Output {
        let mut command = Command::new(self.name);
        // They print names as the locale has them.
        command.env("LC_ALL", "C.UTF-8");
        command.args(arguments.iter().map(|argument| match *argument {
            "{archive}" => archive.as_os_str(),
            "{folder}" => folder.as_os_str(),
            other => other.as_ref(),
        }));
        command.output().unwrap_or_else(|error| panic!("`{}`: {error}; `cargo xtask test` installs it", self.name))
    }

    fn listed(&self, archive: &Path) -> Vec<String> {
        let output = self.run(self.list, archive, Path::new(""));
        must_succeed(&output);
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }
}

fn must_succeed(output: &Output) {
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
pub(super) async fn every_program_extracts_the_same_files() {
    let fetched = Fetched::by("Mixed").await;
    let expected = [
        ("写真 é.txt", b"stored".as_slice()),
        ("same.txt", b"1"),
        ("SAME-1.txt", b"2"),
        ("streamed.txt", b"streamed"),
        ("empty", b""),
        ("%41 'quoted' & more.bin", &[7; 300_000]),
    ];
    let expected: BTreeMap<String, Vec<u8>> =
        expected.into_iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
    assert_eq!(fetched.length, None, "nobody knows how much will be streamed");
    for program in &PROGRAMS {
        assert_eq!(fetched.extracted_by(program), expected, "{}", program.name);
    }
}

#[tokio::test]
pub(super) async fn an_empty_archive_is_opened() {
    let fetched = Fetched::by("Nothing").await;
    assert_eq!(fetched.length, Some(fetched.size()));
    for program in PROGRAMS {
        let output = program.run(program.list, &fetched.archive(), Path::new(""));
        // To `unzip` that is worth a warning.
        let warned = program.name == "unzip" && text(&output.stdout).contains("Empty zipfile");
        assert!(output.status.success() || warned, "{}: {output:?}", program.name);
    }
}

#[tokio::test]
pub(super) async fn more_entries_than_16_bits_count_are_all_found() {
    let fetched = Fetched::by("Very many").await;
    assert_eq!(fetched.length, Some(fetched.size()));
    for program in PROGRAMS {
        let names = program.listed(&fetched.archive());
        assert_eq!(names.len(), 70_000, "{}", program.name);
        assert_eq!(names[69_999], "69999", "{}", program.name);
    }
}

#[tokio::test]
async fn an_entry_longer_than_32_bits_count_is_read_to_its_end() {
    let fetched = Fetched::by("Huge").await;
    assert_eq!(fetched.length, Some(fetched.size()));
    for program in PROGRAMS {
        assert_eq!(program.listed(&fetched.archive()), ["huge.bin", "behind.txt"], "{}", program.name);
    }
    // All would take a while to add up four gigabytes; this one is the quickest.
    let read = Command::new("python3").args(["-c", READ]).args([fetched.archive(), fetched.blocks()]).output();
    must_succeed(&read.expect("`cargo xtask test` installs it"));
}
