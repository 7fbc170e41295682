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

    fn remove(&mut self, index: u64) {
        let _ = index;
    }
}


fn page(files: Current<Files>) -> View {
    let count = files.names.len();
    view![vstack(
        spacing = 4,
        spacing = 2,
        upload(id = "photos", bordr = "1px"),
        txt("Photos"),
        button(disabled = count, "Save"),
        button(on_click = Files::handle_uplaod(upload_files("photos")), "Upload"),
        button(on_click = Files::rename(count, "a.txt"), "Rename"),
        button(on_click = clear_selected_files("photo"), "Clear"),
        text(files.nmaes.len()),
        image(src = , alt = "a photo"),
        text(count +),
        hr("a line"),
        input(id = "title"),
        textarea(id = "title"),
        button(on_click = Files::rename(1, value_of("titel")), "Rename"),
        button(on_click = Files::remove(1), "Remove"),
        button(onclick = cancel_upload("photos"), "Cancel"),
        vstak(text("a"), text("b")),
        text("{count} files"),
        hstack(align = 2, link(href = Files::rename(1, "b.txt"), "Rename")),
    )]
}

fn main() {}
