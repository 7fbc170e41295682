//! Trouble on the way between page and server: the page shows the truth again by itself, with at most one question, and no event
//! happens twice.

use fantoccini::Locator;
use filekit_tests::{Browser, Exchange, Held, Lost, Samples, paths, until};

use super::board::{CHOSEN, COUNT, EVENT, KEPT, SECRET, UPLOAD, VIEW, Visit};

/// Waits until the visitor is told this.
async fn see_alert(browser: &Browser, words: &str) {
    let told = async || browser.texts("[role='alert']").await.iter().any(|text| text.contains(words)).then_some(());
    until("the visitor is told", told).await;
}

/// The page goes on by patches.
async fn assert_works(visit: &Visit, count: usize) {
    visit.relay.take();
    let runs = visit.runs();
    visit.browser.click("Count").await;
    visit.browser.see_texts(COUNT, &[&count.to_string()]).await;
    visit.assert_patched(EVENT);
    assert_eq!(visit.runs(), runs + 1);
}

#[tokio::test]
pub(super) async fn half_an_answer_is_made_up_for_by_one_question() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    relay.lose(EVENT, Lost::SecondHalf);
    browser.click("Count").await;
    see_alert(browser, "could not be").await;
    browser.see_texts(COUNT, &["1"]).await;
    assert_eq!(visit.runs(), 1);
    assert_eq!(relay.asked(), [EVENT, VIEW]);
    assert_works(&visit, 2).await;
}

/// The browser itself sends the request again, on a new connection.
#[tokio::test]
pub(super) async fn an_event_whose_answer_was_lost_happens_once() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    relay.lose(EVENT, Lost::Whole);
    browser.click("Count").await;
    see_alert(browser, "The connection broke").await;
    browser.see_texts(COUNT, &["1"]).await;
    assert_eq!(visit.runs(), 1);
    let exchanges = relay.take();
    assert_eq!(paths(&exchanges), [EVENT, EVENT]);
    assert_eq!(exchanges[1].lines()[0]["error"]["code"], "event.repeated");
    assert_works(&visit, 2).await;
}

#[tokio::test]
pub(super) async fn an_upload_whose_answer_was_lost_happens_once() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    relay.lose(UPLOAD, Lost::Whole);
    browser.click("Send").await;
    see_alert(browser, "The connection broke").await;
    browser.see_texts(KEPT, &["a.txt"]).await;
    assert_eq!(visit.runs(), 1);
    assert_eq!(relay.asked(), [UPLOAD, UPLOAD]);
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    assert_works(&visit, 1).await;
}

/// What a visitor has begun outlives every way of healing but a reload.
async fn begin(browser: &Browser, samples: &Samples) {
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    browser.find(Locator::Id("text")).await.send_keys("half a wo").await.expect("a field");
}

async fn assert_begun(browser: &Browser) {
    assert_eq!(browser.run("return document.getElementById('text').value", &[]).await, "half a wo");
    assert_eq!(browser.texts(CHOSEN).await, ["a.txt"]);
}

#[tokio::test]
async fn a_server_that_was_started_anew_carries_on() {
    let mut visit = Visit::open().await;
    let samples = Samples::new();
    assert_works(&visit, 1).await;
    begin(&visit.browser, &samples).await;
    visit.restart(SECRET);
    visit.relay.take();
    visit.browser.click("Count").await;
    // It has lost the state, which counts from the beginning; the page shows that at once.
    let Visit { browser, relay, .. } = &visit;
    until("the event has happened", async || (visit.runs() == 2).then_some(())).await;
    browser.see_texts(".beside", &["1 so far", "1 beside the files"]).await;
    let exchanges = relay.take();
    assert_eq!(paths(&exchanges), [EVENT]);
    assert!(exchanges[0].view()["body"].is_string(), "it doesn't know what the page shows");
    assert_begun(browser).await;
    assert_works(&visit, 2).await;
}

/// With another secret, nothing that the page was given is worth anything: the server cannot tell that it has shown it.
#[tokio::test]
async fn a_server_with_another_secret_lets_the_browser_ask_for_the_page_anew() {
    let mut visit = Visit::open().await;
    visit.restart(b"the secret of the second server");
    let Visit { browser, relay, .. } = &visit;
    browser.run("window.isBefore = true", &[]).await;
    browser.click("Count").await;
    let is_before = async || browser.run("return window.isBefore ?? null", &[]).await.is_null().then_some(());
    until("the document is another", is_before).await;
    browser.see_texts(COUNT, &["0"]).await;
    assert_eq!(relay.asked(), [EVENT, "/"]);
    assert_eq!(visit.runs(), 0);
    assert_works(&visit, 1).await;
}

#[tokio::test]
pub(super) async fn a_visitor_whose_session_has_ended_gets_another() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    let samples = Samples::new();
    assert_works(&visit, 1).await;
    begin(browser, &samples).await;
    browser.forget_cookies().await;
    browser.click("Count").await;
    see_alert(browser, "needs a cookie").await;
    browser.see_texts(COUNT, &["0"]).await;
    assert_eq!(relay.asked(), [EVENT]);
    assert_eq!(visit.runs(), 1);
    assert_begun(browser).await;
    assert_works(&visit, 1).await;
}

#[tokio::test]
async fn a_page_whose_markup_was_repaired_costs_one_question_more_each_time() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    let address = browser.run("return location.href + 'repaired'", &[]).await;
    browser.open(address.as_str().expect("an address")).await;
    relay.take();
    for (count, names) in [(1, ["row 1!", "row 2!", "row 3!"]), (2, ["row 1!!", "row 2!!", "row 3!!"])] {
        browser.click("Rename").await;
        browser.see_texts(".name", &names).await;
        browser.see_texts(COUNT, &[&count.to_string()]).await;
        assert_eq!(relay.asked(), [EVENT, VIEW]);
        assert_eq!(visit.runs(), count);
    }
}

/// Events of a page go one by one, so that none is asked for on a page that another is about to change.
#[tokio::test]
async fn an_event_waits_for_the_answer_to_the_one_before() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    let mut first = relay.hold(EVENT);
    browser.click("Count").await;
    first.ready().await;
    browser.click("Rename").await;
    let busy = "return document.querySelectorAll('button[aria-busy]').length";
    assert_eq!(browser.run(busy, &[]).await, 2);
    assert_eq!(visit.runs(), 1);
    drop(first);
    browser.see_texts(COUNT, &["2"]).await;
    let views: Vec<_> = relay.take().iter().map(Exchange::view).collect();
    let versions: Vec<_> = views.iter().map(|view| (view["from"].as_u64(), view["version"].as_u64())).collect();
    assert_eq!(versions, [(Some(0), Some(1)), (Some(1), Some(2))]);
    assert_eq!(visit.runs(), 2);
}

/// Two answers whose order is turned round on the way: that of an upload is held back, and the event is called meanwhile.
struct Crossed {
    visit: Visit,
    upload: Held,
    _samples: Samples,
}

impl Crossed {
    /// Up to where the browser has the second answer, which waits for the first.
    async fn begin() -> Self {
        let visit = Visit::open().await;
        let samples = Samples::new();
        let Visit { browser, relay, .. } = &visit;
        browser.choose("files", &[&samples.file("a.txt", "a")]).await;
        browser.see_texts(CHOSEN, &["a.txt"]).await;
        // Time passes when the test says so.
        let stop_the_clock = "const real = window.setTimeout;
            window.waiting = [];
            window.setTimeout = (job, time, ...rest) => time == 1000 ? waiting.push(() => job(...rest)) : real(job, time, ...rest);";
        browser.run(stop_the_clock, &[]).await;
        let mut upload = relay.hold(UPLOAD);
        browser.click("Send").await;
        upload.ready().await;
        browser.click("Count").await;
        let waits = async || (browser.run("return waiting.length", &[]).await == 1).then_some(());
        until("the second answer waits", waits).await;
        assert_eq!(browser.texts(COUNT).await, ["0"], "it says what is different from a page that is not shown yet");
        Self { visit, upload, _samples: samples }
    }

    /// The browser has waited as long as it does.
    async fn let_time_pass(&self) {
        self.visit.browser.run("waiting.splice(0).forEach(job => job())", &[]).await;
    }
}

#[tokio::test]
async fn answers_that_overtook_one_another_are_shown_in_order() {
    let Crossed { visit, upload, .. } = Crossed::begin().await;
    drop(upload);
    visit.browser.see_texts(KEPT, &["a.txt"]).await;
    visit.browser.run("waiting.splice(0).forEach(job => job())", &[]).await;
    visit.browser.see_texts(COUNT, &["1"]).await;
    assert_eq!(visit.relay.asked(), [UPLOAD, EVENT]);
    assert_eq!(visit.runs(), 2);
    assert_works(&visit, 2).await;
}

#[tokio::test]
async fn an_answer_that_comes_much_too_late_changes_nothing() {
    let crossed = Crossed::begin().await;
    crossed.let_time_pass().await;
    let Crossed { visit, upload, .. } = crossed;
    let Visit { browser, relay, .. } = &visit;
    // One question brings all that both have changed.
    browser.see_texts(COUNT, &["1"]).await;
    browser.see_texts(KEPT, &["a.txt"]).await;
    assert_works(&visit, 2).await;
    drop(upload);
    // When the selection is empty, the answer was read.
    browser.see_texts(CHOSEN, &[]).await;
    assert_eq!(browser.texts(COUNT).await, ["2"]);
    assert_eq!(relay.asked(), [""; 0]);
    assert_works(&visit, 3).await;
}

#[tokio::test]
pub(super) async fn the_steps_of_an_event_are_seen_while_it_runs() {
    let visit = Visit::gated().await;
    let Visit { browser, relay, .. } = &visit;
    browser.click("Climb").await;
    for step in 1..=3 {
        browser.see_texts(COUNT, &[&step.to_string()]).await;
        // It waits for the test, so it has not come any further.
        visit.until_run(step).await;
        let busy = "return document.querySelectorAll('button[aria-busy]').length";
        assert_eq!(browser.run(busy, &[]).await, 1, "the event runs");
        visit.let_through(1);
    }
    let idle =
        async || (browser.run("return document.querySelector('[aria-busy]')", &[]).await.is_null()).then_some(());
    until("the event has ended", idle).await;
    let exchanges = relay.take();
    assert_eq!(paths(&exchanges), [EVENT]);
    let lines = exchanges[0].lines();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines[..3].iter().all(|line| line["update"]["patch"].is_array()), "{lines:#?}");
    assert_eq!(lines[3]["view"].get("patch"), None, "nothing is left to be shown");
    assert_eq!(browser.texts(COUNT).await, ["3"]);
}

/// The browser sends it again, and nobody knows how far the handler had come.
#[tokio::test]
pub(super) async fn an_event_that_is_cut_off_before_it_answers_is_not_begun_again() {
    let visit = Visit::gated().await;
    let Visit { browser, relay, .. } = &visit;
    let cut = relay.cut(EVENT);
    browser.click("Count").await;
    visit.until_run(1).await;
    drop(cut);
    see_alert(browser, "The connection broke").await;
    assert_eq!(browser.texts(COUNT).await, ["0"]);
    assert_eq!(relay.asked(), [EVENT]);
    assert_eq!(visit.runs(), 1);
    visit.let_through(1);
    assert_works(&visit, 1).await;
}

/// What the updates have shown did not come true, or nobody knows.
#[tokio::test]
pub(super) async fn an_event_that_is_cut_off_between_two_steps_takes_them_back() {
    let visit = Visit::gated().await;
    let Visit { browser, relay, .. } = &visit;
    let cut = relay.cut(EVENT);
    browser.click("Climb").await;
    browser.see_texts(COUNT, &["1"]).await;
    drop(cut);
    see_alert(browser, "could not be reached").await;
    browser.see_texts(COUNT, &["0"]).await;
    assert_eq!(relay.asked(), [EVENT, VIEW]);
    assert_eq!(visit.runs(), 1);
    visit.let_through(1);
    assert_works(&visit, 1).await;
}

/// As extensions do.
#[tokio::test]
pub(super) async fn a_page_that_somebody_else_has_changed_is_asked_for_once() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    let samples = Samples::new();
    begin(browser, &samples).await;
    let change = "document.querySelector('.row').remove();
        document.querySelector('#filekit').prepend(document.createElement('aside'));";
    browser.run(change, &[]).await;
    browser.click("Rename").await;
    browser.see_texts(".row .name", &["row 1!", "row 2!", "row 3!"]).await;
    browser.see_texts(COUNT, &["1"]).await;
    assert_eq!(relay.asked(), [EVENT, VIEW]);
    assert_eq!(visit.runs(), 1);
    assert_eq!(browser.run("return document.querySelectorAll('aside').length", &[]).await, 0);
    assert_begun(browser).await;
    assert_works(&visit, 2).await;
}
