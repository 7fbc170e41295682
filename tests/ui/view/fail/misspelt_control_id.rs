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
    view![input(id = "title"), button(on_click = Files::add(value_of("titel")), "Add")]
}

fn main() {}
