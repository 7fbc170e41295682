//! Expense claims: everything about uploads on one page that could be a product's. Receipts with rules, thumbnails,
//! progress, cancel and retry; a form with a single file; an upload in each row of a list; a whole folder; a CSV file
//! that is read while it arrives. Run it with `cargo run -p example-claims`.

mod claims;
mod folder;
mod import;
mod receipts;
mod words;

use filekit::prelude::*;

use self::claims::{Claims, claims};
use self::folder::{Folder, folder};
use self::import::{Import, import};
use self::receipts::{Receipts, receipts};

async fn index(
    receipts_state: Current<Receipts>,
    claims_state: Current<Claims>,
    folder_state: Current<Folder>,
    import_state: Current<Import>,
) -> View {
    view![vstack(
        spacing = 8,
        vstack(
            spacing = 1,
            heading(level = 1, "Expense claims"),
            text(
                color = "var(--fk-text-soft)",
                "Add your receipts, file a claim, and we take care of the rest."
            ),
        ),
        receipts(&receipts_state),
        claims(&claims_state),
        import(&import_state),
        folder(&folder_state),
    )]
    .title("Expense claims")
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(Router::new().route("/", get(index))).await
}
