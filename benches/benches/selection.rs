//! Chooses 1,000 and 5,000 files on a page that lists them, in Chromium, and prints the time from the choice to the list on
//! the screen, beside Uppy's dashboard, then the time that one step of their upload's progress takes, and how long the longest frame of
//! an `uploader` takes while it is scrolled.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::path::Path;
use std::process::Command;

use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use serde_json::json;

/// How many files, and how many milliseconds they may take.
const CASES: [(usize, f64); 2] = [(1_000, 100.0), (5_000, 500.0)];
const ROUNDS: usize = 5;

/// How many milliseconds a frame may take while the list scrolls.
const LONGEST_FRAME: f64 = 50.0;

/// What is measured beside us, in versions that do not change.
const PEER: [&str; 2] = ["@uppy/core@6.3.1", "@uppy/dashboard@6.0.3"];
const PEER_SCRIPT: &str = "import Uppy from '@uppy/core';
    import Dashboard from '@uppy/dashboard';
    import '@uppy/core/css/style.min.css';
    import '@uppy/dashboard/css/style.min.css';
    window.uppy = new Uppy().use(Dashboard, { target: '#app', inline: true });";

/// Chooses files as the dialog does, and waits until the frame that shows them has been painted: the message is a task of
/// its own, after the frame.
const CHOOSE: &str = "const [count, type, done] = arguments;
    // Uppy shows only as many rows as there is room for.
    const isListed = () => window.uppy
        ? uppy.getFiles().length === count && document.querySelector('.uppy-Dashboard-Item')
        : document.querySelectorAll('.row, .fk-file').length === count;
    const input = document.querySelector('input[type=file]');
    const data = new DataTransfer();
    for (let index = 0; index < count; index += 1) {
        data.items.add(new File(['x'.repeat(index % 9)], `holiday ${index}.png`, { type, lastModified: index }));
    }
    input.files = data.files;
    const painted = (work, isDone = () => true) => new Promise(resolve => {
        const start = performance.now();
        work();
        const look = () => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => isDone() ? resolve(performance.now() - start) : requestAnimationFrame(look);
            channel.port2.postMessage(null);
        };
        requestAnimationFrame(look);
    });
    const change = () => input.dispatchEvent(new Event('change', { bubbles: true }));
    const clear = () => document.getElementById('clear').click();
    const rows = () => document.querySelectorAll('.row, .fk-file').length;
    const median = times => times.sort((a, b) => a - b)[times.length >> 1];
    painted(change, isListed).then(async shown => {
        if (!document.getElementById('clear')) return done([shown]);
        const there = rows();
        // The request goes nowhere; what the browser would say of its progress is said here.
        let request;
        XMLHttpRequest.prototype.send = function () { request = this; };
        document.getElementById('send').click();
        while (!request) await painted(() => {});
        const steps = [];
        for (let step = 1; step <= 20; step += 1) {
            steps.push(await painted(() => request.upload.onprogress({ loaded: step, total: 40 })));
        }
        const cleared = await painted(clear);
        done([shown, there, cleared, rows(), median(steps)]);
    });";

/// Scrolls through the list that is shown, 600 pixels in each frame, and says how long the longest frame took.
const SCROLL: &str = "const [count, type, done] = arguments;
    const input = document.querySelector('input[type=file]');
    const data = new DataTransfer();
    for (let index = 0; index < count; index += 1) {
        data.items.add(new File(['x'], `holiday ${index}.png`, { type, lastModified: index }));
    }
    input.files = data.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    const isListed = () => document.querySelectorAll('.row, .fk-file').length === count;
    const list = document.querySelector('.fk-files');
    const scrolled = list && list.scrollHeight > list.clientHeight + 1 ? list : document.scrollingElement;
    const begin = () => isListed() ? setTimeout(scroll, 500) : requestAnimationFrame(begin);
    const scroll = () => {
        let frames = 0, longest = 0, last = performance.now();
        const frame = now => {
            longest = Math.max(longest, now - last);
            last = now;
            scrolled.scrollTop += 600;
            (frames += 1) < 120 ? requestAnimationFrame(frame) : done(longest);
        };
        requestAnimationFrame(now => { last = now; frame(now); });
    };
    begin();";

/// Waits until a page can be used: ours has a second script, which comes with the upload.
const READY: &str = "const [name, done] = arguments;
    const look = () => {
        const isLoaded = performance.getEntriesByType('resource').some(each => each.name.includes(name));
        isLoaded && document.querySelector('input[type=file]') ? setTimeout(done, 100) : setTimeout(look, 10);
    };
    look()";

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

async fn zone() -> View {
    view![
        uploader(id = "files", on_upload = Album::receive(upload_files("files"))),
        button(id = "send", on_click = Album::receive(upload_files("files")), "Send these"),
        button(id = "clear", on_click = clear_selected_files("files"), "Clear these"),
    ]
}

/// Uppy's dashboard alone on a page, as its guide has it.
fn peer() -> Router {
    let [script, style] = bundled_peer();
    let page = "<!doctype html><meta charset=utf-8><link rel=stylesheet href=/uppy.css><div id=app></div>\
        <script type=module src=/uppy.js></script>";
    let script = move || std::future::ready(([(CONTENT_TYPE, "text/javascript")], script.clone()));
    let style = move || std::future::ready(([(CONTENT_TYPE, "text/css")], style.clone()));
    Router::new()
        .route("/uppy", get(move || std::future::ready(Html(page))))
        .route("/uppy.js", get(script))
        .route("/uppy.css", get(style))
}

/// Fetches Uppy into a folder that goes again, and makes one script and one stylesheet of it with the client's own bundler.
fn bundled_peer() -> [String; 2] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("../filekit-runtime/client");
    std::fs::write(folder.path().join("entry.js"), PEER_SCRIPT).expect("a writable folder");
    std::fs::write(folder.path().join("package.json"), "{}").expect("a writable folder");
    let install = ["install", "--no-audit", "--no-fund", "--silent"];
    run(Command::new("npm").args(install).args(PEER).current_dir(folder.path()));
    let bundler = client.join("node_modules/.bin/esbuild");
    let options = ["entry.js", "--bundle", "--format=esm", "--minify", "--log-level=warning", "--outfile=out.js"];
    run(Command::new(bundler).args(options).current_dir(folder.path()));
    ["out.js", "out.css"].map(|name| std::fs::read_to_string(folder.path().join(name)).expect("a bundle"))
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{command:?} failed; `cargo xtask client` installs the bundler"
    );
}

#[tokio::main]
async fn main() {
    let pages =
        Router::new().route("/", get(page)).route("/gallery", get(gallery)).route("/uploader", get(zone)).merge(peer());
    let app = TestApp::new(pages);
    let address = app.listen().await;
    let browser = Browser::start().await;
    println!("from the choice to the painted list, in milliseconds: median of {ROUNDS}, the slowest, and the aim;");
    println!("then from one step of an upload's progress to its frame, and from a clear to the empty list");
    for (count, aim) in CASES {
        let [mut peer, mut list, mut gallery, mut zone]: [[Vec<f64>; 3]; 4] = Default::default();
        for _ in 0..ROUNDS {
            // In turn, so that what else the machine does is shared.
            let cases = [
                ("/uppy", "uppy.js", &mut peer),
                ("/", "transfer.js", &mut list),
                ("/gallery", "transfer.js", &mut gallery),
                ("/uploader", "transfer.js", &mut zone),
            ];
            for (path, script, figures) in cases {
                browser.open(&format!("http://{address}{path}")).await;
                browser.run_async(READY, &[json!(script)]).await;
                let round = browser.run_async(CHOOSE, &[json!(count), json!("image/png")]).await;
                if path != "/uppy" {
                    assert_eq!((&round[1], &round[3]), (&json!(count), &json!(0)), "{round}");
                }
                for (figures, at) in figures.iter_mut().zip([0, 4, 2]) {
                    figures.extend(round[at].as_f64());
                }
            }
        }
        let (theirs, slowest) = median_and_slowest(peer[0].clone());
        println!("uppy     {count:5} files: {theirs:6.1} {slowest:6.1}");
        for (what, figures) in [("list", list), ("previews", gallery), ("uploader", zone)] {
            let [(shown, slowest), (step, _), (cleared, _)] = figures.map(median_and_slowest);
            let ratio = shown / theirs;
            println!(
                "{what:8} {count:5} files: {shown:6.1} {slowest:6.1}   aim {aim:5}   {ratio:.2} x uppy   step {step:5.1}   clear {cleared:5.1}"
            );
        }
        browser.open(&format!("http://{address}/uploader")).await;
        browser.run_async(READY, &[json!("transfer.js")]).await;
        let longest = browser.run_async(SCROLL, &[json!(count), json!("image/png")]).await;
        let longest = longest.as_f64().unwrap_or(f64::NAN);
        println!(
            "uploader {count:5} files: the longest frame of 120 that scroll {longest:6.1}   aim {LONGEST_FRAME:5}"
        );
    }
}

fn median_and_slowest(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
    (at(figures.len() / 2), at(figures.len().saturating_sub(1)))
}
