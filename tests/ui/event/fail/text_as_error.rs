use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    fn clear(&mut self) -> Result<()> {
        Err("There is nothing to clear.".into())
    }
}

fn main() {}
