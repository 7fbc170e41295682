//! Two pages compared, as lines of text.

/// So many lines around the first difference are shown.
const AROUND: usize = 4;
/// So much of a line beside the difference is shown.
const WIDTH: usize = 100;

/// Describes the first difference between two pages; `None` if there is none.
pub(crate) fn difference(patched: &[String], reloaded: &[String]) -> Option<String> {
    let same = patched.iter().zip(reloaded).take_while(|(one, other)| one == other).count();
    if same == patched.len() && same == reloaded.len() {
        return None;
    }
    let (patched, reloaded) = (excerpt(patched, same), excerpt(reloaded, same));
    Some(format!("as patched:\n{patched}\nloaded again:\n{reloaded}"))
}

/// The lines around a place, which is marked.
fn excerpt(lines: &[String], place: usize) -> String {
    let from = place.saturating_sub(AROUND);
    let until = (place + AROUND + 1).min(lines.len());
    let mut text: String = (from..until)
        .map(|nth| match nth == place {
            true => format!("> {}\n", lines[nth]),
            false => format!("  {}\n", shortened(&lines[nth])),
        })
        .collect();
    if place >= lines.len() {
        text.push_str("> (the end)\n");
    }
    text
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_first_difference_is_marked() {
        assert_eq!(difference(&lines("a b"), &lines("a b")), None);
        let found = difference(&lines("a b c"), &lines("a d c")).expect("a difference");
        assert_eq!(found, "as patched:\n  a\n> b\n  c\n\nloaded again:\n  a\n> d\n  c\n");
        let found = difference(&lines("a"), &lines("a b")).expect("a difference");
        assert_eq!(found, "as patched:\n  a\n> (the end)\n\nloaded again:\n  a\n> b\n");
    }
}
