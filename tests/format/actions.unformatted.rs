//! What `on_*` takes: events with and without arguments, browser actions, several in order.

use filekit::prelude::*;

#[state]
#[derive(Default)]
pub(super) struct Notes {
    lines: Vec<String>,
}

#[state]
impl Notes {
    #[event]
    fn add(&mut self, line: String, at_the_end: bool) {
        let at = if at_the_end { self.lines.len() } else { 0 };
        self.lines.insert(at, line);
    }

    #[event]
    fn clear(&mut self) {
        self.lines.clear();
    }

    #[event]
    fn export(&self) -> Download {
        Download::data(self.lines.join("\n")).filename("notes.txt")
    }
}

pub(super) fn page() -> View {
view![input(id = "line", placeholder = "A line"), button( on_click = Notes::add(value_of::<String>("line"), true), "Add" ), button( on_click = [ Notes::add(String::from("-"), false), Notes::add(value_of::<String>("line"), false) ], on_dblclick = Notes::clear, "Add twice, or start anew", ), button(on_click = Notes::export, "Export"), link(href = Notes::export, "Export by a link"), ]
}
