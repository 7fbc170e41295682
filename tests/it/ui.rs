//! What the compiler says about pages: programs that it refuses, each with its message, and programs that it takes.
//! The messages are those of the compiler in `rust-version`; what the pages do is tested elsewhere.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use filekit_tests::Compiler;

/// The programs in a folder of `ui/`, sorted: their paths from the folder of this crate. The file's name is the mistake.
fn programs(folder: &str) -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut programs = Vec::new();
    for part in ["state", "event", "view"] {
        let entries = fs::read_dir(tests.join(format!("ui/{part}/{folder}"))).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let names = names.filter(|name| name.ends_with(".rs"));
        programs.extend(names.map(|name| format!("ui/{part}/{folder}/{name}")));
    }
    programs.sort();
    programs
}

/// Tries all programs in a folder, as many at a time as there are processors.
///
/// # Panics
/// When some of them are not as they should be; the message has what `wrong` said of each.
fn try_all(folder: &str, wrong: impl Fn(&Compiler, &str) -> Option<String> + Sync) {
    let programs = programs(folder);
    assert!(!programs.is_empty());
    let compiler = Compiler::default();
    let next = AtomicUsize::new(0);
    let work = || -> Vec<String> {
        let mut found = Vec::new();
        while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(wrong(&compiler, program).map(|why| format!("{program}: {why}")));
        }
        found
    };
    let mut found: Vec<String> = thread::scope(|scope| {
        let count = thread::available_parallelism().map_or(1, Into::into);
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("rustc says what is wrong")).collect()
    });
    found.sort();
    assert!(found.is_empty(), "{} of {} programs:\n\n{}", found.len(), programs.len(), found.join("\n\n"));
}

#[test]
fn messages_are_as_recorded() {
    let bless = std::env::var_os("FILEKIT_BLESS").is_some();
    try_all("fail", |compiler, program| {
        let compiled = compiler.compile(program);
        let record = Path::new(env!("CARGO_MANIFEST_DIR")).join(program).with_extension("stderr");
        let recorded = fs::read_to_string(&record).unwrap_or_default();
        if compiled.succeeded() {
            return Some(format!("it should not compile, but it does, with\n{}", compiled.messages));
        }
        if compiled.messages == recorded {
            return None;
        }
        if bless {
            fs::write(record, compiled.messages).unwrap();
            return None;
        }
        let messages = compiled.messages;
        Some(format!(
            "other messages than recorded\n---- recorded\n{recorded}---- now\n{messages}---- `cargo xtask bless` records them"
        ))
    });
}

#[test]
fn what_should_compile_does_and_runs() {
    try_all("pass", |compiler, program| {
        let compiled = compiler.compile(program);
        let Some(output) = compiled.run() else {
            return Some(format!("it does not compile\n{}", compiled.messages));
        };
        let said = [output.stdout, output.stderr].concat();
        (!output.status.success()).then(|| format!("{}\n{}", output.status, String::from_utf8_lossy(&said)))
    });
}

#[test]
fn every_recorded_message_is_that_of_a_program() {
    let programs = programs("fail");
    for part in ["state", "event", "view"] {
        let folder = format!("ui/{part}/fail");
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let program = format!("{folder}/{}", name.replace(".stderr", ".rs"));
            assert!(programs.contains(&program), "{folder}/{name}");
        }
    }
}
