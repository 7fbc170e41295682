use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {}

#[state]
impl Files {
    #[event]
    fn clear(&mut self) {}

    #[event]
    fn keep(&mut self, _file: UploadFile) {}

    #[event]
    fn compare(&mut self, _old: UploadFile, _new: UploadFile) {}

    #[event]
    fn label(&mut self, _file: UploadFile, _text: String) {}
}

const PAPERS: Upload = Upload::new("papers");

fn page() -> View {
    view![text(upload_endpoint("papers"))]
}

fn main() {}
