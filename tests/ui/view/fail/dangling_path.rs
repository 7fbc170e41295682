use filekit::prelude::*;

#[state]
#[derive(Default)]
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

fn page() -> View {
    view![button(on_click = Files::clear, "Clear"), button(on_click = Files::, "Keep")]
}

fn main() {}
