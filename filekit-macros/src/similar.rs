//! Finds the name that was probably meant, where rustc cannot suggest it.

/// Returns the candidate nearest to `name`, if one is near enough to be worth a suggestion.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the length is what rustc uses for its own suggestions.
    let limit = name.chars().count().max(3) / 3;
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Counts the insertions, removals, replacements and swaps of neighbours that turn one text into the other (the optimal
/// string alignment distance).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for at in 1..=from.len() {
        let mut row = vec![at];
        for column in 1..=to.len() {
            let replaced = rows[at - 1][column - 1] + usize::from(from[at - 1] != to[column - 1]);
            let mut least = replaced.min(rows[at - 1][column] + 1).min(row[column - 1] + 1);
            let is_swap = at > 1 && column > 1 && from[at - 1] == to[column - 2] && from[at - 2] == to[column - 1];
            if is_swap {
                least = least.min(rows[at - 2][column - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("photos", "photos"), 0);
        assert_eq!(distance("photo", "photos"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn only_near_names_are_suggested() {
        assert_eq!(nearest("file_uplaod", ["photos", "file_upload"]), Some("file_upload"));
        assert_eq!(nearest("files", ["photos", "documents"]), None);
    }
}
