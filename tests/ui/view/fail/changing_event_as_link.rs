use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    async fn handle_upload(&mut self, files: Vec<UploadFile>) -> Result<()> {
        let _ = files;
        Ok(())
    }

    #[event]
    fn rename(&mut self, index: u64, name: String) {
        let _ = (index, name);
    }
}

fn page(files: Current<Files>) -> View {
    let _ = &files;
    view![link(href = Files::rename(1, "a.txt"), "Rename")]
}

fn main() {}
