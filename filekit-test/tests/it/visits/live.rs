//! Pages that follow their state. The clock is paused and moves on when all wait, so that a test need not wait in vain.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use filekit::Budgets;
use filekit::axum::response::Redirect;
use filekit::prelude::*;
use filekit_test::{Program, file};

use crate::visits::album::failure;

/// What all visitors share.
#[state(owner = Everyone)]
#[derive(Default)]
struct Guestbook {
    entries: Vec<String>,
}

#[state]
impl Guestbook {
    #[event]
    fn add(&mut self, name: String) {
        self.entries.push(name);
    }

    #[event]
    fn clear(&mut self) {
        self.entries.clear();
    }
}

/// What the tabs of one visitor share.
#[state]
#[derive(Default)]
struct Draft {
    words: usize,
    is_sent: bool,
}

#[state]
impl Draft {
    #[event]
    fn write(&mut self) {
        self.words += 1;
    }

    #[event]
    fn send(&mut self) {
        self.is_sent = true;
    }

    #[event]
    async fn sign_in(&mut self) -> RenewSession {
        RenewSession
    }
}

/// What is shown while it is read.
#[state]
#[derive(Default)]
struct Reading {
    bytes: usize,
    marks: usize,
}

#[state]
impl Reading {
    #[event]
    async fn read(&mut self, mut files: UploadStream, updates: Updates) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            while let Some(chunk) = file.next_chunk().await? {
                self.bytes += chunk.len();
                updates.send(self).await?;
            }
        }
        Ok(())
    }

    #[event]
    fn mark(&mut self) {
        self.marks += 1;
    }
}

async fn reading(reading: Current<Reading>) -> View {
    view![vstack(
        upload(id = "file", button("Choose a file")),
        button(on_click = Reading::read(upload_files("file")), "Read"),
        button(on_click = Reading::mark, "Mark"),
        text("Bytes: ", reading.bytes, " marks: ", reading.marks),
    )]
}

async fn guestbook(book: Current<Guestbook>) -> View {
    view![vstack(
        heading(book.entries.len(), " entries"),
        label(r#for = "name", "Name"),
        input(id = "name"),
        button(on_click = Guestbook::add(value_of("name")), "Add"),
        button(on_click = Guestbook::clear, "Clear"),
        for entry in &book.entries {
            text("By ", entry)
        },
    )]
}

async fn draft(draft: Current<Draft>) -> Result<View, Redirect> {
    if draft.is_sent {
        return Err(Redirect::to("/"));
    }
    Ok(view![vstack(
        text(draft.words, " words"),
        button(on_click = Draft::write, "Write"),
        button(on_click = Draft::send, "Send"),
        button(on_click = Draft::sign_in, "Sign in"),
    )])
}

fn pages() -> Router {
    Router::new().route("/", get(guestbook)).route("/draft", get(draft)).route("/reading", get(reading))
}

fn program() -> Program {
    Program::new(pages(), |kit| kit)
}

#[tokio::test(start_paused = true)]
async fn what_one_visitor_does_arrives_at_another() {
    let program = program();
    let (mut ann, mut ben) = (program.open("/").await, program.open("/").await);
    ben.follow().await;
    ann.fill("Name", "Ann").click("Add").await;
    ben.assert_text("0 entries").until_text("By Ann").await.assert_text("1 entries");
    ann.fill("Name", "Zoe").click("Add").await.click("Add").await;
    ben.until_text("3 entries").await.assert_text("By Ann By Zoe By Zoe");
    ann.click("Clear").await;
    ben.until_no_text("By Ann").await.assert_text("0 entries");
}

#[tokio::test(start_paused = true)]
async fn a_page_is_what_a_fresh_one_is_when_the_wait_is_over() {
    let program = program();
    let (mut ann, mut ben) = (program.open("/").await, program.open("/").await);
    ben.follow().await;
    ann.fill("Name", "Ann").click("Add").await;
    ben.until_text("entries").await.assert_text("By Ann");
}

/// The clock is that of the machine, and changes go on while the page waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_catches_up_with_a_program_that_goes_on() {
    let mut kit = None;
    let program = Program::with_router(|directory| {
        let kit = kit.insert(FileKit::builder().upload_dir(directory).build().expect("a directory"));
        kit.router(pages())
    });
    let kit = kit.expect("a program");
    let mut page = program.open("/").await;
    page.follow().await;
    let changes = tokio::spawn(async move {
        for nth in 1..=200 {
            kit.update::<Guestbook>(&Everyone, |book| book.entries.push(format!("{nth}."))).await.expect("a change");
        }
    });
    page.until_text("By 1.").await.until_text("200 entries").await.assert_text("By 200.");
    changes.await.expect("an end");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_follows_goes_on_with_events_of_its_own() {
    let program = program();
    let (mut ann, mut ben) = (program.open("/").await, program.open("/").await);
    ben.follow().await.fill("Name", "Ben").click("Add").await;
    ann.until_text("By Ben").await.fill("Name", "Ann").click("Add").await;
    ben.fill("Name", "Ben again").click("Add").await.assert_text("By Ben By Ann By Ben again");
    ann.until_text("By Ben again").await.click("Clear").await;
    ben.until_text("0 entries").await.click("Add").await.assert_text("1 entries");
}

#[tokio::test(start_paused = true)]
async fn what_was_entered_stays_when_something_arrives() {
    let program = program();
    let (mut ann, mut ben) = (program.open("/").await, program.open("/").await);
    ben.fill("Name", "Ben").follow().await;
    ann.click("Add").await;
    ben.until_text("1 entries").await.click("Add").await.assert_text("By Ben");
}

#[tokio::test(start_paused = true)]
async fn tabs_show_what_was_done_before_they_are_looked_at() {
    let mut page = program().open("/draft").await;
    let mut tab = page.visitor().open("/draft").await;
    page.click("Write").await;
    tab.until_text("1 words").await;
}

#[tokio::test(start_paused = true)]
async fn the_program_itself_changes_what_is_shown() {
    let mut kit = None;
    let program = Program::with_router(|directory| {
        let kit = kit.insert(FileKit::builder().upload_dir(directory).build().expect("a directory"));
        Router::new().nest("/book", kit.router(pages()))
    });
    let kit = kit.expect("a program");
    let mut page = program.open("/book?of=1&of=2").await;
    page.follow().await;
    kit.update::<Guestbook>(&Everyone, |book| book.entries.push("the program".to_owned())).await.expect("a change");
    page.until_text("By the program").await;
}

#[tokio::test(start_paused = true)]
async fn a_page_goes_where_it_leads_to_and_follows_there() {
    let program = program();
    let mut page = program.open("/draft").await;
    let mut tab = page.visitor().open("/draft").await;
    tab.follow().await;
    page.click("Send").await;
    tab.until_text("0 entries").await;
    assert_eq!(tab.address(), "/");
    program.open("/").await.click("Add").await;
    tab.until_text("1 entries").await;
}

#[tokio::test(start_paused = true)]
async fn a_page_follows_on_when_its_connection_has_ended() {
    let mut page = program().open("/draft").await;
    let mut tab = page.visitor().open("/draft").await;
    tab.follow().await;
    page.click("Sign in").await.click("Write").await;
    tab.until_text("1 words").await;
    page.click("Write").await;
    tab.until_text("2 words").await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_has_lost_what_an_event_showed_gets_the_whole_view() {
    let mut page = program().open("/reading").await;
    let mut tab = page.visitor().open("/reading").await;
    page.follow().await.choose("file", [file("a", vec![1; 200_000])]).break_after(100_000).click("Read").await;
    tab.click("Mark").await;
    page.until_text("Bytes: 0 marks: 1").await.resume().await.assert_text("Bytes: 200000 marks: 1");
}

#[tokio::test(start_paused = true)]
async fn a_text_that_does_not_come() {
    let mut page = program().open("/").await;
    let missing = failure(async move { drop(page.until_text("By Ann").await.text()) }).await;
    let shown = "the page / shows:\n  heading 2 \"0 entries\"\n  text \"Name\"\n  input \"Name\" = \"\"\n  \
                 button \"Add\"\n  button \"Clear\"\n";
    assert_eq!(missing, format!("no text \"By Ann\" within 10s\n\n{shown}"));
    let mut page = program().open("/").await;
    let present = failure(async move { drop(page.until_no_text("0 entries").await.text()) }).await;
    assert_eq!(present, format!("there is the text \"0 entries\", and it has not gone within 10s\n\n{shown}"));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_not_notified() {
    let count = Arc::new(AtomicUsize::default());
    let shown = Arc::clone(&count);
    let index = move || {
        let count = shown.load(Ordering::Relaxed);
        async move { view![vstack(text(count, " visits"))].follow("visits") }
    };
    let program = Program::new(Router::new().route("/", get(index)), |kit| kit);
    let mut page = program.open("/").await;
    page.follow().await;
    count.store(1, Ordering::Relaxed);
    let failure = failure(async move { drop(page.until_text("1 visits").await.text()) }).await;
    let (why, pages) = failure.split_once("\n\n").expect("pages");
    assert_eq!(why, "no text \"1 visits\" within 10s; loaded again, the page is another: is the change notified?");
    for text in ["as patched:\n", "\"0 visits\"", "loaded again:\n", "\"1 visits\"", "the page / shows:\n"] {
        assert!(pages.contains(text), "{pages}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_another_than_a_fresh_one() {
    let renderings = Arc::new(AtomicUsize::default());
    let index = move |book: Current<Guestbook>| {
        let nth = renderings.fetch_add(1, Ordering::Relaxed);
        async move { view![vstack(text(book.entries.len(), " entries"), text("Rendering ", nth))] }
    };
    let pages = Router::new().route("/", get(index)).route("/book", get(guestbook));
    let program = Program::new(pages, |kit| kit);
    let mut page = program.open("/").await;
    page.follow().await;
    program.open("/book").await.click("Add").await;
    let failure = failure(async move { drop(page.until_text("1 entries").await.text()) }).await;
    let (why, pages) = failure.split_once("\n\n").expect("pages");
    assert!(why.starts_with("after what has arrived the page / is another than when it is loaded again\n"), "{why}");
    assert!(pages.starts_with("as patched:\n") && pages.contains("\"Rendering "), "{pages}");

    let mut page = program.without_comparison().open("/").await;
    page.until_text("1 entries").await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_follow() {
    let mut page = Program::new(pages(), |kit| kit.live(false)).open("/").await;
    let off = failure(async move { drop(page.follow().await.text()) }).await;
    let expected = "the page does not follow its state: the program says `live(false)`\n\nthe page / shows:\n";
    assert!(off.starts_with(expected), "{off}");

    let plain = async || filekit::axum::response::Html("<h1>Plain</h1>");
    let mut page = Program::with_router(|_| Router::new().route("/", get(plain))).open("/").await;
    let plain = failure(async move { drop(page.until_text("Plain").await.text()) }).await;
    let expected =
        "the page does not follow its state: it is none of filekit's\n\nthe page / shows:\n  heading 1 \"Plain\"\n";
    assert_eq!(plain, expected);
}

#[tokio::test(start_paused = true)]
async fn more_tabs_than_may_follow() {
    let visitor = program().visitor();
    let mut tabs = Vec::new();
    for _ in 0..16 {
        let mut tab = visitor.open("/").await;
        tab.follow().await;
        tabs.push(tab);
    }
    let mut tab = visitor.open("/").await;
    let refused = failure(async move { drop(tab.follow().await.text()) }).await;
    let expected = "the server does not let the page follow its state: it answers 429 Too Many Requests\n\n";
    assert!(refused.starts_with(expected), "{refused}");

    // A connection ends with its page.
    tabs.pop();
    visitor.open("/").await.follow().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_no_place_is_asked_again() {
    let program = Program::new(pages(), |kit| kit.budgets(Budgets::new().live_connections(1)));
    let (mut ann, mut ben) = (program.open("/").await, program.open("/").await);
    ann.follow().await;
    let leaves = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        drop(ann);
    };
    tokio::join!(ben.follow(), leaves);
    program.open("/").await.fill("Name", "Cy").click("Add").await;
    ben.until_text("By Cy").await;

    let mut cy = program.open("/").await;
    let refused = failure(async move { drop(cy.follow().await.text()) }).await;
    let expected = "the server has not said within 10s that the page can be followed; the server does not let the page follow its state: it answers 503 Service Unavailable\n";
    assert!(refused.starts_with(expected), "{refused}");
}
