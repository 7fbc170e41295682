//! A server that is cut off from the store in the middle of an event, for longer than its lease lasts: another one goes on, and the
//! first one finds that out when it commits.

use std::sync::Arc;

use axum::Extension;
use axum::http::StatusCode;
use filekit::prelude::*;
use filekit::state_store::RedisStates;
use filekit_tests::{Cable, RedisProgram, RedisServer, TestApp, UploadDir, in_time};
use tokio::sync::Notify;

/// Says when an event has begun, and lets it go on.
#[derive(Clone, Default)]
struct Gate(Arc<(Notify, Notify)>);

#[state]
#[derive(Default)]
struct Notes {
    lines: Vec<String>,
}

#[state]
impl Notes {
    #[event]
    fn write(&mut self) {
        self.lines.push("a line".to_owned());
    }

    #[event]
    async fn write_slowly(&mut self, file: UploadFile, #[extract] gate: Extension<Gate>) -> Result<()> {
        gate.0.0.0.notify_one();
        gate.0.0.1.notified().await;
        self.lines.push(file.save().await?.name().to_owned());
        Ok(())
    }
}

async fn page(notes: Current<Notes>) -> View {
    view![
        for line in &notes.lines {
            li(line)
        },
        upload(id = "file", "Drop"),
        button(on_click = Notes::write, "Write"),
        button(on_click = Notes::write_slowly(upload_files("file")), "Write slowly"),
    ]
}

/// A server with a connection of its own to the store.
async fn server(gate: &Gate, files: &UploadDir, redis: &str) -> TestApp {
    let store = RedisStates::connect(redis).await.expect("Redis of the test");
    let pages = Router::new().route("/", get(page)).layer(Extension(gate.clone()));
    TestApp::with(pages, |kit| kit.upload_dir(files.path()).state_store(store.clone()))
}

#[tokio::test]
async fn an_event_whose_lease_ran_out_fails_and_the_one_that_went_on_stays() {
    let redis = RedisServer::start(RedisProgram::Redis).await;
    let cable = Cable::to(redis.address().parse().expect("an address")).await;
    let (gate, files) = (Gate::default(), UploadDir::new());
    let cut_off = server(&gate, &files, &format!("redis://{}", cable.address())).await;
    let other = server(&gate, &files, &redis.url()).await;
    let visitor = cut_off.visitor().await;
    let mut slow = visitor.clone();
    let slow = tokio::spawn(async move { slow.upload("file", [("slow.txt", "content")]).await });
    in_time("that the event begins", gate.0.0.notified()).await;
    cable.pull_out();
    // It gets its turn when the lease has run out.
    let mut visitor = visitor.moved_to(other.site());
    let reply = visitor.click("Write").await;
    assert!(reply.status().is_success(), "{}", reply.text());
    cable.plug_in();
    gate.0.1.notify_one();
    let reply = slow.await.expect("a reply");
    assert_eq!((reply.status(), reply.code()), (StatusCode::INTERNAL_SERVER_ERROR, "event.failed".to_owned()));
    visitor.open("/").await;
    let lines: Vec<String> = visitor.page().named("li").iter().map(|line| line.text()).collect();
    assert_eq!((lines, files.stored_names()), (vec!["a line".to_owned()], Vec::<String>::new()));
}
