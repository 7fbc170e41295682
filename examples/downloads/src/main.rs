//! Every kind of download on one page: from addresses, from memory, streamed while it is made, from the store, many at once,
//! after the page has changed, and one that fails. Run it with `cargo run -p example-downloads`.

mod addresses;
mod changing;
mod memory;
mod parts;
mod store;
mod streams;

use filekit::prelude::*;

use self::addresses::{addresses, prices};
use self::changing::{Report, changing};
use self::memory::memory;
use self::store::{Store, store};
use self::streams::streams;

async fn index(report: Current<Report>, stored: Current<Store>) -> View {
    view![vstack(
        spacing = 6,
        vstack(
            spacing = 1,
            heading(level = 1, "Downloads"),
            text(
                color = "var(--fk-text-soft)",
                "Every way to hand over a file."
            ),
        ),
        addresses(),
        memory(),
        streams(),
        store(&stored),
        changing(&report),
    )]
    .title("Downloads")
}

fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/prices.csv", get(prices))
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(app()).await
}
