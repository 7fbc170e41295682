//! The fixed texts, sizes and dates of elements that are made of others, in the words of the page. The texts themselves are
//! `texts/`.

use std::time::SystemTime;

use filekit_files::calendar::{SECONDS_OF_DAY, date};

use crate::view::attribute::kind::Text;
use crate::view::child::ChildKind;
use crate::view::{AttributeValue, Child, Filling, Writer};

/// The text of a key. Its language is that of the program, so it is written when the page is put together.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub &'static str);

impl Child for Words {
    const KIND: ChildKind = ChildKind::Text;

    fn render(&self, out: &mut Writer) {
        out.push_hole(Filling::Text(self.0));
    }
}

#[diagnostic::do_not_recommend]
impl AttributeValue<Text> for Words {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        out.markup(name);
        out.markup("=\"");
        out.push_hole(Filling::Text(self.0));
        out.markup("\"");
    }
}

/// A number of bytes as people read it.
#[derive(Clone, Copy, Debug)]
pub struct SizeText(pub u64);

impl Child for SizeText {
    const KIND: ChildKind = ChildKind::Text;

    fn render(&self, out: &mut Writer) {
        out.push_hole(Filling::Size(self.0));
    }
}

/// The day of a moment, in UTC, which is the same for all who look.
#[derive(Clone, Copy, Debug)]
pub struct DayText(pub SystemTime);

impl Child for DayText {
    const KIND: ChildKind = ChildKind::Text;

    fn render(&self, out: &mut Writer) {
        let seconds = self.0.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let (year, month, day) = date(seconds / SECONDS_OF_DAY);
        out.push_display(&format_args!("{year:04}-{month:02}-{day:02}"));
    }
}

/// The value of `form` for a control that a browser without scripts sends with the page, whose form has no fixed name.
#[derive(Clone, Copy, Debug)]
pub struct OfPageForm;

#[diagnostic::do_not_recommend]
impl AttributeValue<Text> for OfPageForm {
    fn write_attribute(&self, _: &'static str, out: &mut Writer) {
        out.push_form_owner();
    }
}
