use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Profile;

#[state]
impl Profile {
    #[event]
    fn set_picture(&mut self, picture: UploadFile) {
        let _ = picture;
    }
}

fn page() -> View {
    view![
        upload(id = "picture", max_files = 3, "Your picture"),
        button(on_click = Profile::set_picture(upload_files("picture")), "Save"),
    ]
}

fn main() {
    let _ = page();
}
