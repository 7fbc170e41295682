//! Downloads that wait in the spool to be fetched: an owner's oldest goes first, and nobody's goes for another visitor's.

use axum::http::StatusCode;
use filekit::Budgets;
use filekit::prelude::*;
use filekit_tests::{Log, Reply, TestApp, Visitor};
use serde_json::json;

#[state]
#[derive(Default)]
struct Desk {
    made: u32,
}

#[state]
impl Desk {
    #[event]
    fn export(&mut self, bytes: usize) -> Download {
        self.made += 1;
        Download::data("0123456789".repeat(bytes / 10)).filename("export.txt")
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![p(desk.made), button(on_click = Desk::export(value_of("bytes")), "Export")]
}

fn pages() -> Router {
    Router::new().route("/", get(page))
}

async fn export(visitor: &mut Visitor, bytes: usize) -> Reply {
    visitor.click_with("Export", &[("bytes", json!(bytes))]).await
}

fn link(reply: &Reply) -> String {
    reply.actions()[0]["url"].as_str().expect("a link").to_owned()
}

/// The bytes of all files that wait.
fn spooled(app: &TestApp) -> u64 {
    let spools = std::fs::read_dir(app.files().path().join(".filekit/spool")).expect("the spools");
    let folders = spools.map(|spool| spool.expect("a spool").path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).expect("a spool"));
    files.map(|file| file.expect("a file").metadata().expect("a file").len()).sum()
}

#[tokio::test]
async fn what_waits_for_one_visitor_is_bounded_and_the_oldest_goes_first() {
    let app = TestApp::new(pages());
    let mut victim = app.visitor().await;
    let waiting = link(&export(&mut victim, 100_000).await);
    let mut greedy = app.visitor().await;
    let mut links = Vec::new();
    for _ in 0..20 {
        let reply = export(&mut greedy, 19 << 20).await;
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
        links.push(link(&reply));
    }
    let held = spooled(&app) >> 20;
    assert!((200..=256).contains(&held), "{held} MiB of 380 wait");
    assert_eq!(greedy.get(&links[0]).await.status(), StatusCode::NOT_FOUND, "the oldest is gone");
    assert_eq!(greedy.get(&links[19]).await.bytes().len(), (19 << 20) / 10 * 10);
    assert_eq!(victim.get(&waiting).await.bytes().len(), 100_000);
}

#[tokio::test]
async fn what_waits_for_a_client_with_many_sessions_leaves_room_for_others() {
    let log = Log::record();
    let app = TestApp::with(pages(), |kit| kit.budgets(Budgets::new().spool_bytes(10_000_000)));
    let mut victim = app.visitor().await;
    let waiting = link(&export(&mut victim, 100_000).await);
    let mut refused = 0;
    for _ in 0..20 {
        let mut greedy = app.visitor().await;
        let reply = export(&mut greedy, 1_000_000).await;
        if reply.status() == StatusCode::OK {
            continue;
        }
        assert_eq!((reply.status(), reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "download.full".to_owned()));
        assert!(reply.message().contains("try again"), "{}", reply.message());
        assert_eq!(reply.header("retry-after"), "60");
        greedy.open("/").await;
        assert_eq!(greedy.page().named("p")[0].text(), "0", "nothing has changed");
        refused += 1;
    }
    assert_eq!(refused, 12, "eight of 1 MB leave less than 2 MB of ten");
    assert!(spooled(&app) <= 10_000_000);
    assert_eq!(victim.get(&waiting).await.bytes().len(), 100_000);
    let reply = export(&mut victim, 500_000).await;
    assert_eq!(reply.status(), StatusCode::OK, "there is room for less: {}", reply.text());
    let told = log.text().lines().filter(|line| line.contains("no room for another download")).count();
    assert_eq!(told, 1, "{}", log.text());
}

#[tokio::test]
async fn room_comes_back_when_a_download_is_fetched() {
    let app = TestApp::with(pages(), |kit| kit.budgets(Budgets::new().spool_bytes(1_000_000).spool_files(3)));
    for _ in 0..5 {
        let mut visitor = app.visitor().await;
        let waiting = link(&export(&mut visitor, 450_000).await);
        assert_eq!(visitor.get(&waiting).await.bytes().len(), 450_000);
    }
    let (mut one, mut other) = (app.visitor().await, app.visitor().await);
    for visitor in [&mut one, &mut other] {
        assert_eq!(export(visitor, 100_000).await.status(), StatusCode::OK);
    }
    assert_eq!(export(&mut app.visitor().await, 100_000).await.code(), "download.full", "there are two files already");
    assert_eq!(export(&mut one, 100_000).await.status(), StatusCode::OK, "one's own makes way");
}
