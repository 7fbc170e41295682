//! Claims in a database: the rows are in SQLite, the page follows a topic, and what one person files is on everybody's page at
//! once. Run it with `cargo run -p example-ledger` and open the address that it prints in two browsers.

mod claims;

use filekit::axum::Extension;
use filekit::prelude::*;

use self::claims::{Claim, Claims};

/// What pages follow that show claims, and what is notified when one changes.
const CLAIMS: &str = "claims";

const RECEIPT: Upload = Upload::new("receipt")
    .accept(&["application/pdf", "image/*"])
    .max_files(1)
    .max_size(20 * MB);

/// The events of the page. What they change is in the database, so the state itself is empty.
#[state]
#[derive(Default)]
struct Ledger;

#[state]
impl Ledger {
    /// Files a claim. The row comes last, because the database knows nothing of an event that fails after it.
    #[event]
    async fn file(
        &self,
        title: String,
        amount: Option<u32>,
        receipt: Option<UploadFile>,
        #[extract] Extension(claims): Extension<Claims>,
        #[extract] filekit: FileKit,
    ) -> Result<filekit::view::Action> {
        let amount = amount.ok_or_else(|| Error::user("Say how much it was."))?;
        let title = title.trim();
        if title.is_empty() {
            return Err(Error::user("Say what the claim is for."));
        }
        let receipt = match receipt {
            Some(file) => Some(file.save().await?),
            None => None,
        };
        claims.add(title, amount, receipt.as_ref()).await?;
        filekit.notify(CLAIMS).await;
        Ok(clear_form("claim"))
    }

    /// Takes a claim back. Its receipt goes when the event is done, so when the row is gone for certain.
    #[event]
    async fn withdraw(
        &self,
        number: i64,
        #[extract] Extension(claims): Extension<Claims>,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
    ) -> Result<()> {
        if let Some(receipt) = claims.remove(number).await? {
            files.remove(&receipt).await?;
        }
        filekit.notify(CLAIMS).await;
        Ok(())
    }
}

/// `Current` is there for the events, which take from the request what the page's handler gets where that takes it.
async fn index(Extension(claims): Extension<Claims>, _: Current<Ledger>) -> Result<View> {
    let claims = claims.all().await?;
    let total: i64 = claims.iter().map(|claim| claim.amount).sum();
    Ok(view![vstack(
        spacing = 6,
        vstack(
            spacing = 1,
            heading(level = 1, "Ledger"),
            text(
                color = "var(--fk-text-soft)",
                "Everybody who has this page open sees what is filed."
            ),
        ),
        new_claim(),
        for claim in &claims {
            card(key = claim.number, row(claim))
        },
        text("Total: ", total, " €"),
    )]
    .title("Ledger")
    .follow(CLAIMS))
}

/// The card in which a claim is written.
fn new_claim() -> View {
    view![card(form(
        id = "claim",
        on_submit = Ledger::file(value_of("title"), value_of("amount"), upload_files(RECEIPT)),
        label(r#for = "title", "What was it for?"),
        input(id = "title", required = true, placeholder = "Train to Lyon"),
        label(r#for = "amount", "How much, in euros?"),
        input(id = "amount", r#type = "number", min = 1, required = true),
        upload(
            id = RECEIPT,
            hstack(
                button("Attach a receipt"),
                for file in selected_files(RECEIPT) {
                    text(file.name(), " (", file.size_text(), ")");
                },
            ),
        ),
        for file in rejected_files(RECEIPT) {
            text(color = "var(--fk-danger)", file.message());
        },
        button(color = "primary", r#type = "submit", "File the claim"),
    ))]
}

fn row(claim: &Claim) -> View {
    view![hstack(
        justify = "space-between",
        vstack(
            spacing = 1,
            text(&claim.title, ", ", claim.amount, " €"),
            if let Some(receipt) = &claim.receipt {
                link(href = receipt.url(), target = "_blank", receipt.name())
            },
        ),
        button(
            on_click = Ledger::withdraw(claim.number),
            aria_label = format!("Withdraw {}", claim.title),
            "Withdraw",
        ),
    )]
}

#[tokio::main]
async fn main() -> Result<()> {
    let path = std::env::var_os("LEDGER").unwrap_or_else(|| "ledger.sqlite".into());
    let claims = Claims::open(path.as_ref()).await?;
    let pages = Router::new()
        .route("/", get(index))
        .layer(Extension(claims));
    filekit::serve(pages).await
}
