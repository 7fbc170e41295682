//! A page that uploads files, lists them as links, and hands over a CSV file: everything that filekit does at its
//! simplest. Run it with `cargo run -p example-upload` and open the address that it prints.

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct UploadState {
    files: Vec<StoredFile>,
}

#[state]
impl UploadState {
    /// Keeps every uploaded file.
    #[event]
    async fn handle_upload(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    /// Makes ten random numbers and hands them over as a CSV file.
    #[event]
    fn download_random_data(&self) -> Download {
        let numbers: Vec<String> = (0..10).map(|_| fastrand::u8(0..=100).to_string()).collect();
        Download::data(numbers.join(",")).filename("random_numbers.csv")
    }
}

async fn index(uploads: Current<UploadState>) -> View {
    view![vstack(
        spacing = 4,
        padding = "2em",
        upload(
            id = "file_upload",
            border = "1px dashed #ccc",
            padding = "2em",
            vstack(
                button(color = "primary", "Select Files"),
                text("or drag and drop files here"),
            ),
        ),
        hstack(for file in selected_files("file_upload") {
            text(file.name())
        }),
        button(
            on_click = UploadState::handle_upload(upload_files("file_upload")),
            "Upload Files",
        ),
        button(
            on_click = clear_selected_files("file_upload"),
            "Clear Selection",
        ),
        vstack(
            heading("Uploaded Files"),
            for file in &uploads.files {
                link(href = file.url(), target = "_blank", file.name())
            },
        ),
        button(
            on_click = UploadState::download_random_data,
            "Download random numbers"
        ),
    )]
}

fn pages() -> Router {
    Router::new().route("/", get(index))
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(pages()).await
}

#[cfg(test)]
mod tests;
