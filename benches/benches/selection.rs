//! Chooses 1,000 and 5,000 files on a page that lists them, in Chromium, and prints the time from the choice to the list on
//! the screen, then the time that one step of their upload's progress takes.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use serde_json::json;

/// How many files, and how many milliseconds they may take.
const CASES: [(usize, f64); 2] = [(1_000, 100.0), (5_000, 500.0)];
const ROUNDS: usize = 5;

/// Chooses files as the dialog does, and waits until the frame that shows them has been painted: the message is a task of
/// its own, after the frame.
const CHOOSE: &str = "const [count, type, done] = arguments;
    const input = document.querySelector('input[type=file]');
    const data = new DataTransfer();
    for (let index = 0; index < count; index += 1) {
        data.items.add(new File(['x'.repeat(index % 9)], `holiday ${index}.png`, { type, lastModified: index }));
    }
    input.files = data.files;
    const painted = work => new Promise(resolve => {
        const start = performance.now();
        work();
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => resolve(performance.now() - start);
            channel.port2.postMessage(null);
        });
    });
    const change = () => input.dispatchEvent(new Event('change', { bubbles: true }));
    const clear = () => document.getElementById('clear').click();
    const rows = () => document.querySelectorAll('.row').length;
    const median = times => times.sort((a, b) => a - b)[times.length >> 1];
    painted(change).then(async shown => {
        const there = rows();
        // The request goes nowhere; what the browser would say of its progress is said here.
        let request;
        XMLHttpRequest.prototype.send = function () { request = this; };
        document.getElementById('send')?.click();
        await painted(() => {});
        const steps = [];
        for (let step = 1; request && step <= 20; step += 1) {
            steps.push(await painted(() => request.upload.onprogress({ loaded: step, total: 40 })));
        }
        const cleared = await painted(clear);
        done([shown, there, cleared, rows(), median(steps) ?? null]);
    });";

#[state]
#[derive(Default)]
struct Album {}

#[state]
impl Album {
    #[event]
    fn receive(&mut self, _files: Vec<UploadFile>) {}
}

async fn page() -> View {
    view![
        upload(id = "files", button("Choose")),
        for file in selected_files("files") {
            hstack(
                class = "row",
                text(file.name()),
                text(file.size_text()),
                text(file.status()),
                progress(value = file.progress(), max = 100),
                button(on_click = remove_file(&file), "Remove"),
            )
        },
        button(id = "send", on_click = Album::receive(upload_files("files")), "Send"),
        button(id = "clear", on_click = clear_selected_files("files"), "Clear"),
    ]
}

async fn gallery() -> View {
    view![
        upload(id = "files", button("Choose")),
        for file in selected_files("files") {
            hstack(
                class = "row",
                image(src = file.preview_url(), alt = "", width = "64px", height = "64px"),
                text(file.name()),
            )
        },
        button(id = "send", on_click = Album::receive(upload_files("files")), "Send"),
        button(id = "clear", on_click = clear_selected_files("files"), "Clear"),
    ]
}

#[tokio::main]
async fn main() {
    let pages = Router::new().route("/", get(page)).route("/gallery", get(gallery));
    let app = TestApp::new(pages);
    let address = app.listen().await;
    let browser = Browser::start().await;
    println!("from the choice to the painted list, in milliseconds: median of {ROUNDS}, the slowest, and the aim;");
    println!("then from one step of an upload's progress to its frame, and from a clear to the empty list");
    for (path, what) in [("/", "list"), ("/gallery", "previews")] {
        for (count, aim) in CASES {
            let mut figures: [Vec<f64>; 3] = Default::default();
            for _ in 0..ROUNDS {
                browser.open(&format!("http://{address}{path}")).await;
                let round = browser.run_async(CHOOSE, &[json!(count), json!("image/png")]).await;
                assert_eq!((&round[1], &round[3]), (&json!(count), &json!(0)), "{round}");
                for (figures, at) in figures.iter_mut().zip([0, 4, 2]) {
                    figures.extend(round[at].as_f64());
                }
            }
            let [(shown, slowest), (step, _), (cleared, _)] = figures.map(median_and_slowest);
            println!(
                "{what:8} {count:5} files: {shown:6.1} {slowest:6.1}   aim {aim:5}   step {step:5.1}   clear {cleared:5.1}"
            );
        }
    }
}

fn median_and_slowest(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
    (at(figures.len() / 2), at(figures.len().saturating_sub(1)))
}
