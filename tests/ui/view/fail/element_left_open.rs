use filekit::prelude::*;

fn page(names: &[String]) -> View {
    view![ul(for name in names {
        li(
            if name.is_empty() {
                continue;
            },
            name,
        )
    })]
}

fn main() {}
