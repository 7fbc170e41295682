//! Who did what with which file: a shared desk of files, the record of all that happens on it, live, and figures for Prometheus.
//!
//! Run it with `cargo run -p example-audit`, open the address that it prints in two browsers, and `/metrics` in a third tab.

mod desk;
mod record;

use filekit::axum::Extension;
use filekit::axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use filekit::axum::response::IntoResponse;
use filekit::prelude::*;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use self::record::Record;

/// The limits between the counts of a histogram, in seconds.
const SECONDS: [f64; 8] = [0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0];

/// The figures as Prometheus reads them. In a program of yours a proxy lets the monitoring alone in here.
async fn figures(Extension(figures): Extension<PrometheusHandle>) -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    // A histogram holds what has come until it is asked for, or until this.
    figures.run_upkeep();
    (headers, figures.render())
}

async fn styles() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("audit.css"))
}

#[tokio::main]
async fn main() -> Result<()> {
    // Before filekit, which tells the recorder what its figures are.
    let figures_of_all = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .install_recorder()?;
    let (record, events) = Record::new();
    let filekit = FileKit::builder()
        .title("Audit")
        .on_event(record.observer())
        .build()?;
    tokio::spawn(record.clone().write(events, filekit.clone()));
    let pages = Router::new()
        .route("/", get(desk::page))
        .route("/metrics", get(figures))
        .route("/audit.css", get(styles))
        .layer(Extension(record))
        .layer(Extension(figures_of_all));
    filekit.serve(pages).await
}
