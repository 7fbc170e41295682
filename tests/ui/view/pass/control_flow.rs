#![deny(warnings)]
//! `if`, `match`, `for`, `let` and blocks are those of Rust.

use filekit::prelude::*;

enum Shape {
    Circle(f64),
    Square { side: u32 },
    Nothing,
}

fn page(shapes: &[Shape], name: Option<&str>, wide: bool) -> View {
    let mut seen = 0;
    view![
        if wide {
            text("wide")
        },
        if let Some(name) = name
            && wide
        {
            text(name);
            text("!");
        } else if shapes.is_empty() {
            "nothing"
        } else {
            let count = shapes.len();
            text(count, " shapes");
        },
        'shapes: for (index, shape) in shapes.iter().enumerate() {
            match shape {
                Shape::Circle(radius) if *radius > 100.0 => break 'shapes,
                Shape::Circle(radius) => text(radius),
                Shape::Square { side } => {
                    let area = side * side;
                    text(index, ": ", area);
                }
                Shape::Nothing => continue,
            }
            seen += 1;
        },
        {
            let total = shapes.len() + 1;
            text(total)
        },
        ul(for name in name {
            for letter in name.chars() {
                li(letter, if wide { " wide" } else { " narrow" })
            }
        }),
        text(seen),
    ]
}

fn main() {
    let _ = page(&[Shape::Circle(1.0), Shape::Square { side: 2 }, Shape::Nothing], None, true);
}
