//! Which rows of a list were there before; not what is in them.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::fingerprint::ListPrint;
use super::outline::{List, Row};

/// One step through the rows as they are now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many old rows, from that place on.
    Kept { first: usize, count: usize },
    /// A new row, by its place now.
    New(usize),
    /// An old row that looks different.
    Changed { place: usize, row: usize },
}

/// Finds the steps from the old rows to the new ones; nothing if they are the same:
///
/// ```text
/// rows at the beginning and at the end that are equal stay
/// each other row goes on from the first one before with its key, or without keys, with its content
/// without keys, the rows that are left between two of those go on from the old ones left there, in order
/// ```
pub(super) fn steps(old: &ListPrint, new: &List) -> Option<Vec<Step>> {
    let places = places(old, &new.rows);
    let is_kept =
        |(row, place): (usize, &Option<usize>)| place.is_some_and(|place| old.rows[place] == new.rows[row].whole);
    let mut steps = Vec::new();
    for (row, place) in places.iter().enumerate() {
        let step = match *place {
            None => Step::New(row),
            Some(_) if !is_kept((row, place)) => Step::Changed { place: place.unwrap_or_default(), row },
            Some(place) => match steps.last_mut() {
                Some(Step::Kept { first, count }) if *first + *count == place => {
                    *count += 1;
                    continue;
                }
                _ => Step::Kept { first: place, count: 1 },
            },
        };
        steps.push(step);
    }
    let are_same = match &*steps {
        [] => old.rows.is_empty(),
        [Step::Kept { first: 0, count }] => *count == old.rows.len(),
        _ => false,
    };
    (!are_same).then_some(steps)
}

/// For each new row the place of the old one that it goes on from.
fn places(old: &ListPrint, new: &[Row]) -> Vec<Option<usize>> {
    let is_keyed = old.keys.len() == old.rows.len() && new.iter().all(|row| row.key.is_some());
    let olds: &[u64] = if is_keyed { &old.keys } else { &old.rows };
    let id = |row: &Row| row.key.filter(|_| is_keyed).unwrap_or(row.whole);

    let start = olds.iter().zip(new).take_while(|(old, new)| **old == id(new)).count();
    let most = olds.len().min(new.len()) - start;
    let end = olds.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| **old == id(new)).count();

    let (old_middle, new_middle) = (start..olds.len() - end, start..new.len() - end);
    let mut waiting: HashMap<u64, VecDeque<usize>> = HashMap::new();
    for place in old_middle.clone() {
        waiting.entry(olds[place]).or_default().push_back(place);
    }
    let mut places: Vec<Option<usize>> = (0..start).map(Some).collect();
    places.extend(new[new_middle.clone()].iter().map(|row| waiting.get_mut(&id(row)).and_then(VecDeque::pop_front)));
    places.extend((olds.len() - end..olds.len()).map(Some));
    if !is_keyed {
        let left = waiting.into_values().flatten().collect();
        fill_gaps(&mut places, new_middle, start, olds.len() - end, left);
    }
    places
}

/// Lets rows without a place go on from old ones that nothing goes on from, where both are between the same neighbours.
fn fill_gaps(
    places: &mut [Option<usize>],
    middle: std::ops::Range<usize>,
    first: usize,
    end: usize,
    mut left: BTreeSet<usize>,
) {
    let mut row = middle.start;
    let mut from = first;
    while row < middle.end {
        if let Some(place) = places[row] {
            from = place + 1;
            row += 1;
            continue;
        }
        let gap_end = (row..middle.end).find(|&row| places[row].is_some()).unwrap_or(middle.end);
        let to = if gap_end < middle.end { places[gap_end].unwrap_or(end) } else { end };
        for place in &mut places[row..gap_end] {
            // Rows that changed their order may have the same places between them twice.
            let Some(&free) = left.range(from..to.max(from)).next() else { break };
            left.remove(&free);
            *place = Some(free);
        }
        row = gap_end;
    }
}
