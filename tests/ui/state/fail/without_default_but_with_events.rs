use filekit::prelude::*;

#[state]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    fn clear(&mut self) {
        self.names.clear();
    }
}

fn page(files: Current<Files>) -> View {
    view![text(files.names.len()), button(on_click = Files::clear, "Clear")]
}

fn main() {}
