//! Loads pages of 1,000, 5,000 and 10,000 rows with a button each in Chromium, with a form in the page and without one, and
//! prints the time until the page is laid out beside that of the same page whose buttons send no form.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};

const ROWS: [usize; 3] = [1_000, 5_000, 10_000];
const ROUNDS: usize = 5;
/// How much longer a page may take than the one whose buttons send no form.
const AIM: f64 = 1.3;

/// Waits until the page is loaded and laid out, and tells how long that took from the first byte on.
const LOADED: &str = "const done = arguments[0];
    const measure = () => {
        document.body.offsetHeight;
        done(performance.now() - performance.getEntriesByType('navigation')[0].responseStart);
    };
    if (document.readyState === 'complete') measure();
    else addEventListener('load', measure);";

#[state]
#[derive(Default)]
struct List {}

#[state]
impl List {
    #[event]
    fn remove(&mut self, _row: usize) {}

    #[event]
    fn add(&mut self, _name: String) {}
}

fn rows(count: usize) -> View {
    view![ul(for row in 0..count {
        li(span("Row ", row), button(on_click = List::remove(row), "Remove"))
    })]
}

fn with_form(count: usize) -> View {
    view![
        form(on_submit = List::add(value_of("name")), input(id = "name"), button(r#type = "submit", "Add")),
        rows(count),
    ]
}

/// Answers `?plain` with the page whose buttons send no form.
async fn without_forms(request: Request, next: Next) -> Response {
    let is_plain = request.uri().query() == Some("plain");
    let response = next.run(request).await;
    if !is_plain {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let document = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let document = String::from_utf8_lossy(&document);
    head.headers.remove(CONTENT_LENGTH);
    let plain = document.replace("<button data-filekit-on-click", "<button type=\"button\" data-filekit-on-click");
    Response::from_parts(head, Body::from(plain))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[tokio::main]
async fn main() {
    let mut pages = Router::new();
    for count in ROWS {
        let rows = get(move || async move { rows(count) });
        let with_form = get(move || async move { with_form(count) });
        pages = pages.route(&format!("/rows/{count}"), rows).route(&format!("/form/{count}"), with_form);
    }
    let app = TestApp::new(pages).layered(|router| router.layer(from_fn(without_forms)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    println!("from the first byte to the page laid out, in milliseconds: median of {ROUNDS}; the ratio, and the aim");
    for (path, what) in [("rows", "rows alone"), ("form", "rows and a form")] {
        for count in ROWS {
            let [mut ours, mut plain] = [Vec::new(), Vec::new()];
            for _ in 0..ROUNDS {
                for (query, figures) in [("", &mut ours), ("?plain", &mut plain)] {
                    browser.open(&format!("http://{address}/{path}/{count}{query}")).await;
                    figures.extend(browser.run_async(LOADED, &[]).await.as_f64());
                }
            }
            let [ours, plain] = [ours, plain].map(median);
            let ratio = ours / plain;
            println!("{what:16} {count:6} rows: {ours:7.0}   without forms {plain:7.0}   {ratio:.2} x   aim {AIM}");
        }
    }
}
