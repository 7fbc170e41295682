//! Matches the rows of a list with those before. Their content is compared in `compare.rs`.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Range;

use super::fingerprint::ListPrint;
use super::outline::List;

/// One step through the rows as they are now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RowStep {
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
pub(super) fn steps(old: &ListPrint, new: &List) -> Option<Vec<RowStep>> {
    let is_keyed = old.keys.len() == old.rows.len() && new.keys.len() == new.rows.len();
    let (olds, news): (&[u64], &[u64]) = if is_keyed { (&old.keys, &new.keys) } else { (&old.rows, &new.rows) };
    let start = olds.iter().zip(news).take_while(|(old, new)| old == new).count();
    let most = olds.len().min(news.len()) - start;
    let end = olds.iter().rev().zip(news.iter().rev()).take(most).take_while(|(old, new)| old == new).count();

    let between = start..olds.len() - end;
    let middle = places(olds, between.clone(), &news[start..news.len() - end], is_keyed);
    let places = (0..start).map(Some).chain(middle).chain((between.end..olds.len()).map(Some));
    let mut steps = Vec::new();
    for (row, place) in places.enumerate() {
        match (place, steps.last_mut()) {
            (None, _) => steps.push(RowStep::New(row)),
            (Some(place), _) if old.rows[place] != new.rows[row] => steps.push(RowStep::Changed { place, row }),
            (Some(place), Some(RowStep::Kept { first, count })) if *first + *count == place => *count += 1,
            (Some(place), _) => steps.push(RowStep::Kept { first: place, count: 1 }),
        }
    }
    let are_same = match &*steps {
        [] => old.rows.is_empty(),
        [RowStep::Kept { first: 0, count }] => *count == old.rows.len(),
        _ => false,
    };
    (!are_same).then_some(steps)
}

/// For each of some new rows the place of the old one that it goes on from, which is among those `between`.
fn places(olds: &[u64], between: Range<usize>, news: &[u64], is_keyed: bool) -> Vec<Option<usize>> {
    let mut waiting: HashMap<u64, VecDeque<usize>> = HashMap::new();
    for place in between.clone() {
        waiting.entry(olds[place]).or_default().push_back(place);
    }
    let mut places: Vec<_> = news.iter().map(|row| waiting.get_mut(row).and_then(VecDeque::pop_front)).collect();
    if !is_keyed {
        fill_gaps(&mut places, between, waiting.into_values().flatten().collect());
    }
    places
}

/// Lets rows without a place go on from old ones that nothing goes on from, where both are between the same neighbours.
fn fill_gaps(places: &mut [Option<usize>], between: Range<usize>, mut left: BTreeSet<usize>) {
    let mut row = 0;
    let mut from = between.start;
    while row < places.len() {
        if let Some(place) = places[row] {
            from = place + 1;
            row += 1;
            continue;
        }
        let gap_end = (row..places.len()).find(|&row| places[row].is_some()).unwrap_or(places.len());
        let to = places.get(gap_end).copied().flatten().unwrap_or(between.end);
        for place in &mut places[row..gap_end] {
            // Rows that changed their order may have the same places between them twice.
            let Some(&free) = left.range(from..to.max(from)).next() else { break };
            left.remove(&free);
            *place = Some(free);
        }
        row = gap_end;
    }
}
