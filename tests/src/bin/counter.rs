//! A server of one page that all visitors share: a count, and films. One of its events waits in its middle until the test lets it go
//! on, so that something can happen to the server meanwhile: for `tests/it/browser/fleet_faults.rs`.
//!
//! `GATE` is the address where the test listens. The event connects to it, says the number of its process, and goes on when the test
//! closes the connection.

use std::{env, process};

use filekit::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[state(owner = Everyone)]
#[derive(Default)]
struct Counter {
    count: u32,
    films: Vec<StoredFile>,
}

#[state]
impl Counter {
    #[event]
    fn count(&mut self) {
        self.count += 1;
    }

    #[event]
    async fn count_slowly(&mut self) -> Result<()> {
        pass_gate().await?;
        self.count += 1;
        Ok(())
    }

    #[event]
    async fn keep(&mut self, films: Vec<UploadFile>) -> Result<()> {
        for film in films {
            self.films.push(film.save().await?);
        }
        Ok(())
    }
}

async fn pass_gate() -> std::io::Result<()> {
    let gate = env::var("GATE").map_err(std::io::Error::other)?;
    let mut gate = TcpStream::connect(gate).await?;
    gate.write_u32(process::id()).await?;
    gate.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

async fn page(counter: Current<Counter>) -> View {
    view![vstack(
        spacing = 4,
        padding = "2em",
        heading(level = 1, "Counter"),
        p("Counted: ", span(id = "count", counter.count)),
        hstack(button(on_click = Counter::count, "Count"), button(on_click = Counter::count_slowly, "Count slowly"),),
        upload(id = "films", "Drop films here"),
        for film in selected_files("films") {
            p(film.name(), " ", span(class = "state", film.status()), " ", span(class = "progress", film.progress()))
        },
        button(on_click = Counter::keep(upload_files("films")), "Send"),
        for film in &counter.films {
            link(class = "kept", href = film.url(), target = "_blank", film.name())
        },
    )]
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(Router::new().route("/", get(page))).await
}
