//! Room for the rows of a list: how much is known once the first of them are written. Where rows begin is `slots.rs`.

use crate::view::{View, Writer};

/// The rows of the list at hand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rows {
    /// At least so many are still to come, with the one that begins; 0 if their number is not known.
    left: usize,
    written: usize,
    /// The lengths of what a view consists of, before the first row.
    before: Lengths,
    /// Where the last row begins in the markup.
    last: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Lengths {
    html: usize,
    holes: usize,
    marks: usize,
}

impl Writer {
    /// Begins a list of at least `left` rows, and returns the rows of the list around for [`Writer::end_rows`].
    pub(super) fn begin_rows(&mut self, left: usize) -> Rows {
        let View { html, holes, marks, .. } = &self.view;
        let before = Lengths { html: html.len(), holes: holes.len(), marks: marks.len() };
        std::mem::replace(&mut self.rows, Rows { left, written: 0, before, last: html.len() })
    }

    /// Ends a list.
    pub(super) fn end_rows(&mut self, around: Rows) {
        self.rows = around;
    }

    /// Notes that a row begins, and makes room for those to come if there may be none for this one.
    pub(super) fn make_room_for_row(&mut self) {
        let View { html, .. } = &self.view;
        let row_before = html.len() - self.rows.last;
        self.rows.last = html.len();
        if self.rows.left > 0 && html.capacity() - html.len() < row_before {
            self.make_room_for_rows();
        }
        self.rows.left = self.rows.left.saturating_sub(1);
        self.rows.written += 1;
    }

    /// Makes room for the rows to come, which take as much as those before them and an eighth.
    ///
    /// To double the room again and again would copy each row once more, and leave up to half of it empty. Of a page of
    /// some megabytes an allocator gives that back to the system each time, and to get it again takes longer than to write
    /// the page.
    #[cold]
    fn make_room_for_rows(&mut self) {
        let Rows { left, written, before, .. } = self.rows;
        // Later rows may be shorter, so the room grows in steps; and by no less than a quarter, so that what follows many
        // short lists is not copied for each of them.
        let more = |length: usize, before: usize| {
            let rows = length.saturating_sub(before).saturating_mul(left) / written.max(1);
            rows.saturating_add(rows / 8).clamp(length / 4, length * 4)
        };
        let View { html, holes, marks, .. } = &mut self.view;
        html.reserve_exact(more(html.len(), before.html));
        holes.reserve_exact(more(holes.len(), before.holes));
        marks.reserve_exact(more(marks.len(), before.marks));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes lists, and returns how often there was more room.
    fn write(out: &mut Writer, lists: usize, rows: usize, left: usize) -> usize {
        let mut grown = 0;
        for _ in 0..lists {
            out.begin_list();
            let around = out.begin_rows(left);
            for _ in 0..rows {
                let before = out.view.html.capacity();
                out.row(false);
                out.markup("<p>a row of some bytes</p>");
                grown += usize::from(out.view.html.capacity() > before);
            }
            out.end_rows(around);
            out.end_range();
        }
        grown
    }

    #[test]
    fn a_long_list_has_the_room_that_it_takes() {
        let mut out = Writer::new(64);
        let grown = write(&mut out, 1, 10_000, 10_000);
        assert!(grown < 10, "grown {grown} times");
        let View { html, marks, .. } = out.finish();
        assert!(html.capacity() < html.len() / 4 * 5, "{} of {}", html.len(), html.capacity());
        assert!(marks.capacity() < marks.len() / 4 * 5, "{} of {}", marks.len(), marks.capacity());
    }

    #[test]
    fn many_short_lists_are_not_copied_for_each() {
        let mut out = Writer::new(64);
        let grown = write(&mut out, 10_000, 3, 3);
        assert!(grown < 50, "grown {grown} times");
    }

    #[test]
    fn a_wrong_number_of_rows_does_no_harm() {
        let pages = [100, 7, 0, usize::MAX].map(|left| {
            let mut out = Writer::new(0);
            write(&mut out, 1, 100, left);
            let View { html, .. } = out.finish();
            assert!(html.capacity() < html.len() * 5, "{} of {}", html.len(), html.capacity());
            html
        });
        assert!(pages.iter().all(|html| *html == pages[0]));
    }
}
