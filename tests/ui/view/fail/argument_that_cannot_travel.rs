use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

struct Name(String);

#[state]
impl Files {
    #[event]
    fn add(&mut self, name: Name) {
        self.names.push(name.0);
    }
}

fn page() -> View {
    view![button(on_click = Files::add(Name("a.txt".to_owned())), "Add")]
}

fn main() {}
