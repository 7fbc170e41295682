//! Claims: a form with fields and one file, and an upload of its own for each claim.

use filekit::prelude::*;
use filekit::view::Action;

const REPORT: Upload = Upload::new("report")
    .accept(&["application/pdf"])
    .max_files(1)
    .max_size(20 * MB);
const EVIDENCE: Upload = Upload::new("evidence")
    .accept(&["image/*", "application/pdf"])
    .max_files(3)
    .max_size(5 * MB);

#[state]
#[derive(Default)]
pub(crate) struct Claims {
    claims: Vec<Claim>,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Claim {
    number: u32,
    title: String,
    amount: u32,
    report: Option<StoredFile>,
    evidence: Vec<StoredFile>,
}

#[state]
impl Claims {
    /// Files a claim. The report may come later, or never.
    #[event]
    async fn file(
        &mut self,
        title: String,
        amount: Option<u32>,
        report: Option<UploadFile>,
    ) -> Result<(Toast, Action)> {
        let title = title.trim();
        if title.is_empty() {
            return Err(Error::user("Say what the claim is for."));
        }
        let amount = amount.ok_or_else(|| Error::user("Say how much it was."))?;
        let report = match report {
            Some(file) => Some(file.save().await?),
            None => None,
        };
        let number = self.claims.len() as u32 + 1;
        let title = title.to_owned();
        self.claims.push(Claim {
            number,
            title,
            amount,
            report,
            evidence: Vec::new(),
        });
        let toast = Toast::success(format!("Claim {number} is filed."));
        Ok((toast, clear_form("claim")))
    }

    /// Adds evidence to a claim.
    #[event]
    async fn add_evidence(&mut self, number: u32, files: Vec<UploadFile>) -> Result<()> {
        let claim = self.claims.iter_mut().find(|claim| claim.number == number);
        let claim = claim.ok_or_else(|| Error::user("This claim is gone."))?;
        for file in files {
            claim.evidence.push(file.save().await?);
        }
        Ok(())
    }
}

/// The card with the claims.
pub(crate) fn claims(state: &Claims) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Claims"),
        form(
            id = "claim",
            on_submit = Claims::file(
                value_of("title"),
                value_of::<Option<u32>>("amount"),
                upload_files(REPORT),
            ),
            label(r#for = "title", "What was it for?"),
            input(id = "title", required = true, placeholder = "Train to Lyon"),
            label(r#for = "amount", "How much, in euros?"),
            input(id = "amount", r#type = "number", min = 1, required = true),
            upload(
                id = REPORT,
                hstack(
                    button("Attach a report"),
                    for file in selected_files(REPORT) {
                        text(file.name(), " (", file.size_text(), ")");
                    },
                    text(color = "var(--fk-text-soft)", "PDF, 20 MB, optional"),
                ),
            ),
            for file in rejected_files(REPORT) {
                text(color = "var(--fk-danger)", file.message());
            },
            button(color = "primary", r#type = "submit", "File the claim"),
        ),
        for claim in &state.claims {
            self::claim(claim)
        },
    ))]
}

fn claim(claim: &Claim) -> View {
    let evidence = EVIDENCE.keyed(claim.number);
    view![card(
        heading(level = 3, claim.number, ". ", &claim.title),
        text(claim.amount, " €"),
        if let Some(report) = &claim.report {
            link(href = report.url(), target = "_blank", "Report");
        },
        for file in &claim.evidence {
            text(link(href = file.url(), target = "_blank", file.name()));
        },
        upload(
            id = &evidence,
            capture = "environment",
            on_drop = Claims::add_evidence(claim.number, upload_files(&evidence)),
            button("Add evidence"),
        ),
    )]
}
