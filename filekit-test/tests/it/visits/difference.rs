//! Pages that are not what their patches make of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use filekit::prelude::*;
use filekit_test::Program;

use crate::visits::album::failure;

static RENDERINGS: AtomicUsize = AtomicUsize::new(0);

#[state]
#[derive(Default)]
struct Clicks {
    count: usize,
}

#[state]
impl Clicks {
    #[event]
    fn click(&mut self) {
        self.count += 1;
    }
}

/// Says how often it was rendered, which is new each time.
async fn impure(clicks: Current<Clicks>) -> View {
    let renderings = RENDERINGS.fetch_add(1, Ordering::Relaxed);
    view![vstack(
        heading("Clicks"),
        button(on_click = Clicks::click, "Click"),
        text("Clicks: ", clicks.count),
        text("Renderings: ", renderings),
    )]
}

fn program() -> Program {
    Program::new(Router::new().route("/", get(impure)), |kit| kit)
}

#[tokio::test]
async fn a_page_that_is_new_each_time_fails_with_its_first_difference() {
    let failure = failure(async { drop(program().open("/").await.click("Click").await.text()) }).await;
    let (why, pages) = failure.split_once("\n\n").expect("what differs");
    assert!(why.starts_with("after the event the page / is another than when it is loaded again\n"), "{why}");
    let (patched, reloaded) = pages.split_once("\n\n").expect("two pages");
    for (page, title) in [(patched, "as patched:"), (reloaded, "loaded again:")] {
        assert!(page.starts_with(title), "{page}");
        assert!(page.contains("\"Clicks: 1\"\n"), "{page}");
        let marked: Vec<&str> = page.lines().filter(|line| line.starts_with("> ")).collect();
        assert!(matches!(marked.as_slice(), [line] if line.contains("\"Renderings: ")), "{page}");
    }
}

#[tokio::test]
async fn such_a_page_can_be_tested_without_the_comparison() {
    let mut page = program().without_comparison().open("/").await;
    page.click("Click").await.assert_text("Clicks: 1");
}
