//! What styles of single elements cost: a page of 1,000 rows whose elements have some, beside the same page with the same
//! declarations in an attribute that means nothing, which costs what `style="..."` would. Both are asked of the whole
//! router: view, document, signatures and, where there are styles, the links to the sheet.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use filekit::prelude::*;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const ROWS: usize = 1_000;
const ROUNDS: usize = 51;

/// Three elements of each row have styles; that of the last is one of a hundred.
async fn styled() -> View {
    view![for row in 0..ROWS {
        hstack(
            spacing = 2,
            text(color = "var(--fk-text-soft)", font_size = "0.875rem", "Row ", row),
            div(style = format!("width:{}%", row % 100), "bar"),
        );
    }]
}

/// `title` has as many letters as `style`.
async fn titled() -> View {
    view![for row in 0..ROWS {
        hstack(
            title = "gap:calc(var(--fk-space)*2);",
            text(title = "color:var(--fk-text-soft);font-size:0.875rem;", "Row ", row),
            div(title = format!("width:{}%", row % 100), "bar"),
        );
    }]
}

async fn get_page(app: &Router, path: &str) -> String {
    let request = Request::get(path).header("host", "localhost").body(Body::empty()).expect("a request");
    let Ok(response) = app.clone().oneshot(request).await;
    assert!(response.status().is_success(), "{path}: {}", response.status());
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

async fn time(app: &Router, path: &str) -> Duration {
    let start = Instant::now();
    get_page(app, path).await;
    start.elapsed()
}

/// The URLs of the page's own sheets.
fn sheets(page: &str) -> Vec<String> {
    let links = page.split('"').filter(|part| part.starts_with("/_filekit/page.css?"));
    links.map(|url| url.replace("&amp;", "&")).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let pages = Router::new().route("/styled", get(styled)).route("/titled", get(titled));
    let app = FileKit::builder().upload_dir(folder.path()).build()?.router(pages);
    let (styled, titled) = (get_page(&app, "/styled").await, get_page(&app, "/titled").await);
    let sheets = sheets(&styled);
    let mut sheet_bytes = 0;
    for sheet in &sheets {
        sheet_bytes += get_page(&app, sheet).await.len();
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(time(&app, "/styled").await);
        times[1].push(time(&app, "/titled").await);
    }
    let [with_styles, without] = times.map(median);
    let links: usize = sheets.iter().map(|url| url.replace('&', "&amp;").len()).sum();
    println!("a page of {ROWS} rows, 3 of its elements in each with a style, 102 different ones");
    println!("`style` attributes   {:>9} bytes   {without:?}", titled.len());
    println!(
        "a sheet              {:>9} bytes   {with_styles:?}   {:.2} x the bytes, {:.2} x the time",
        styled.len(),
        styled.len() as f64 / titled.len() as f64,
        with_styles.as_secs_f64() / without.as_secs_f64()
    );
    println!("of these in {} URLs  {links:>9} bytes; the sheets have {sheet_bytes} bytes", sheets.len());
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
