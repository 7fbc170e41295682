use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    fn rename(&mut self, index: u64, name: String) {
        self.names[index as usize] = name;
    }

    fn delete(&mut self, index: u64) {
        self.names.remove(index as usize);
    }

    fn forget() -> Toast {
        Toast::info("Forgotten.")
    }
}

fn page() -> View {
    view![button(on_click = Files::forget, "Forget")]
}

fn main() {}
