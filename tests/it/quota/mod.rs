//! Quotas: what is refused, what a visitor is told, and that what is counted is what is there.

mod bounds;
mod browser;
mod expiry;
mod schedule;
mod settings;
mod small_disk;

use axum::Router;
use filekit::{FileKitBuilder, prelude::*};
use filekit_tests::{Reply, TestApp, UploadDir, Visitor};

/// What a visitor keeps.
#[state]
#[derive(Default)]
struct Shelf {
    files: Vec<StoredFile>,
}

#[state]
impl Shelf {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn fail(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.keep(files).await?;
        Err(Error::user("Not today."))
    }

    #[event]
    async fn stream(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(file) = files.next_file().await? {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn sign_in(&mut self) -> RenewSession {
        RenewSession
    }

    #[event]
    async fn remove(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        files.remove(&key).await?;
        self.files.retain(|file| file.key() != key);
        Ok(())
    }

    #[event]
    async fn copy(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        self.files.push(files.copy_in(&key, "copies").await?);
        Ok(())
    }

    #[event]
    async fn rename(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        let renamed = files.rename(&key, "renamed.bin").await?;
        self.files.retain(|file| file.key() != key);
        self.files.push(renamed);
        Ok(())
    }
}

/// What all visitors keep together.
#[state(owner = Everyone)]
#[derive(Default)]
struct Board {
    files: Vec<StoredFile>,
}

#[state]
impl Board {
    #[event]
    async fn pin(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }
}

async fn page(shelf: Current<Shelf>, _board: Current<Board>, filekit: FileKit, session: SessionId) -> View {
    view![
        p(id = "used", filekit.quota_used_by(&session).to_string()),
        button(on_click = Shelf::sign_in(), "Sign in"),
        upload(id = "kept", "Drop here"),
        button(on_click = Shelf::keep(upload_files("kept")), "Keep"),
        ul(for file in selected_files("kept") {
            li(
                class = "chosen",
                file.name(),
                " ",
                span(class = "error", file.error()),
                button(on_click = remove_file(&file), "Leave out ", file.name()),
            )
        }),
        upload(id = "failing", "Drop here"),
        button(on_click = Shelf::fail(upload_files("failing")), "Fail"),
        upload(id = "streamed", "Drop here"),
        button(on_click = Shelf::stream(upload_files("streamed")), "Stream"),
        upload(id = "pinned", "Drop here"),
        button(on_click = Board::pin(upload_files("pinned")), "Pin"),
        upload(id = "sent", "Drop here"),
        p(id = "endpoint", upload_endpoint(Shelf::keep(upload_files("sent")))),
        for file in &shelf.files {
            div(
                span(class = "stored", file.name()),
                button(on_click = Shelf::remove(file.key().to_owned()), "Remove ", file.name()),
                button(on_click = Shelf::copy(file.key().to_owned()), "Copy ", file.name()),
                button(on_click = Shelf::rename(file.key().to_owned()), "Rename ", file.name()),
            )
        },
    ]
}

fn pages() -> Router {
    Router::new().route("/", get(page))
}

fn app(settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> TestApp {
    TestApp::with(pages(), settings)
}

/// Another server on the same directory, or the next one.
fn filekit_on(files: &UploadDir, quota: Quota) -> FileKit {
    files.settings(FileKit::builder()).quota(quota).build().expect("a directory to write to")
}

/// How many bytes the page says are used.
async fn used(visitor: &mut Visitor) -> u64 {
    visitor.open("/").await;
    let shown = visitor.page().named("p").into_iter().find(|element| element.attribute("id") == Some("used"));
    shown.expect("the page says it").text().parse().expect("a number")
}

/// Code and message of each file that is refused, by number.
fn refused(reply: &Reply) -> Vec<(u64, String)> {
    let refused = reply.json()["error"]["refused"].as_array().cloned().unwrap_or_default();
    refused
        .iter()
        .map(|file| (file["nth"].as_u64().expect("a number"), file["code"].as_str().expect("a code").to_owned()))
        .collect()
}
