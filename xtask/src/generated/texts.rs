//! The browser's texts, and the translator's tables in the guide.

#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is a module of another crate, too, and not all of it is for the browser"
)]
#[path = "../../../filekit-runtime/src/texts/catalogue.rs"]
mod catalogue;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is a module of another crate, too, and not all of it is for the browser"
)]
#[path = "../../../filekit-files/src/texts/catalogue.rs"]
mod of_files;

use catalogue::List;

const HEADER: &str = "\
/**
 * Written by `cargo xtask client` from `catalogue.rs`: the fixed words of this client in English, by the keys that pages may
 * override. A key that ends in `.one` or `.other` is one form of a counted text.
 */
";

/// The tables of the guide by the headings above them.
const TABLES: [(&str, &[List]); 3] = [
    ("## Refusals of files, by the browser and by the server", &[of_files::SHARED]),
    ("## What the browser says", &[catalogue::CLIENT, catalogue::TRANSFER, catalogue::RESUME]),
    ("## What the server says", &[catalogue::SERVER, of_files::SERVER]),
];

const ROW: &str = "| `";

/// The TypeScript module.
pub(super) fn module() -> String {
    let first = object("The first script's.", "TEXTS", &[catalogue::CLIENT]);
    let second = object(
        "Those of the script that pages with uploads load.",
        "TRANSFER_TEXTS",
        &[of_files::SHARED, catalogue::TRANSFER],
    );
    let third = object(
        "Those of the script that uploads load which break off and go on.",
        "RESUME_TEXTS",
        &[catalogue::RESUME],
    );
    format!("{HEADER}\n{first}\n{second}\n{third}")
}

fn object(doc: &str, name: &str, lists: &[List]) -> String {
    let lines = pairs(lists).map(|(key, text)| format!("  {}: {},\n", quoted(key), quoted(text)));
    format!("/** {doc} */\nexport const {name} = {{\n{}}} as const;\n", lines.collect::<String>())
}

fn pairs<'a>(lists: &'a [List]) -> impl Iterator<Item = (&'static str, &'static str)> + 'a {
    lists.iter().flat_map(|list| list.iter().copied())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The guide's chapter with the rows of its tables made anew.
pub(super) fn in_guide(chapter: &str) -> Result<String, String> {
    TABLES.iter().try_fold(chapter.to_owned(), |chapter, (heading, lists)| {
        let rows = pairs(lists).map(|(key, text)| format!("{ROW}{key}` | {text} |\n")).collect::<String>();
        with_rows(&chapter, heading, &rows).ok_or_else(|| format!("there is no table below `{heading}`"))
    })
}

/// Puts rows in the place of those of the first table below a heading.
fn with_rows(chapter: &str, heading: &str, rows: &str) -> Option<String> {
    let below = chapter.find(&format!("\n{heading}\n"))? + 1;
    let start = below + chapter[below..].find(&format!("\n{ROW}"))? + 1;
    let length: usize =
        chapter[start..].split_inclusive('\n').take_while(|line| line.starts_with(ROW)).map(str::len).sum();
    Some(format!("{}{rows}{}", &chapter[..start], &chapter[start + length..]))
}

#[cfg(test)]
mod tests {
    use super::with_rows;

    #[test]
    fn rows_replace_those_of_their_table_alone() {
        let chapter = "# A\n\n## B\n\n| key |\n| --- |\n| `x` |\n\n## C\n\n| key |\n| --- |\n| `y` |\n| `z` |\n\nend\n";
        let expected = chapter.replace("| `y` |\n| `z` |\n", "| `a` |\n");
        assert_eq!(with_rows(chapter, "## C", "| `a` |\n"), Some(expected));
        assert_eq!(with_rows(chapter, "## D", ""), None);
    }
}
