//! Patches: the changes between two views of a page. Page instances and their messages are `instance/`.
//!
//! ```text
//! View -> outline -> Fingerprint, kept by the server
//! old Fingerprint + outline of the new View -> Change -> JSON
//! ```

mod change;
mod compare;
mod fingerprint;
mod outline;
mod rows;

pub use fingerprint::Fingerprint;

use serde_json::value::{RawValue, to_raw_value};

use self::compare::Comparison;
use crate::offer::Uploads;
use crate::view::{Filling, View};

/// The fingerprint of a view, and the patch that makes a page that shows `old` show it. No patch if it does already.
///
/// `fill` appends what belongs into a hole; only holes that travel are filled.
pub(crate) fn patch(
    old: &Fingerprint,
    view: &View,
    fill: impl FnMut(&Filling, &Uploads, &mut String),
) -> (Fingerprint, Option<Box<RawValue>>) {
    let outline = outline::outline(view);
    let new = Fingerprint::of_outline(&outline);
    let mut comparison = Comparison { view, fill };
    let change = (*old != new).then(|| comparison.change(&old.0, &outline)).flatten();
    // Numbers and strings can always be written.
    let patch = change.and_then(|change| to_raw_value(&change).ok());
    (new, patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Writer;

    /// `<ul>` of rows between two paragraphs, of which the second has a text.
    fn view(rows: &[&str], text: &str) -> View {
        let mut out = Writer::new(0);
        out.marked("<p></p><ul>", "11{");
        for row in rows {
            out.marked("<li>", "-");
            out.child(*row);
            out.markup("</li>");
        }
        out.marked("</ul><p>", "]5<2;");
        out.child(text);
        out.marked("</p>", "4>");
        out.finish()
    }

    fn patched(old: &View, new: &View) -> Option<String> {
        patch(&Fingerprint::of(old), new, |_, _, _| {}).1.map(|patch| patch.get().to_owned())
    }

    #[test]
    fn what_is_the_same_does_not_travel() {
        assert_eq!(patched(&view(&["a", "b"], "x"), &view(&["a", "b"], "x")), None);
    }

    #[test]
    fn a_text_travels_with_its_element() {
        let patch = patched(&view(&["a"], "x"), &view(&["a"], "y"));
        assert_eq!(patch.as_deref(), Some(r#"[null,[["element",[2],"<p>y</p>"]]]"#));
    }

    #[test]
    fn rows_travel_alone() {
        let rows = |old: &[&str], new: &[&str]| {
            let patch = patched(&view(old, ""), &view(new, "")).unwrap();
            let begin = format!(r#"[null,[["rows",0,{},["#, old.len());
            let rows = patch.strip_prefix(&begin).and_then(|rest| rest.strip_suffix("]]]]"));
            rows.map(|rows| rows.replace("<li>", "").replace("</li>", "")).unwrap_or(patch)
        };
        assert_eq!(rows(&["a", "b"], &["a", "n", "b"]), r#"[0,1],"n",[1,1]"#);
        assert_eq!(rows(&["a", "b", "c"], &["a", "c"]), "[0,1],[2,1]");
        assert_eq!(rows(&["a", "b", "c"], &["c", "a", "b"]), "[2,1],[0,2]");
        assert_eq!(rows(&["a", "b", "c"], &["a", "n", "c"]), r#"[0,1],[1,["n",[]]],[2,1]"#);
        // Each old row is named once, although two gaps have it between their neighbours.
        assert_eq!(rows(&["a", "x", "b"], &["m", "b", "a", "n"]), r#"[1,["m",[]]],[2,1],[0,1],"n""#);
        assert_eq!(rows(&["a", "a"], &["a"]), "[0,1]");
        assert_eq!(rows(&["a"], &[]), "");
        assert_eq!(rows(&[], &["a"]), r#""a""#);
    }

    /// A block of the page, with a text in it.
    fn block(before: &'static str, marks: &'static str, after: &'static str, end: &'static str) -> View {
        let mut out = Writer::new(0);
        out.marked(before, marks);
        out.child("x");
        out.marked(after, end);
        out.finish()
    }

    #[test]
    fn what_stands_in_another_place_or_is_of_another_kind_is_not_taken_for_a_change_of_text() {
        let [paragraph, list] = [("<p>", "<0;", "</p>", "4>"), ("<b>", "<0;", "</b>", "4>")]
            .map(|(before, marks, after, end)| block(before, marks, after, end));
        assert_eq!(patched(&paragraph, &list).as_deref(), Some(r#"["<b>x</b>",[]]"#));
        let [first, second] = [("<p>", "<0;", "</p><p></p>", "4>"), ("<p></p><p>", "7<1;", "</p>", "4>")]
            .map(|(before, marks, after, end)| block(before, marks, after, end));
        assert_eq!(patched(&first, &second).as_deref(), Some(r#"["<p></p><p>x</p>",[]]"#));
    }
    #[test]
    fn text_that_stands_on_another_side_of_an_element_is_not_taken_for_the_same() {
        let [before, after] =
            [("a<p></p>b<p></p>", "1<0;7>1<1;7>"), ("<p></p>a<p></p>b", "<0;7>1<1;7>")].map(|(html, marks)| {
                let mut out = Writer::new(0);
                out.marked(html, marks);
                out.finish()
            });
        assert_eq!(patched(&before, &after).as_deref(), Some(r#"["<p></p>a<p></p>b",[]]"#));
    }
}
