//! `match` as a child: arms of one element, of blocks, with guards.

use filekit::prelude::*;

pub(super) enum Step {
    Waiting,
    Running { percent: u8 },
    Done(String),
    Failed(u16),
}

pub(super) fn page(step: &Step) -> View {
view![card(match step { Step::Waiting => spinner(), Step::Running { percent } if *percent > 99 => text("Almost done"), Step::Running { percent } => { progress(value = *percent, max = 100); text(*percent, "%") } Step::Done(key) => link( href = upload_url(key), target = "_blank", "Open what was made" ), Step::Failed(404 | 410) => text("It is gone."), Step::Failed(code) => badge(color = "danger", "error ", *code), })]
}
