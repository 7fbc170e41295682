//! Files that browsers send to the bucket by themselves, over HTTP: what the server signs, and what it makes of what lies there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use filekit::FileKitBuilder;
use filekit::guard::FileEvent;
use filekit::prelude::*;
use filekit::storage::{Attempt, Cause, ObjectStorage};
use filekit_tests::{Bucket, PNG, Reply, TestApp, Visitor, patterned, until};
use serde_json::{Value, json};

const MB: usize = 1 << 20;
const ORIGIN: &str = "http://filekit.test";

#[state]
#[derive(Default)]
struct Films {
    kept: Vec<StoredFile>,
    seen: Vec<String>,
}

#[state]
impl Films {
    #[event]
    async fn keep(&mut self, films: Vec<UploadFile>) -> Result<()> {
        for film in films {
            self.seen.push(format!("{} {} {}", film.mime(), film.size(), film.sha256().await?));
            self.kept.push(film.save_in("films").await?);
        }
        Ok(())
    }

    #[event]
    async fn keep_as(&mut self, films: Vec<UploadFile>) -> Result<()> {
        for film in films {
            self.kept.push(film.save_as("chosen.bin").await?);
        }
        Ok(())
    }

    #[event]
    async fn look(&mut self, films: Vec<UploadFile>) -> Result<()> {
        for film in films {
            self.seen.push(format!("{} of {} bytes", film.name(), film.bytes().await?.len()));
        }
        Ok(())
    }

    #[event]
    async fn keep_both(&mut self, digests: Vec<UploadFile>, films: Vec<UploadFile>) -> Result<()> {
        self.keep(digests).await?;
        self.keep(films).await
    }

    #[event]
    async fn refuse(&mut self, films: Vec<UploadFile>) -> Result<()> {
        self.keep(films).await?;
        Err(Error::user("Only on weekdays."))
    }
}

/// Looks at the last byte, which comes last.
async fn ends_well(film: &UploadFile) -> Result<Verdict> {
    Ok(match film.bytes().await?.last() {
        Some(b'!') => Verdict::Refuse("It ends badly.".to_owned()),
        _ => Verdict::Clean,
    })
}

async fn page(films: Current<Films>) -> View {
    view![
        upload(id = "films", max_files = 3, max_size = "40 MB", "Drop here"),
        button(on_click = Films::keep(upload_files("films")), "Keep"),
        upload(id = "pictures", accept = "image/*", "Drop here"),
        button(on_click = Films::keep(upload_files("pictures")), "Keep pictures"),
        upload(id = "digests", sha256 = true, "Drop here"),
        button(on_click = Films::keep(upload_files("digests")), "Keep digests"),
        upload(id = "chosen", "Drop here"),
        button(on_click = Films::keep_as(upload_files("chosen")), "Keep as"),
        upload(id = "looked", "Drop here"),
        button(on_click = Films::look(upload_files("looked")), "Look"),
        upload(id = "both", "Drop here"),
        button(on_click = Films::keep_both(upload_files("digests"), upload_files("both")), "Keep both"),
        upload(id = "checked", check = ends_well, "Drop here"),
        button(on_click = Films::keep(upload_files("checked")), "Keep what is checked"),
        upload(id = "refused", "Drop here"),
        button(on_click = Films::refuse(upload_files("refused")), "Refuse"),
        for seen in &films.seen {
            p(seen)
        },
        for film in &films.kept {
            a(href = film.url(), film.name())
        },
    ]
}

struct Fixture {
    app: TestApp,
    bucket: Bucket,
    visitor: Visitor,
    /// What the program was told of its files.
    told: Arc<Mutex<Vec<String>>>,
}

impl Fixture {
    async fn new() -> Self {
        let bucket = Bucket::new().await;
        Self::on(bucket.storage().direct(true), bucket).await
    }

    async fn on(storage: ObjectStorage, bucket: Bucket) -> Self {
        let told = Arc::<Mutex<Vec<String>>>::default();
        let observer = |told: Arc<Mutex<Vec<String>>>| {
            move |event: &FileEvent| {
                let (name, bytes) = (event.name.as_deref().unwrap_or_default(), event.bytes.unwrap_or_default());
                told.lock().expect("no panic").push(format!("{} {name} {bytes}", event.kind));
            }
        };
        let settings = |builder: FileKitBuilder| builder.storage(storage.clone()).on_event(observer(Arc::clone(&told)));
        let app = TestApp::with(Router::new().route("/", get(page)), settings);
        let visitor = app.visitor().await;
        Self { app, bucket, visitor, told }
    }

    /// Says what is going to be sent, and returns the answer.
    async fn plan(&mut self, id: &str, files: &[(&str, &[u8])]) -> Value {
        let plan = self.visitor.plan(id, files);
        let reply = self.visitor.send(self.visitor.plan_request(&plan)).await;
        assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
        reply.json()
    }

    /// Asks what is missing of a file.
    async fn missing(&mut self, planned: &Value, file: usize, behind: u64) -> Reply {
        self.visitor.missing_parts(planned["upload"].as_str().expect("a URL"), file, behind).await
    }

    /// Sends what is missing of a file, and returns with which statuses.
    async fn send(&mut self, planned: &Value, file: usize, bytes: &[u8]) -> Vec<StatusCode> {
        let (mut statuses, mut behind) = (Vec::new(), Some(0));
        while let Some(from) = behind {
            let told = self.missing(planned, file, from).await.json();
            for part in told["missing"].as_array().expect("a list") {
                let [start, end] = ["start", "end"].map(|name| part[name].as_u64().expect("a number") as usize);
                statuses.push(put(part, &bytes[start..end]).await);
            }
            behind = told["behind"].as_u64();
        }
        statuses
    }

    /// Says that all is there, and returns what became of it.
    async fn finish(&mut self, planned: &Value) -> Reply {
        self.visitor.send_event(self.visitor.part(planned["upload"].as_str().expect("a URL"), 0, true, "")).await
    }

    /// Waits until nothing is on its way in the bucket any more.
    async fn until_nothing_is_left(&self) {
        until("nothing is left on its way", async || {
            let keys = self.bucket.keys().await;
            let is_clean =
                !keys.iter().any(|key| key.contains(".filekit/")) && self.bucket.unfinished().await.is_empty();
            is_clean.then_some(())
        })
        .await;
    }
}

/// Sends bytes as a browser would.
async fn put(part: &Value, bytes: &[u8]) -> StatusCode {
    let mut request = reqwest::Client::new().put(part["url"].as_str().expect("a URL")).header("origin", ORIGIN);
    for (name, value) in part["headers"].as_object().expect("fields") {
        request = request.header(name, value.as_str().expect("text"));
    }
    let answer = request.body(bytes.to_vec()).send().await.expect("an answer");
    StatusCode::from_u16(answer.status().as_u16()).expect("a status")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_and_large_files_go_to_the_bucket_by_themselves() {
    let mut fixture = Fixture::new().await;
    let (large, small) = (patterned(20 * MB), [PNG, &patterned(2 * MB)].concat());
    let files: [(&str, &[u8]); 3] = [("large.bin", &large), ("small.png", &small), ("empty.txt", b"")];
    let planned = fixture.plan("films", &files).await;
    assert_eq!(planned["direct"], json!([0, 1]), "a small file comes here");
    assert_eq!(fixture.send(&planned, 0, &large).await, [StatusCode::OK; 3]);
    assert_eq!(fixture.send(&planned, 1, &small).await, [StatusCode::OK]);
    assert_eq!(fixture.missing(&planned, 0, 0).await.json(), json!({ "missing": [], "there": 20 * MB }));
    let reply = fixture.finish(&planned).await;
    assert!(reply.status().is_success(), "{}", reply.text());
    let told = std::mem::take(&mut *fixture.told.lock().expect("no panic"));
    let sizes = ["large.bin 20971520".to_owned(), format!("small.png {}", small.len()), "empty.txt 0".to_owned()];
    let of_all = |kind| sizes.iter().map(move |file| format!("{kind} {file}"));
    assert_eq!(told, of_all("sent").chain(of_all("stored")).collect::<Vec<_>>());
    let seen: Vec<String> = fixture.visitor.page().named("p").iter().map(|p| p.text()).collect();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen[0].starts_with("application/octet-stream 20971520 ") && seen[1].starts_with("image/png "), "{seen:?}");
    let names = fixture.visitor.page().links();
    assert_eq!(names, ["large.bin", "small.png", "empty.txt"]);
    for (name, bytes) in files {
        let href = fixture.visitor.page().href(name).to_owned();
        assert!(fixture.visitor.get(&href).await.bytes() == bytes, "{name}");
    }
    fixture.until_nothing_is_left().await;
    let keys = fixture.bucket.keys().await;
    assert!(keys.len() == 3 && keys.iter().all(|key| key.starts_with("uploads/films/")), "{keys:?}");
    assert!(fixture.app.files().spool_is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_lost_is_given_again_and_the_event_has_run_once() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(9 * MB);
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    fixture.send(&planned, 0, &bytes).await;
    let first = fixture.finish(&planned).await;
    let told = fixture.missing(&planned, 0, 0).await.json();
    assert_eq!(told["missing"], json!([]), "the event has it");
    let second = fixture.finish(&planned).await;
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    fixture.visitor.open("/").await;
    assert_eq!(fixture.visitor.page().links(), ["a.bin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_type_is_judged_by_the_bytes_in_the_bucket() {
    let mut fixture = Fixture::new().await;
    let page = [b"<html><script>".as_slice(), &vec![b' '; 9 * MB]].concat();
    let planned = fixture.plan("pictures", &[("cat.png", &page)]).await;
    assert_eq!(fixture.send(&planned, 0, &page).await, [StatusCode::OK; 2]);
    let refused = fixture.finish(&planned).await;
    assert_eq!(
        (refused.status(), refused.code().as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "upload.type-not-accepted")
    );
    fixture.until_nothing_is_left().await;
    assert_eq!(fixture.bucket.keys().await, [""; 0]);
    // Again it is no other answer.
    assert_eq!(fixture.finish(&planned).await.code(), "upload.type-not-accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_reads_what_lies_in_the_bucket() {
    let mut fixture = Fixture::new().await;
    let (good, bad) = (patterned(2 * MB), [&*patterned(9 * MB), b"!"].concat());
    let planned = fixture.plan("checked", &[("good.bin", &good), ("bad.bin", &bad)]).await;
    assert_eq!(planned["direct"], json!([0, 1]));
    for (nth, bytes) in [&good, &bad].into_iter().enumerate() {
        fixture.send(&planned, nth, bytes).await;
    }
    let refused = fixture.finish(&planned).await;
    assert_eq!(refused.code(), "upload.refused-by-check", "{}", refused.text());
    fixture.until_nothing_is_left().await;
    assert_eq!(fixture.bucket.keys().await, [""; 0]);
    let planned = fixture.plan("checked", &[("good.bin", &good)]).await;
    fixture.send(&planned, 0, &good).await;
    assert!(fixture.finish(&planned).await.status().is_success());
    assert_eq!(fixture.visitor.page().links(), ["good.bin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_url_is_good_for_one_file_of_one_size_alone() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(2 * MB);
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    let told = fixture.missing(&planned, 0, 0).await.json();
    let part = told["missing"][0].clone();
    assert_eq!(put(&part, &patterned(2 * MB + 1)).await, StatusCode::FORBIDDEN, "more bytes");
    assert_eq!(put(&part, &patterned(2 * MB - 1)).await, StatusCode::FORBIDDEN, "fewer bytes");
    let url = part["url"].as_str().expect("a URL").to_owned();
    let with_url = |url: String| {
        let mut part = part.clone();
        part["url"] = url.into();
        part
    };
    for (other, what) in [
        (url.replacen("/uploads/", "/uploads/films/", 1), "another key"),
        (url.replacen("partNumber=1", "partNumber=2", 1), "another part"),
        (url.replacen("X-Amz-Expires=900", "X-Amz-Expires=90000", 1), "for longer"),
    ] {
        assert_ne!(other, url);
        assert_eq!(put(&with_url(other), &bytes).await, StatusCode::FORBIDDEN, "{what}");
    }
    let mut other_type = part.clone();
    other_type["headers"]["Content-Type"] = "text/html".into();
    assert_eq!(put(&other_type, &bytes).await, StatusCode::FORBIDDEN, "another type");
    assert_eq!(fixture.finish(&planned).await.code(), "upload.truncated", "nothing is there");
    assert_eq!(put(&part, &bytes).await, StatusCode::OK);
    assert!(fixture.finish(&planned).await.status().is_success());
    let late = put(&part, &bytes).await;
    assert!(!late.is_success(), "{late}: the file is judged and kept");
    fixture.until_nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_come_here_and_files_that_do_not_are_one_upload() {
    let mut fixture = Fixture::new().await;
    let (here, direct) = (patterned(2 * MB), patterned(9 * MB));
    let mut plan = fixture.visitor.plan("digests", &[("a.bin", &here), ("b.bin", &direct), ("c.bin", b"small")]);
    plan["call"] = fixture.visitor.upload_call("both");
    for (nth, upload) in [(0, "digests"), (1, "both"), (2, "both")] {
        plan["files"][nth]["upload"] = upload.into();
    }
    let planned = fixture.visitor.send(fixture.visitor.plan_request(&plan)).await.json();
    assert_eq!(planned["direct"], json!([1]), "{planned}");
    assert_eq!(fixture.send(&planned, 1, &direct).await, [StatusCode::OK; 2]);
    let upload = planned["upload"].as_str().expect("a URL").to_owned();
    let request = fixture.visitor.part(&upload, 0, true, [&here[..], b"small"].concat());
    let reply = fixture.visitor.send_event(request).await;
    assert!(reply.status().is_success(), "{}", reply.text());
    for (name, bytes) in [("a.bin", &here[..]), ("b.bin", &direct[..]), ("c.bin", b"small")] {
        let href = fixture.visitor.page().href(name).to_owned();
        assert!(fixture.visitor.get(&href).await.bytes() == bytes, "{name}");
    }
    fixture.until_nothing_is_left().await;
    assert!(fixture.app.files().spool_is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_behind_all_parts_is_answered_with_none() {
    let mut fixture = Fixture::new().await;
    let planned = fixture.plan("films", &[("a.bin", &patterned(9 * MB))]).await;
    for behind in [2, 3, 65_535] {
        assert_eq!(fixture.missing(&planned, 0, behind).await.json(), json!({ "missing": [], "there": 0 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_is_missing_is_asked_for_and_one_that_comes_late_changes_nothing() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(20 * MB);
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    let told = fixture.missing(&planned, 0, 0).await.json();
    let parts = told["missing"].as_array().expect("a list").clone();
    assert_eq!(parts.len(), 3);
    for nth in [0, 2] {
        let [start, end] = ["start", "end"].map(|name| parts[nth][name].as_u64().expect("a number") as usize);
        assert_eq!(put(&parts[nth], &bytes[start..end]).await, StatusCode::OK);
    }
    assert_eq!(fixture.finish(&planned).await.code(), "upload.truncated");
    let told = fixture.missing(&planned, 0, 0).await.json();
    assert_eq!((told["missing"].as_array().map(Vec::len), told["there"].as_u64()), (Some(1), Some(12 << 20)));
    assert_eq!(fixture.send(&planned, 0, &bytes).await, [StatusCode::OK]);
    assert!(fixture.finish(&planned).await.status().is_success());
    let late = put(&parts[1], &vec![0; 8 * MB]).await;
    assert!(!late.is_success(), "{late}");
    let href = fixture.visitor.page().href("a.bin").to_owned();
    assert!(fixture.visitor.get(&href).await.bytes() == &bytes, "it is another file");
    fixture.until_nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_up_or_fails_leaves_nothing_in_the_bucket() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(9 * MB);
    // Given up on the way.
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    let told = fixture.missing(&planned, 0, 0).await.json();
    assert_eq!(put(&told["missing"][0], &bytes[..8 * MB]).await, StatusCode::OK);
    assert_eq!(fixture.bucket.unfinished().await.len(), 1);
    fixture.visitor.discard(planned["upload"].as_str().expect("a URL")).await;
    fixture.until_nothing_is_left().await;
    let late = put(&told["missing"][1], &bytes[8 * MB..]).await;
    assert!(!late.is_success(), "{late}: the right to send it has ended");
    // Refused by its event, which had saved it.
    let planned = fixture.plan("refused", &[("a.bin", &bytes)]).await;
    fixture.send(&planned, 0, &bytes).await;
    assert_eq!(fixture.finish(&planned).await.message(), "Only on weekdays.");
    // Looked at, and not saved.
    let planned = fixture.plan("looked", &[("b.bin", &bytes)]).await;
    fixture.send(&planned, 0, &bytes).await;
    assert!(fixture.finish(&planned).await.status().is_success());
    assert_eq!(fixture.visitor.page().named("p")[0].text(), "b.bin of 9437184 bytes");
    until("the bucket is empty", async || fixture.bucket.keys().await.is_empty().then_some(())).await;
    fixture.until_nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_under_a_chosen_key_takes_the_place_of_the_one_before() {
    let mut fixture = Fixture::new().await;
    for seed in [1, 2] {
        let bytes = vec![seed; 9 * MB];
        let planned = fixture.plan("chosen", &[("a.bin", &bytes)]).await;
        fixture.send(&planned, 0, &bytes).await;
        assert!(fixture.finish(&planned).await.status().is_success());
        let href = fixture.visitor.page().href("chosen.bin").to_owned();
        assert!(fixture.visitor.get(&href).await.bytes() == &bytes, "{seed}");
    }
    fixture.until_nothing_is_left().await;
    assert_eq!(fixture.bucket.keys().await, ["uploads/chosen.bin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_through_the_server_where_every_byte_is_looked_at_or_the_bucket_does_not_let_pages_in() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(2 * MB);
    let planned = fixture.plan("digests", &[("a.bin", &bytes)]).await;
    assert_eq!(planned["direct"], Value::Null);
    let small = fixture.plan("films", &[("a.bin", &patterned(MB))]).await;
    assert_eq!(small["direct"], Value::Null);
    let missing = fixture.missing(&planned, 0, 0).await;
    assert_eq!((missing.status(), missing.code().as_str()), (StatusCode::BAD_REQUEST, "request.malformed"));

    let bucket = Bucket::new().await;
    let mut fixture = Fixture::on(bucket.storage_without_cors().direct(true), bucket).await;
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    assert_eq!(planned["direct"], Value::Null);

    let bucket = Bucket::new().await;
    let mut fixture = Fixture::on(bucket.storage(), bucket).await;
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    assert_eq!(planned["direct"], Value::Null, "it was not asked for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_lets_no_pages_in_is_told_with_the_rule_that_it_lacks() {
    let bucket = Bucket::new().await;
    let kit = |storage: ObjectStorage| {
        let storage = storage.direct(true);
        TestApp::with(Router::new(), move |builder| builder.storage(storage.clone()).hosts(["files.example.org"]))
    };
    kit(bucket.storage()).kit().check_storage().await.expect("no problem");
    let problem = kit(bucket.storage_without_cors()).kit().check_storage().await.expect_err("a problem");
    assert_eq!((problem.attempt(), problem.cause()), (Attempt::SendDirectly, Cause::NoRuleForPages));
    let text = problem.to_string();
    for words in [
        "files cannot be sent to the storage by browsers: the bucket lets no pages of this site in",
        r#""AllowedHeaders":["content-type"],"AllowedMethods":["PUT"]"#,
        r#""AllowedOrigins":["https://files.example.org"]"#,
    ] {
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_on_in_another_upload_where_it_was() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(20 * MB);
    let planned = fixture.plan("films", &[("a.bin", &bytes), ("b.bin", b"other")]).await;
    let told = fixture.missing(&planned, 0, 0).await.json();
    assert_eq!(put(&told["missing"][0], &bytes[..8 * MB]).await, StatusCode::OK);
    let mut plan = fixture.visitor.plan("films", &[("a.bin", &bytes)]);
    plan["files"][0]["from"] = format!("{}/0", planned["id"].as_str().expect("an id")).into();
    let again = fixture.visitor.send(fixture.visitor.plan_request(&plan)).await.json();
    assert_eq!(again["direct"], json!([0]));
    let told = fixture.missing(&again, 0, 0).await.json();
    assert_eq!(told["there"], json!(8 * MB), "what was sent is there");
    fixture.send(&again, 0, &bytes).await;
    assert!(fixture.finish(&again).await.status().is_success());
    let href = fixture.visitor.page().href("a.bin").to_owned();
    assert!(fixture.visitor.get(&href).await.bytes() == &bytes, "it is another file");
    fixture.visitor.discard(planned["upload"].as_str().expect("a URL")).await;
    fixture.until_nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_begins_one_upload_after_the_other_has_no_more_of_them_in_the_bucket_than_on_a_disk() {
    let mut fixture = Fixture::new().await;
    let bytes = patterned(9 * MB);
    let planned = fixture.plan("films", &[("a.bin", &bytes)]).await;
    fixture.missing(&planned, 0, 0).await;
    assert_eq!(fixture.bucket.unfinished().await.len(), 1);
    for _ in 0..32 {
        fixture.plan("films", &[("b.bin", &bytes)]).await;
    }
    until("the first one has made room", async || fixture.bucket.unfinished().await.is_empty().then_some(())).await;
    assert_eq!(fixture.missing(&planned, 0, 0).await.code(), "upload.gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_forgotten_is_swept() {
    let bucket = Bucket::new().await;
    let storage = bucket.storage().direct(true);
    let mut fixture = Fixture::on(storage.clone(), bucket.clone()).await;
    let bytes = patterned(9 * MB);
    let small = patterned(2 * MB);
    let planned = fixture.plan("films", &[("a.bin", &bytes), ("b.bin", &small)]).await;
    let told = fixture.missing(&planned, 0, 0).await.json();
    assert_eq!(put(&told["missing"][0], &bytes[..8 * MB]).await, StatusCode::OK);
    fixture.send(&planned, 1, &small).await;
    assert_eq!(bucket.unfinished().await.len(), 2);
    // Another program with an upload directory of its own, for which everything is too old.
    let _other = TestApp::with(Router::new(), |builder| builder.storage(storage.clone()).partial_ttl(Duration::ZERO));
    fixture.until_nothing_is_left().await;
    assert_eq!(fixture.finish(&planned).await.code(), "upload.gone");
}
