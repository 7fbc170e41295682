//! What a check may say, and what becomes of files that none could judge.

use std::time::Duration;

use filekit_tests::{Log, TestApp};

use super::{NOT_CHECKED, REFUSED, app, app_with, assert_nothing_kept, assert_refused};

/// Ways in which a check comes to no verdict.
const WITHOUT_VERDICT: [(&str, &str); 4] =
    [("a riddle", "does not know"), ("a blow", "hit by a file"), ("a maze", "takes longer"), ("a fault", "on fire")];

fn impatient(open: bool) -> TestApp {
    app_with(|kit| kit.check_timeout(Duration::from_millis(50)).check_open(open))
}

#[tokio::test]
async fn files_that_pass_are_taken() {
    let app = app();
    let reply = app.visitor().await.upload("files", [("a.txt", "good"), ("b.txt", "better")]).await;
    assert_eq!(reply.status(), 200, "{}", reply.text());
    assert_eq!(app.stored_names(), ["a.txt", "b.txt"]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn one_that_is_refused_is_named_and_takes_the_others_with_it() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("files", [("a.txt", "good"), ("b.txt", "a virus")]).await;
    assert_refused(&app, &reply, REFUSED);
    assert_eq!(reply.message(), "“b.txt” is not accepted: It holds a <virus>.");
    assert_eq!(reply.json()["error"]["file"], "b.txt");
    assert_eq!(visitor.open("/").await.status(), 200);
    assert!(visitor.page().named("li").is_empty(), "the event has not run");
    let refusals = log.text().lines().filter(|line| line.contains("upload.refused-by-check: “b.txt”")).count();
    assert_eq!(refusals, 1, "{}", log.text());
}

#[tokio::test]
async fn what_cannot_be_judged_is_refused() {
    for (content, reason) in WITHOUT_VERDICT {
        let log = Log::record();
        let app = impatient(false);
        let reply = app.visitor().await.upload("files", [("a.txt", content)]).await;
        assert_refused(&app, &reply, NOT_CHECKED);
        assert_eq!(
            reply.message(),
            "“a.txt” could not be checked just now. Nothing was kept; try again in a few minutes."
        );
        assert!(log.text().contains(reason), "{content}: {}", log.text());
    }
}

#[tokio::test]
async fn a_program_may_take_what_cannot_be_judged() {
    for (content, reason) in WITHOUT_VERDICT {
        let log = Log::record();
        let app = impatient(true);
        let reply = app.visitor().await.upload("files", [("a.txt", content)]).await;
        assert_eq!((reply.status().as_u16(), app.stored_names()), (200, vec!["a.txt".to_owned()]), "{content}");
        assert!(log.text().contains(reason) && log.text().contains("is taken all the same"), "{}", log.text());
        let reply = app.visitor().await.upload("files", [("b.txt", "a virus")]).await;
        assert_eq!(reply.code(), REFUSED.1, "what is known to be bad is refused all the same");
    }
}

#[tokio::test]
async fn a_check_may_be_a_closure_or_stand_with_the_upload_or_with_the_event() {
    for (id, content) in [("closure", ""), ("papers", "a virus"), ("bare", "a virus")] {
        let app = app();
        let mut visitor = app.visitor().await;
        let reply = visitor.upload(id, [("bad.txt", content)]).await;
        assert_refused(&app, &reply, REFUSED);
        assert_eq!(visitor.upload(id, [("good.txt", "good")]).await.status(), 200, "{id}");
        assert_eq!(app.stored_names(), ["good.txt"]);
    }
}

#[tokio::test]
async fn files_that_are_read_while_they_arrive_cannot_be_checked_before() {
    let log = Log::record();
    let app = app();
    let reply = app.visitor().await.upload("stream", [("a.txt", "good")]).await;
    assert_eq!((reply.status().as_u16(), &*reply.code()), (500, "event.failed"));
    assert!(log.text().contains("Inbox::count` would read its files before it"), "{}", log.text());
    assert_nothing_kept(&app);
}
