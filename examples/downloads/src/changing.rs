//! Downloads of events that change something: the page shows the new state, and the browser saves the file.

use std::time::Duration;

use filekit::prelude::*;

use crate::parts::{part, row};

#[state]
#[derive(Default)]
pub(crate) struct Report {
    made: u32,
    percent: u8,
}

#[state]
impl Report {
    /// More than 64 KiB wait on the disk for the browser, which fetches them at once.
    #[event]
    fn large(&mut self) -> Download {
        self.made += 1;
        Download::data("0123456789\n".repeat(100_000)).filename("large.txt")
    }

    /// Several at once. Browsers ask before they save the second, so an archive is kinder.
    #[event]
    fn several(&mut self) -> Vec<Download> {
        self.made += 2;
        ["one", "two"]
            .map(|name| Download::data(name).filename(format!("{name}.txt")))
            .into()
    }

    /// The page follows the work; the file comes at its end.
    #[event]
    async fn long(&mut self, updates: Updates) -> Result<Download> {
        for percent in [25, 50, 75, 100] {
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.percent = percent;
            updates.send(self).await?;
        }
        self.percent = 0;
        self.made += 1;
        Ok(Download::data("It took its time.").filename("long.txt"))
    }

    #[event]
    fn count(&mut self) {
        self.made += 1;
    }

    /// Nothing has changed after an event that fails.
    #[event]
    fn fail(&mut self) -> Result<Download> {
        self.made += 1;
        Err(Error::user("There is nothing to report today."))
    }

    /// An invalid download fails its event; the log has the reason.
    #[event]
    fn lost(&mut self) -> Download {
        self.made += 1;
        Download::stored("lost.txt")
    }
}

/// The card with the reports.
pub(crate) fn changing(report: &Report) -> View {
    let chain = view![button(
        on_click = [
            Report::count,
            Report::several,
            download(url = "/prices.csv", filename = "chained.csv")
        ],
        "Chain"
    )];
    let rows = view![
        text("Made so far: ", report.made),
        row(
            "A large one",
            view![button(on_click = Report::large, "Large")]
        ),
        row(
            "Two at once",
            view![button(on_click = Report::several, "Two")]
        ),
        row("An event, two files, and an address, in turn", chain),
        row(
            "A long one, which the page follows",
            view![button(on_click = Report::long, "Long")]
        ),
        if report.percent > 0 {
            progress(
                value = report.percent,
                max = 100,
                aria_label = "The long one",
            );
        },
        row(
            "One that fails, with a reason",
            view![button(on_click = Report::fail, "Fail")]
        ),
        row(
            "One of a file that is not there",
            view![button(on_click = Report::lost, "Lost")]
        ),
    ];
    part(
        "With the page",
        "The state changes, and a file comes with it.",
        rows,
    )
}
