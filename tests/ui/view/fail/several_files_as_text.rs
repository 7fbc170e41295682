use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Profile;

#[state]
impl Profile {
    #[event]
    fn set_name(&mut self, name: String) {
        let _ = name;
    }
}

fn page() -> View {
    view![
        upload(id = "pictures", max_files = 3, "Your pictures"),
        button(on_click = Profile::set_name(upload_files("pictures")), "Save"),
    ]
}

fn main() {
    let _ = page();
}
