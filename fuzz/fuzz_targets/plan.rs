//! Files that follow their plan in one body: they are the same wherever frames end, and are what the plan says.
//!
//! The input is the body: a plan as JSON, a line feed, and bytes.

#![no_main]

use filekit_files::upload::fuzzing::{File, planned};
use filekit_files::upload::{PlannedFile, Rules, UploadId, UploadPlan};
use filekit_fuzz::{Numbers, assert_safe_name, cut, run};
use libfuzzer_sys::fuzz_target;

const MAX_SIZE: u64 = 600;
const MAX_TOTAL: u64 = 900;
const MAX_FILES: usize = 3;

fuzz_target!(|body: &[u8]| {
    let mut numbers = Numbers::of(body);
    let mut cut = |longest| cut(body, longest, &mut numbers);
    let cuts = [vec![body], cut(1), cut(40), cut(300)];
    let read = cuts.each_ref().map(|frames| run(planned(frames, upload())));
    for other in &read[1..] {
        match (&read[0], other) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "frames end elsewhere"),
            // Which of several reasons is found first may depend on that.
            (one, other) => assert!(one.is_err() && other.is_err(), "{one:?} and {other:?}"),
        }
    }
    if let [Ok(files), ..] = &read {
        check(files, body);
    }
});

fn upload() -> (UploadId, Rules) {
    let mut rules = Rules { accept: ["image/*", "text/*", ".pdf"].map(str::to_owned).into(), ..Rules::default() };
    rules.limits.max_size = Some(MAX_SIZE);
    rules.limits.max_total = Some(MAX_TOTAL);
    rules.limits.max_files = Some(MAX_FILES as u32);
    ("photos".into(), rules)
}

/// Each byte behind the plan is in one file, and each file is as it was said.
fn check(files: &[File], body: &[u8]) {
    let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len());
    let plan = UploadPlan::parse(&body[..end]).expect("it was read");
    let rest = body.get(end + 1..).unwrap_or_default();
    let contents: Vec<u8> = files.iter().flat_map(|file| file.content.clone()).collect();
    assert_eq!(contents, rest);
    assert!(files.len() <= MAX_FILES && contents.len() as u64 <= MAX_TOTAL);
    let sizes = |plan: &UploadPlan| plan.files.iter().map(|file: &PlannedFile| file.size).collect::<Vec<_>>();
    let read: Vec<_> = files.iter().map(|file| Some(file.content.len() as u64)).collect();
    assert_eq!(read, sizes(&plan));
    for file in files {
        assert!(file.content.len() as u64 <= MAX_SIZE && file.upload == "photos");
        file.path.as_str().split('/').for_each(|name| assert_safe_name(name, &file.path));
    }
    let again = UploadPlan::parse(&plan.to_json()).expect("it is well-formed");
    assert_eq!((sizes(&again), again.length()), (sizes(&plan), plan.length()));
}
