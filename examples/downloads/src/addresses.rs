//! Downloads that a browser makes by itself: from an address, or of what is in the page already.

use filekit::prelude::*;

use crate::parts::{part, row};

const PRICES: &str = "coffee,3\ntea,2\n";

/// An ordinary route of axum's.
pub(crate) async fn prices() -> &'static str {
    PRICES
}

/// The card with addresses.
pub(crate) fn addresses() -> View {
    let rows = view![
        row(
            "A path of this site",
            view![button(
                on_click = download(url = "/prices.csv", filename = "prices.csv"),
                "Prices"
            )],
        ),
        row(
            "Another site, which decides what becomes of it",
            view![button(
                on_click = Download::url("https://www.rfc-editor.org/rfc/rfc6266.txt"),
                "RFC 6266"
            )],
        ),
        row(
            "Data in the page",
            view![button(
                on_click = download(data = PRICES, filename = "prices in the page.csv"),
                "Data"
            )],
        ),
    ];
    part(
        "Addresses",
        "Nothing is asked of the server but the file itself.",
        rows,
    )
}
