//! Files that a browser sends to the bucket by itself: beside the server, several parts at once, and on after breaks and reloads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Extension;
use filekit::prelude::*;
use filekit_tests::{Browser, Bucket, Cable, Samples, TestApp, patterned, until};

const MB: usize = 1 << 20;

const STATES: &str = ".chosen .state";
const KEPT: &str = ".kept a";

/// How often the event ran.
#[derive(Clone, Debug, Default)]
struct Runs(Arc<AtomicUsize>);

#[state]
#[derive(Default)]
struct Films {
    kept: Vec<StoredFile>,
}

#[state]
impl Films {
    #[event]
    async fn keep(&mut self, films: Vec<UploadFile>, #[extract] runs: Extension<Runs>) -> Result<()> {
        runs.0.0.fetch_add(1, Ordering::Relaxed);
        for film in films {
            self.kept.push(film.save().await?);
        }
        Ok(())
    }
}

async fn page(films: Current<Films>) -> View {
    view![
        upload(id = "films", accept = "video/*, image/*, .bin", max_files = 5, "Drop here"),
        for film in selected_files("films") {
            p(
                class = "chosen",
                film.name(),
                " ",
                span(class = "state", film.status()),
                " ",
                span(class = "progress", film.progress()),
            )
        },
        for film in unfinished_files("films") {
            p(class = "unfinished", film.name(), " ", span(class = "there", film.progress()))
        },
        button(on_click = Films::keep(upload_files("films")), "Send"),
        button(on_click = pause_upload("films"), "Pause"),
        button(on_click = resume_upload("films"), "Resume"),
        button(on_click = cancel_upload("films"), "Cancel"),
        button(on_click = discard_unfinished("films"), "Forget"),
        for film in &films.kept {
            p(class = "kept", a(href = film.url(), film.name()))
        },
    ]
}

/// The page in a browser, which reaches the server by one cable and the bucket by another.
struct Visit {
    app: TestApp,
    bucket: Bucket,
    runs: Runs,
    cable: Cable,
    to_bucket: Cable,
    browser: Browser,
    samples: Samples,
    files: Mutex<BTreeMap<&'static str, PathBuf>>,
}

impl Visit {
    async fn open() -> Self {
        let (runs, bucket) = (Runs::default(), Bucket::new().await);
        let to_bucket = Cable::to(bucket.address()).await;
        let reached_at = to_bucket.url("");
        let app = TestApp::with(Router::new().route("/", get(page)).layer(Extension(runs.clone())), |builder| {
            builder.storage(bucket.storage().public_endpoint(&reached_at).expect("a URL").direct(true))
        });
        let cable = Cable::to(app.listen().await).await;
        let browser = Browser::start().await;
        browser.open(&cable.url("/")).await;
        Self { app, bucket, runs, cable, to_bucket, browser, samples: Samples::new(), files: Mutex::default() }
    }

    /// The paths of files, which are the same ones if they are chosen again.
    fn paths(&self, files: &[(&'static str, usize)]) -> Vec<PathBuf> {
        let mut known = self.files.lock().expect("no test that panics");
        let path = |(name, size): &(&'static str, usize)| {
            known.entry(*name).or_insert_with(|| self.samples.file(name, patterned(*size))).clone()
        };
        files.iter().map(path).collect()
    }

    async fn choose(&self, files: &[(&'static str, usize)]) {
        let paths = self.paths(files);
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        self.browser.choose("films", &paths).await;
        self.browser.see_texts(STATES, &vec!["selected"; files.len()]).await;
    }

    /// Waits until some of it is there, and the rest is on its way.
    async fn until_under_way(&self) {
        let percent = "return Number(document.querySelector('.progress')?.textContent ?? 0)";
        until("some of it is there", async || {
            let percent = self.browser.run(percent, &[]).await.as_u64()?;
            (percent > 25 && percent < 100).then_some(())
        })
        .await;
    }

    /// Waits until the files are there, and checks that they are those that were sent, that the event ran once, and that nothing is
    /// left on its way.
    async fn arrive(&self, files: &[(&str, usize)]) {
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        self.browser.see_texts(KEPT, &names).await;
        self.browser.see_texts(STATES, &[]).await;
        for (name, size) in files {
            let keys = self.bucket.keys().await;
            let (stem, _) = name.split_once('.').expect("an extension");
            let mut stored = keys.iter().filter_map(|key| key.strip_prefix("uploads/"));
            let key = stored.find(|key| key.starts_with(&format!("{stem}."))).expect("a key");
            assert!(self.bucket.content(key).await == patterned(*size), "{name} is another file");
        }
        assert_eq!(self.runs.0.load(Ordering::Relaxed), 1);
        until("nothing is left on its way", async || {
            let keys = self.bucket.keys().await;
            (!keys.iter().any(|key| key.contains(".filekit/")) && self.bucket.unfinished().await.is_empty())
                .then_some(())
        })
        .await;
        assert!(self.app.files().spool_is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
pub(super) async fn the_server_sees_no_byte_of_what_goes_to_the_bucket() {
    let visit = Visit::open().await;
    let files = [("large.bin", 40 * MB), ("small.bin", 2 * MB)];
    visit.choose(&files).await;
    let before = visit.cable.passed();
    visit.browser.click("Send").await;
    visit.arrive(&files).await;
    let (seen, sent) = (visit.cable.passed() - before, visit.to_bucket.passed());
    assert!(seen < 200_000, "{seen} bytes went to the server or came from it");
    assert!(sent >= 42 * MB as u64 && sent < 43 * MB as u64, "{sent} bytes went to the bucket");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
pub(super) async fn it_goes_on_after_connections_to_the_bucket_were_cut() {
    let visit = Visit::open().await;
    let files = [("large.bin", 40 * MB)];
    visit.choose(&files).await;
    visit.to_bucket.cut_after([3 * MB as u64, 11 * MB as u64, 5 * MB as u64]);
    visit.browser.click("Send").await;
    visit.arrive(&files).await;
    assert!(visit.to_bucket.broken() >= 3);
    let sent = visit.to_bucket.passed();
    assert!(sent < 90 * MB as u64, "{sent} bytes for 40 MiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_after_the_bucket_was_out_of_reach() {
    let visit = Visit::open().await;
    let files = [("large.bin", 40 * MB)];
    visit.choose(&files).await;
    visit.browser.send_slowly(Some(8_000_000)).await;
    visit.browser.click("Send").await;
    visit.until_under_way().await;
    visit.to_bucket.pull_out();
    visit.browser.see_texts(STATES, &["waiting"]).await;
    visit.to_bucket.plug_in();
    visit.arrive(&files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_reload_the_file_is_chosen_again_and_only_the_rest_is_sent() {
    let visit = Visit::open().await;
    let files = [("large.bin", 80 * MB)];
    visit.choose(&files).await;
    visit.browser.send_slowly(Some(8_000_000)).await;
    visit.browser.click("Send").await;
    until("some parts are there", async || (visit.to_bucket.passed() > 56 * MB as u64).then_some(())).await;
    visit.browser.reload().await;
    let there = until("it is offered", async || {
        let there = visit.browser.texts(".there").await;
        there.first().and_then(|there| there.parse::<u32>().ok())
    })
    .await;
    assert!((30..100).contains(&there), "{there} percent are there");
    visit.browser.send_slowly(None).await;
    let before = visit.to_bucket.passed();
    visit.choose(&files).await;
    visit.browser.click("Send").await;
    visit.arrive(&files).await;
    let sent = visit.to_bucket.passed() - before;
    assert!(
        sent < (80 - 80 * u64::from(there) / 100 + 2) * MB as u64,
        "{sent} bytes again, with {there} percent there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_keeps_what_is_there_and_a_cancelled_upload_leaves_nothing() {
    let visit = Visit::open().await;
    let files = [("large.bin", 40 * MB)];
    visit.choose(&files).await;
    visit.browser.send_slowly(Some(8_000_000)).await;
    visit.browser.click("Send").await;
    visit.until_under_way().await;
    visit.browser.click("Pause").await;
    visit.browser.see_texts(STATES, &["paused"]).await;
    visit.browser.click("Resume").await;
    visit.browser.see_texts(STATES, &["uploading"]).await;
    visit.browser.click("Cancel").await;
    visit.browser.see_texts(STATES, &["selected"]).await;
    until("nothing is left", async || {
        (visit.bucket.keys().await.is_empty() && visit.bucket.unfinished().await.is_empty()).then_some(())
    })
    .await;
    visit.browser.send_slowly(None).await;
    visit.browser.click("Send").await;
    visit.arrive(&files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_what_its_name_says_is_refused_in_words() {
    let visit = Visit::open().await;
    let page = [b"<html><script>".as_slice(), &vec![b' '; 2 * MB]].concat();
    let file = visit.samples.file("film.mp4", page);
    visit.browser.choose("films", &[&file]).await;
    visit.browser.click("Send").await;
    visit.browser.see_texts(STATES, &["failed"]).await;
    visit.browser.see("film.mp4").await;
    until("nothing is left", async || visit.bucket.keys().await.is_empty().then_some(())).await;
    assert_eq!(visit.runs.0.load(Ordering::Relaxed), 0);
}
