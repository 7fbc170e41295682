//! Uploads whose connection breaks, rules, and events that read while files arrive.

use filekit::prelude::*;
use filekit_test::{FaultyStorage, Program, file};

use crate::visits::album::{picture, program};

#[tokio::test]
async fn an_upload_goes_on_where_its_connection_broke() {
    let mut page = program().open("/").await;
    page.choose("photos", [picture("a.png", 2_000_000), picture("b.png", 3_000_000)]);
    page.break_after(2_500_000).click("Send").await;
    page.assert_text("Waiting for the connection").assert_text("Photos: 0");
    page.break_after(4_000_000).resume().await.assert_text("Waiting for the connection");
    page.resume().await;
    page.assert_text("Photos: 2").assert_no_text("Waiting").assert_text("2 photos are kept");
    page.click("b.png").await;
    assert_eq!(page.downloads()[0].bytes.len(), 3_000_000);
}

#[tokio::test]
async fn an_upload_that_waits_can_be_given_up() {
    let mut page = program().open("/").await;
    page.choose("photos", [picture("a.png", 2_000)]).break_after(0).click("Send").await;
    page.assert_text("Waiting for the connection");
    page.cancel("photos").await;
    page.assert_no_text("Waiting").assert_text("a.png").assert_text("Photos: 0");
    page.click("Send").await.assert_text("Photos: 1");
}

#[tokio::test]
async fn files_that_break_a_rule_are_refused_before_they_are_sent() {
    let mut page = program().open("/").await;
    page.choose("photos", [file("a.txt", "a"), picture("b.png", 5_000_000), picture("c.png", 9)]);
    assert_eq!(
        page.messages(),
        ["“a.txt” is not accepted here. Accepted: PNG.", "“b.png” is larger than 4 MB."],
        "{}",
        page.outline()
    );
    page.assert_text("c.png (9 B)").click("Send").await.assert_text("Photos: 1");
    page.choose("photos", ["d.png", "e.png", "f.png", "g.png"].map(|name| picture(name, 9)));
    page.assert_text("Too many files: at most 3 can be sent.").click("Send").await.assert_text("Photos: 4");
}

#[tokio::test]
async fn what_only_the_server_can_tell_is_refused_in_its_words() {
    let mut page = program().open("/").await;
    page.choose("photos", [file("a.png", "this is no picture")]).click("Send").await;
    page.assert_text("Photos: 0");
    let [message] = page.messages() else { panic!("one message, not {:?}", page.messages()) };
    assert!(message.contains("“a.png”"), "{message}");
    page.click_near("a.png", "Leave out").await.assert_no_text("a.png (");
}

#[tokio::test]
async fn words_and_limits_are_those_of_the_program() {
    let texts = [("upload.type-not-accepted", "Nicht {name}, sondern {accepted}!")];
    let program = Program::new(crate::visits::album::pages(), |kit| kit.texts(texts));
    let mut page = program.open("/").await;
    page.choose("photos", [file("a.txt", "a")]).assert_text("Nicht a.txt, sondern PNG!");
}

#[state]
#[derive(Default)]
struct Counter {
    bytes: usize,
}

#[state]
impl Counter {
    /// Counts bytes while they arrive.
    #[event]
    async fn count(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            while let Some(chunk) = file.next_chunk().await? {
                self.bytes += chunk.len();
            }
        }
        Ok(())
    }
}

async fn counter(counter: Current<Counter>) -> View {
    view![vstack(
        upload(id = "file", button("Choose a file")),
        button(on_click = Counter::count(upload_files("file")), "Count"),
        text("Bytes: ", counter.bytes),
    )]
}

#[tokio::test]
async fn an_event_that_reads_while_files_arrive_begins_anew_after_a_break() {
    let program = Program::new(Router::new().route("/", get(counter)), |kit| kit);
    let mut page = program.open("/").await;
    page.choose("file", [file("a", vec![1; 3_000_000])]).break_after(1_000_000).click("Count").await;
    page.assert_text("Bytes: 0");
    page.resume().await.assert_text("Bytes: 3000000");
    page.choose("file", [file("b", vec![1; 2_000_000])]).click("Count").await.assert_text("Bytes: 5000000");
}

#[state]
#[derive(Default)]
struct Films {
    kept: Vec<StoredFile>,
}

#[state]
impl Films {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.kept.push(file.save().await?);
        }
        Ok(())
    }
}

async fn films(films: Current<Films>) -> View {
    view![vstack(
        upload(id = "films", button("Choose films")),
        for film in selected_files("films") {
            hstack(text(film.name(), " is ", film.status()), button(on_click = retry_file(&film), "Retry"))
        },
        button(on_click = Films::keep(upload_files("films")), "Send"),
        button(on_click = pause_upload("films"), "Pause"),
        button(on_click = resume_upload("films"), "Go on"),
        button(on_click = cancel_upload("films"), "Give up"),
        if is_paused("films") {
            text("Paused")
        },
        text("Films: ", films.kept.len()),
    )]
}

#[tokio::test]
async fn buttons_of_the_page_pause_an_upload_let_it_go_on_and_give_it_up() {
    let program = Program::new(Router::new().route("/", get(films)), |kit| kit);
    let mut page = program.open("/").await;
    page.choose("films", [file("a.mp4", vec![0; 2_000_000])]).break_after(1_000_000).click("Send").await;
    page.assert_text("a.mp4 is waiting").click("Pause").await.assert_text("Paused");
    page.click("Go on").await.assert_text("Films: 1").assert_no_text("Paused").assert_no_text("a.mp4");

    page.choose("films", [file("b.mp4", vec![0; 2_000_000])]).break_after(1_000_000).click("Send").await;
    page.click("Give up").await.assert_text("b.mp4 is selected").assert_text("Films: 1");
}

#[tokio::test]
async fn a_file_that_failed_is_sent_again() {
    let storage = FaultyStorage::on_disk();
    let program = Program::new(Router::new().route("/", get(films)), |kit| kit.storage(storage.clone()));
    let mut page = program.open("/").await;
    storage.fail(std::io::ErrorKind::StorageFull);
    page.choose("films", ["a.mp4", "b.mp4"].map(|name| file(name, name))).click("Send").await;
    page.assert_text("a.mp4 is failed").assert_text("b.mp4 is failed").assert_text("Films: 0");
    storage.recover();
    page.click_near("b.mp4", "Retry")
        .await
        .assert_text("Films: 1")
        .assert_text("a.mp4 is failed")
        .assert_no_text("b.mp4");
}
