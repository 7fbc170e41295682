use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    fn add(&mut self, name: String) {
        self.names.push(name);
    }
}

fn page() -> View {
    view![upload(id = "photos"), button(on_click = Files::add(value_of("photos")), "Add")]
}

fn main() {}
