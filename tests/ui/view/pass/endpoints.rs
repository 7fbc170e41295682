//! Where the URL of an endpoint can stand.

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {}

#[state]
impl Files {
    #[event]
    fn keep(&mut self, _file: UploadFile) {}

    #[event]
    fn keep_some(&mut self, _files: Vec<UploadFile>, _label: String) {}

    #[event]
    async fn convert(&self, file: UploadFile) -> Result<Download> {
        Ok(Download::data(file.bytes().await?).filename("converted"))
    }
}

const PAPERS: Upload = Upload::new("papers").max_files(5);

fn page(label: &str) -> View {
    let reference = event_reference!(Files::keep(upload_files(PAPERS)));
    let url: String = upload_endpoint(reference.clone());
    view![
        upload(id = PAPERS, "Papers"),
        upload(id = "photos", max_files = 3, "Photos"),
        code("curl -F file=@a.txt ", upload_endpoint(Files::keep(upload_files(PAPERS)))),
        code(filekit::view::upload_endpoint(Files::keep_some(upload_files("photos"), label))),
        div(id = "uppy", data_endpoint = upload_endpoint(Files::keep(upload_files(PAPERS)))),
        link(href = upload_endpoint(Files::convert(upload_files(PAPERS))), "Convert"),
        div(attr("hx-post", upload_endpoint(reference.clone()))),
        {
            let bound = upload_endpoint(Files::keep(upload_files(PAPERS)));
            code(&bound);
            if label.is_empty() {
                code(bound.clone());
            }
        },
        code(url),
    ]
}

fn main() {
    let _ = page("a");
    let _ = page("");
}
