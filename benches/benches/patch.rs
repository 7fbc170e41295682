//! A page with a list of 10,000 rows, of which one is new or 1,000 are changed: how long it takes to render it, to find out
//! what changed, and to show that in Chromium, and how much travels.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::hint::black_box;
use std::time::Duration;

use filekit::__private::{fingerprint_of, html_of, patch_of};
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

const ROWS: u64 = 10_000;
const ROUNDS: usize = 51;
const BROWSER_ROUNDS: usize = 11;
/// As long as a real one: a MAC, an event's id and a number.
const CAPABILITY: &str =
    "B8-gdL3JMYkYcp0qvkia3nsiZXZlbnQiOiIwN2Y4YzIwN2I0YmE1YTM0IiwiYXJndW1lbnRzIjpbeyJjYXB0dXJlZCI6MTIzfV19";

#[state]
#[derive(Default)]
struct Files {
    left: Vec<u64>,
}

#[state]
impl Files {
    #[event]
    fn delete(&mut self, id: u64) {
        self.left.retain(|left| *left != id);
    }
}

fn page(files: &[(u64, String, String)]) -> View {
    view![
        heading("Files: ", files.len()),
        table(
            class = "files",
            tbody(for (id, name, url) in files {
                tr(
                    td(link(href = url, target = "_blank", name)),
                    td(id * 1_234, " bytes"),
                    td(button(on_click = Files::delete(*id), "Delete")),
                )
            }),
        ),
    ]
}

#[tokio::main]
async fn main() {
    let file = |id: u64| {
        (id, format!("holiday <{id}> & more.jpeg"), format!("/_upload/holiday%20{id}.jpeg?signature=Zm9vYmFyYmF6cXV4"))
    };
    let before: Vec<_> = (0..ROWS).map(file).collect();
    let mut after = before.clone();
    after.insert(5_000, file(ROWS));

    let old = fingerprint_of(&page(&before));
    let mut render = Vec::new();
    let mut whole = Vec::new();
    let mut patched = Vec::new();
    let mut sent = 0;
    for _ in 0..ROUNDS {
        render.push(time(|| drop(black_box(page(&after)))));
        whole.push(time(|| drop(black_box(html_of(page(&after), CAPABILITY)))));
        patched.push(time(|| {
            let view = page(&after);
            let (new, patch) = black_box(patch_of(&old, &view, CAPABILITY));
            sent = patch.expect("a patch").get().len();
            drop(new);
        }));
    }
    let [render, whole, patched] = [render, whole, patched].map(median);
    println!("a list of {ROWS} rows, and one more; median of {ROUNDS}");
    for (name, time) in [("the view", render), ("all of its markup", whole), ("the patch", patched)] {
        let ratio = time.as_secs_f64() / render.as_secs_f64();
        println!("{name:<20} {:>8.2} ms   {ratio:.2} x the view", time.as_secs_f64() * 1e3);
    }
    println!("sent: {sent} bytes of {}", html_of(page(&after), CAPABILITY).len());
    let hundred = fingerprint_of(&page(&before[..100]));
    println!("kept of a page of 100 rows: {} bytes", hundred.weight());

    let mut changed = before.clone();
    changed.iter_mut().step_by(10).for_each(|(_, name, _)| name.push_str(" (changed)"));
    println!("in Chromium, from the reply's text to the changed page: median of {BROWSER_ROUNDS}, and the slowest");
    for (what, after, aim) in [("one row more", &after, 5.0), ("1,000 rows changed", &changed, 50.0)] {
        let (median, slowest) = in_browser(&page(&before), &page(after)).await;
        println!("{what:<20} {median:>8.2} ms {slowest:>8.2} ms   aim {aim} ms");
    }
}

/// Patches a page again and again, each time a new one.
const PATCH: &str = r#"
    const [html, reply, rounds, done] = arguments;
    (async () => {
        const { start } = await import("/_filekit/client.js");
        document.body.removeAttribute("data-filekit-live");
        document.body.setAttribute("data-filekit-instance", "A.0");
        const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        const times = [];
        for (let round = 0; round < rounds; round += 1) {
            const root = document.createElement("div");
            root.id = "filekit";
            root.innerHTML = html;
            document.getElementById("filekit").replaceWith(root);
            let began;
            const send = async () => {
                began = performance.now();
                return { status: 200, type: "application/json", text: reply, header: () => null };
            };
            const page = start(document, { send });
            await frame();
            const changed = new Promise(done => new MutationObserver(() => done(performance.now()))
                .observe(root, { childList: true, characterData: true, subtree: true }));
            page.sync(page);
            times.push(await changed - began);
            await frame();
        }
        return times;
    })().then(done, error => done(String(error)));
"#;

async fn in_browser(before: &View, after: &View) -> (f64, f64) {
    let app = TestApp::new(Router::new().route("/", get(async || view![p("ready")])));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    let (_, patch) = patch_of(&fingerprint_of(before), after, CAPABILITY);
    let view = json!({ "instance": "A", "from": 0, "version": 1, "patch": patch });
    let reply = json!({ "view": view, "actions": [] }).to_string();
    let html = html_of(before.clone(), CAPABILITY);
    let times = browser.run_async(PATCH, &[json!(html), json!(reply), json!(BROWSER_ROUNDS)]).await;
    let mut times: Vec<f64> = serde_json::from_value(times.clone()).unwrap_or_else(|_| panic!("{times}"));
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() - 1])
}

/// The processor's time, in which no other programs are. Work is done twice and the second time counts: what the
/// allocator had given back after other work is not this work's.
fn time(mut work: impl FnMut()) -> Duration {
    work();
    let start = processor_time();
    work();
    processor_time() - start
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("it goes forward")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
