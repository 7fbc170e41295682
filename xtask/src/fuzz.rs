//! Fuzzing: builds all targets at once, runs some at a time, and tells what each has found. What a target holds, and how one
//! is written, stands in `fuzz/README.md`.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

use crate::{
    jobs::cargo_path,
    steps::{Steps, run, say},
    tools,
};

/// How long each target runs by default, in seconds.
const SECONDS: u32 = 60;

/// How targets choose their inputs.
#[derive(Clone, Copy)]
pub(crate) enum Inputs {
    /// Others in each run, on top of what earlier runs have found.
    New,
    /// The same in each run on the same code, from the committed corpus alone: a change fails by what it does, and not by
    /// what another run would have found before it.
    Repeatable,
}

/// How long each target runs, and on what.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    seconds: u32,
    inputs: Inputs,
}

impl Run {
    pub(crate) const fn new(inputs: Inputs) -> Self {
        Self { seconds: SECONDS, inputs }
    }

    pub(crate) const fn seconds(self, seconds: u32) -> Self {
        Self { seconds, ..self }
    }
}

/// What a repeatable run begins to choose with; any number would do.
const SEED: u32 = 1;

/// How many targets run at a time.
const AT_A_TIME: usize = 2;

/// How long one input may take, in seconds, and how much memory, in MiB. They take milliseconds and some dozens.
const TIMEOUT: u32 = 10;
const MEMORY: u32 = 1024;

/// How much of the output of a target that has failed is shown.
const LAST_LINES: usize = 60;

/// A target, and the longest input that it gets, in bytes.
struct Target {
    name: &'static str,
    max_len: u32,
}

const TARGETS: &[Target] = &[
    Target { name: "multipart", max_len: 4096 },
    Target { name: "plan", max_len: 2048 },
    Target { name: "endpoint", max_len: 1024 },
    Target { name: "head", max_len: 512 },
    Target { name: "names", max_len: 1024 },
    Target { name: "ranges_and_conditions", max_len: 1024 },
    Target { name: "accept", max_len: 4608 },
    Target { name: "metadata", max_len: 4096 },
    Target { name: "data_uri", max_len: 512 },
    Target { name: "disposition", max_len: 512 },
    Target { name: "capability", max_len: 1024 },
];

/// Where things lie that runs leave, below the target directory: the programs, inputs that lead to new places in the code, those
/// that show a fault, and the output of each target.
struct Places {
    workspace: PathBuf,
    folder: PathBuf,
}

impl Places {
    fn new(workspace: &Path) -> Result<Self, String> {
        Ok(Self { workspace: workspace.to_owned(), folder: tools::target()?.join("fuzz") })
    }

    fn build(&self) -> PathBuf {
        self.folder.join("build")
    }

    fn program(&self, target: &Target) -> Result<PathBuf, String> {
        Ok(self.build().join(tools::host()?).join("release").join(target.name))
    }

    /// A folder of a target, which is made if it is not there.
    fn folder_of(&self, kind: &str, target: &Target) -> Result<PathBuf, String> {
        let folder = self.folder.join(kind).join(target.name);
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// The same, with nothing in it.
    fn empty_folder_of(&self, kind: &str, target: &Target) -> Result<PathBuf, String> {
        let folder = self.folder_of(kind, target)?;
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
        self.folder_of(kind, target)
    }

    fn log(&self, target: &Target) -> PathBuf {
        self.folder.join(format!("{}.log", target.name))
    }
}

/// Fuzzes the named target, or all of them. Returns false, and does nothing, if there is no such target.
pub(crate) fn fuzz(steps: &mut Steps, wanted: Option<&str>, how: Run) -> bool {
    let targets: Vec<&Target> =
        TARGETS.iter().filter(|target| wanted.is_none_or(|wanted| wanted == target.name)).collect();
    if targets.is_empty() {
        return false;
    }
    let built = steps.run("build the fuzz targets", build);
    if built {
        steps.run("fuzz", |workspace| run_all(&Places::new(workspace)?, targets, how));
    }
    true
}

/// What tells libFuzzer which places in the code an input reaches: as `cargo fuzz build --sanitizer none` has it. Sanitizers are for unsafe
/// code and need a nightly compiler.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    // With more codegen units nothing is inlined from one into another.
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
    "--deny=warnings",
];

fn build(workspace: &Path) -> Result<(), String> {
    tools::provide(tools::CXX)?;
    let mut build = Command::new(cargo_path());
    build.current_dir(workspace).args(["build", "--locked", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    // Where a target is named, build scripts and macros are built without these flags.
    build.arg("--target").arg(tools::host()?);
    build.arg("--target-dir").arg(Places::new(workspace)?.build());
    run(build.env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}")))
}

/// Runs the targets to their ends; a fault of one doesn't stop the others.
fn run_all(places: &Places, targets: Vec<&Target>, how: Run) -> Result<(), String> {
    let waiting = Mutex::new(VecDeque::from(targets));
    let faults = Mutex::new(Vec::new());
    // A function, so that the list is not held while its target runs.
    let next = || held(&waiting).pop_front();
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(target) = next() {
                    if let Err(why) = run_one(places, target, how) {
                        say(format_args!("{}: {why}", target.name));
                        held(&faults).push(target.name);
                    }
                }
            });
        }
    });
    let faults = held(&faults);
    if faults.is_empty() { Ok(()) } else { Err(format!("faults in {}; see above", faults.join(", "))) }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one target, which begins with its committed corpus.
fn run_one(places: &Places, target: &Target, how: Run) -> Result<(), String> {
    let program = places.program(target)?;
    let log = places.log(target);
    let cannot = |error: std::io::Error| format!("cannot write {}: {error}", log.display());
    let output = fs::File::create(&log).map_err(cannot)?;
    let mut command = Command::new(&program);
    match how.inputs {
        Inputs::New => _ = command.arg(places.folder_of("corpus", target)?),
        Inputs::Repeatable => {
            _ = command.arg(places.empty_folder_of("repeatable", target)?).arg(format!("-seed={SEED}"))
        }
    }
    command.arg(places.workspace.join("fuzz/corpus").join(target.name));
    command.args([
        format!("-max_total_time={}", how.seconds),
        format!("-max_len={}", target.max_len),
        format!("-timeout={TIMEOUT}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-artifact_prefix={}/", places.folder_of("artifacts", target)?.display()),
    ]);
    command.stdin(Stdio::null()).stdout(output.try_clone().map_err(cannot)?).stderr(output);
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    let text = fs::read(&log).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    if status.success() {
        say(format_args!("{}: {}", target.name, last_numbers(&text).unwrap_or("no numbers")));
        return Ok(());
    }
    let lines: Vec<&str> = text.lines().collect();
    say(lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"));
    let Some(path) = artefact(&text) else { return Err(format!("{status}; the output is in {}", log.display())) };
    let program = program.display();
    Err(format!(
        "{status}; the input is in\n  {path}\nto try it again:\n  {program} {path}\n\
         to make it shorter:\n  {program} -minimize_crash=1 -runs=100000 {path}"
    ))
}

/// What libFuzzer says last of the code that was reached and of its speed.
fn last_numbers(log: &str) -> Option<&str> {
    let line = log.lines().rev().find(|line| line.contains(" cov: "))?;
    line.find("cov: ").map(|at| &line[at..])
}

/// The path of the input that has shown a fault.
fn artefact(log: &str) -> Option<&str> {
    log.lines().rev().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_targets_is_that_of_the_folder_and_each_has_a_corpus() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let names = |entry: &str| -> Vec<String> {
            let entries = fs::read_dir(folder.join(entry)).expect("a folder");
            let mut names: Vec<String> = entries
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
                .collect();
            names.sort();
            names
        };
        let mut listed: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        listed.sort_unstable();
        assert_eq!(names("fuzz_targets"), listed);
        assert_eq!(names("corpus"), listed);
        for target in TARGETS {
            for seed in fs::read_dir(folder.join("corpus").join(target.name)).expect("a folder") {
                let length = seed.and_then(|seed| seed.metadata()).expect("a file").len();
                assert!(length <= u64::from(target.max_len), "a seed of {} is cut", target.name);
            }
        }
    }

    #[test]
    fn the_output_of_libfuzzer_is_read() {
        let log = "#2\tINITED cov: 1 ft: 1\nartifact_prefix='a/'; Test unit written to a/crash-1\nBase64: x\n\
                   #9\tDONE   cov: 12 ft: 30 corp: 4/9b lim: 8 exec/s: 3 rss: 28Mb\nDone 9 runs in 3 second(s)\n";
        assert_eq!(last_numbers(log), Some("cov: 12 ft: 30 corp: 4/9b lim: 8 exec/s: 3 rss: 28Mb"));
        assert_eq!(artefact(log), Some("a/crash-1"));
        assert_eq!(artefact("Done 9 runs"), None);
    }
}
