//! Names in messages: those that there are, nearest first to the one that was looked for.

/// So many names are listed.
const LISTED: usize = 12;

/// Says that there is nothing of that name, and what there is.
pub(crate) fn missing(kind: &str, name: &str, names: &[String]) -> String {
    match listed(name, names) {
        listed if listed.is_empty() => format!("no {kind} {name:?}; there is none at all"),
        listed => format!("no {kind} {name:?}; there are: {listed}"),
    }
}

/// The names in quotes, each once, those first that are more alike.
fn listed(name: &str, names: &[String]) -> String {
    let mut near: Vec<&String> = Vec::new();
    for name in names {
        if !near.contains(&name) {
            near.push(name);
        }
    }
    // The sort is stable: names that are equally far stay in the order of the page.
    near.sort_by_key(|other| is_far(name, other));
    let more = near.len().saturating_sub(LISTED);
    let mut listed: Vec<String> = near.iter().take(LISTED).map(|name| format!("{name:?}")).collect();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed.join(", ")
}

/// Whether two names are no misspelling of each other: more than half of the letters differ.
fn is_far(one: &str, other: &str) -> bool {
    let length = one.chars().count().max(other.chars().count());
    2 * distance(&one.to_lowercase(), &other.to_lowercase()) > length
}

/// How many letters have to be put in, taken out or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (nth, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = nth + 1;
        for (place, of_other) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *of_other);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_nearly_meant_come_first() {
        let names = ["Cancel", "Send", "Clear", "Send"].map(str::to_owned);
        assert_eq!(missing("button", "Sned", &names), "no button \"Sned\"; there are: \"Send\", \"Cancel\", \"Clear\"");
        assert_eq!(missing("button", "Sned", &[]), "no button \"Sned\"; there is none at all");
    }
}
