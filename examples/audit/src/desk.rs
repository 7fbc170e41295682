//! The page: files of all visitors, and the table of what has happened.

use std::time::{SystemTime, UNIX_EPOCH};

use filekit::axum::Extension;
use filekit::guard::{FileEvent, FileEventKind, Who};
use filekit::prelude::*;

use crate::record::{RECORD, Record};

const PAPERS: Upload = Upload::new("papers")
    .accept(&["text/*", "image/*", "application/pdf"])
    .max_size(10 * MB);

#[state(owner = Everyone)]
#[derive(Default)]
pub(crate) struct Desk {
    papers: Vec<StoredFile>,
}

#[state]
impl Desk {
    #[event]
    async fn keep(&mut self, papers: Vec<UploadFile>) -> Result<()> {
        for paper in papers {
            self.papers.push(paper.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn remove(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        self.papers.retain(|paper| paper.key() != key);
        files.remove(&key).await?;
        Ok(())
    }

    /// Shows what a failure looks like in the record.
    #[event]
    fn fail(&mut self) -> Result<()> {
        Err(Error::user("This fails on purpose."))
    }
}

pub(crate) async fn page(Extension(record): Extension<Record>, desk: Current<Desk>) -> View {
    view![
        el(
            "link",
            attr("rel", "stylesheet"),
            attr("href", "/audit.css")
        ),
        vstack(
            spacing = 6,
            vstack(
                spacing = 1,
                heading(level = 1, "Audit"),
                text(
                    class = "audit-soft",
                    "Files that everybody shares, and the record of who did what with them."
                ),
            ),
            papers(&desk),
            happened(&record),
        ),
    ]
    .title("Audit")
    .follow(RECORD)
}

fn papers(desk: &Desk) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Files"),
        upload(
            id = PAPERS,
            on_drop = Desk::keep(upload_files(PAPERS)),
            hstack(
                justify = "center",
                button(color = "primary", "Upload files"),
                text(class = "fk-scripted", "or drop them here"),
            ),
        ),
        for file in rejected_files(PAPERS) {
            text(color = "var(--fk-danger)", role = "alert", file.message())
        },
        if desk.papers.is_empty() {
            text(
                class = "audit-soft",
                "None yet. Texts, images and PDFs of up to 10 MB are taken.",
            )
        },
        for paper in &desk.papers {
            hstack(
                key = paper.key(),
                justify = "space-between",
                link(
                    href = paper.url(),
                    target = "_blank",
                    dir = "auto",
                    paper.name(),
                ),
                button(
                    on_click = Desk::remove(paper.key().to_owned()),
                    aria_label = format!("Remove {}", paper.name()),
                    "Remove",
                ),
            )
        },
        hstack(
            button(on_click = Desk::fail, "Fail on purpose"),
            link(
                href = "/metrics",
                target = "_blank",
                "Figures for Prometheus"
            ),
        ),
    ))]
}

/// The table of the last events.
fn happened(record: &Record) -> View {
    let (entries, dropped) = (record.entries(), record.dropped());
    view![card(vstack(
        spacing = 3,
        heading(level = 2, "What has happened"),
        if dropped > 0 {
            text(
                color = "var(--fk-danger)",
                dropped,
                " events came too quickly to be written.",
            )
        },
        if entries.is_empty() {
            text(class = "audit-soft", "Nothing so far.")
        } else {
            table(
                class = "audit-table",
                thead(tr(
                    th(scope = "col", "Time (UTC)"),
                    th(scope = "col", "What"),
                    th(scope = "col", "File"),
                    th(scope = "col", "Bytes"),
                    th(scope = "col", "Who"),
                )),
                tbody(for (number, event) in &entries {
                    tr(key = number, cells(event))
                }),
            )
        },
    ))]
}

/// The cells of an event.
fn cells(event: &FileEvent) -> View {
    view![
        td(class = "audit-soft", clock(event.time)),
        td(
            span(class = mark(event.kind), event.kind.name()),
            if let Some(detail) = detail(event.kind) {
                " ";
                code(class = "audit-detail", detail)
            },
        ),
        td(
            class = "audit-name",
            dir = "auto",
            event.name.as_deref().unwrap_or_default()
        ),
        td(class = "audit-number", bytes(event)),
        td(class = "audit-soft", who(&event.who)),
    ]
}

/// The class of a mark, by how glad one is to see it.
fn mark(kind: FileEventKind) -> &'static str {
    match kind {
        FileEventKind::Refused { .. } | FileEventKind::CallFailed { .. } => "audit-mark audit-bad",
        FileEventKind::Stored => "audit-mark audit-good",
        _ => "audit-mark",
    }
}

/// The code of a refusal, and the event that has failed.
fn detail(kind: FileEventKind) -> Option<String> {
    match kind {
        FileEventKind::CallFailed { event, code } => Some(format!("{event}: {code}")),
        kind => kind.code().map(str::to_owned),
    }
}

fn bytes(event: &FileEvent) -> String {
    event
        .bytes
        .map(|bytes| bytes.to_string())
        .unwrap_or_default()
}

/// The address, and enough of the session to tell two apart.
fn who(who: &Who) -> String {
    let address = who.address.map(|address| address.to_string());
    let session = who.session.map(|session| format!("{session:.6}"));
    let known: Vec<_> = address.into_iter().chain(session).collect();
    match known.is_empty() {
        true => "the program".to_owned(),
        false => known.join(" · "),
    }
}

/// The time of day.
fn clock(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let of_day = seconds % 86_400;
    format!(
        "{:02}:{:02}:{:02}",
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60
    )
}
