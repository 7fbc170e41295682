//! Applies a patch to the tree as the browser's script does to its page, step by step of the same notation, with one difference:
//! elements have no state of their own here, so new markup takes the place of the old.
//!
//! ```text
//! change = [markup of the block or null, [op, ...]]
//! op     = ["attributes", path, tag] | ["element", path, markup] | ["range", nth, change] | ["rows", nth, old count, [row, ...]]
//! row    = [first, count] unchanged | markup of a new one | [place, change]
//! ```

use std::mem;

use serde_json::Value;

use super::parse::{self, KEEP, ROW};
use super::{Element, Html, Node};

/// Applies a change to the content of a page.
///
/// # Errors
///
/// If the patch does not fit the page; the message says which part of it.
pub(crate) fn apply(page: &mut Html, change: &Value) -> Result<(), String> {
    apply_to(&mut page.root.children, change)
}

fn apply_to(block: &mut Vec<Node>, change: &Value) -> Result<(), String> {
    if let Some(markup) = change[0].as_str() {
        replace(block, markup)?;
    }
    change[1].as_array().into_iter().flatten().try_for_each(|op| apply_op(block, op).map_err(|why| located(&why, op)))
}

/// Says which operation failed, unless an inner one did and has said so.
fn located(why: &str, op: &Value) -> String {
    if why.contains(" in the patch ") { why.to_owned() } else { format!("{why} in the patch {op}") }
}

fn apply_op(block: &mut Vec<Node>, op: &Value) -> Result<(), String> {
    match op[0].as_str() {
        Some("range") => apply_to(range(block, &op[1])?, &op[2]),
        Some("rows") => rows(range(block, &op[1])?, &op[2], &op[3]),
        Some("element") => {
            let (siblings, place) = locate(block, &op[1])?;
            let mut element = vec![siblings.remove(place)];
            replace(&mut element, markup(&op[2])?)?;
            siblings.splice(place..place, element);
            Ok(())
        }
        Some("attributes") => {
            let (siblings, place) = locate(block, &op[1])?;
            let fresh = parse::tag(markup(&op[2])?)?;
            match &mut siblings[place] {
                Node::Element(element) if element.name == fresh.name => element.attributes = fresh.attributes,
                _ => return Err(format!("no <{}>", fresh.name)),
            }
            Ok(())
        }
        _ => Err("an unknown operation".to_owned()),
    }
}

fn markup(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "no markup".to_owned())
}

fn number(value: &Value) -> Result<usize, String> {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).ok_or_else(|| format!("no number: {value}"))
}

/// Makes the content of a block what the markup says, with the ranges that it keeps.
fn replace(block: &mut Vec<Node>, markup: &str) -> Result<(), String> {
    let mut fresh = parse::nodes(markup)?;
    if markup.contains(KEEP) {
        let mut kept = Vec::new();
        take_ranges(block, &mut kept);
        let count = kept.len();
        let mut kept = kept.into_iter();
        fill(&mut fresh, &mut kept).ok_or_else(|| format!("more ranges stay than the {count} of the page"))?;
        if kept.len() > 0 {
            return Err(format!("of {count} ranges, {} have no place", kept.len()));
        }
    }
    *block = fresh;
    Ok(())
}

/// Takes the ranges out of a block, those within others with them; a template has none.
fn take_ranges(nodes: &mut [Node], into: &mut Vec<Node>) {
    for node in nodes {
        match node {
            Node::Range(_) => into.push(mem::replace(node, Node::Text(String::new()))),
            Node::Element(element) if element.name != "template" => take_ranges(&mut element.children, into),
            _ => {}
        }
    }
}

/// Puts ranges where markers keep their places; `None` if there are not enough.
fn fill(nodes: &mut [Node], kept: &mut impl Iterator<Item = Node>) -> Option<()> {
    for node in nodes {
        match node {
            Node::Marker(marker) if marker == KEEP => *node = kept.next()?,
            Node::Element(element) if element.name != "template" => fill(&mut element.children, kept)?,
            _ => {}
        }
    }
    Some(())
}

/// A range of a block, by its number: those in elements count, those within other ranges do not.
fn range<'a>(block: &'a mut [Node], nth: &Value) -> Result<&'a mut Vec<Node>, String> {
    let mut left = number(nth)?;
    nth_range(block, &mut left).ok_or_else(|| format!("no range {nth}"))
}

fn nth_range<'a>(nodes: &'a mut [Node], left: &mut usize) -> Option<&'a mut Vec<Node>> {
    for node in nodes {
        match node {
            Node::Range(inner) if *left == 0 => return Some(inner),
            Node::Range(_) => *left -= 1,
            Node::Element(Element { name, children, .. }) if name != "template" => {
                if let Some(found) = nth_range(children, left) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// Finds an element by its path, which counts no elements in ranges: its siblings, and its place among them.
fn locate<'a>(block: &'a mut Vec<Node>, path: &Value) -> Result<(&'a mut Vec<Node>, usize), String> {
    let missing = || format!("no element at {path}");
    let steps = path.as_array().ok_or_else(missing)?;
    let (last, around) = steps.split_last().ok_or_else(missing)?;
    let mut siblings = block;
    for step in around {
        let place = nth_element(siblings, number(step)?).ok_or_else(missing)?;
        let Node::Element(element) = &mut siblings[place] else { return Err(missing()) };
        siblings = &mut element.children;
    }
    let place = nth_element(siblings, number(last)?).ok_or_else(missing)?;
    Ok((siblings, place))
}

fn nth_element(nodes: &[Node], nth: usize) -> Option<usize> {
    let elements = nodes.iter().enumerate().filter(|(_, node)| matches!(node, Node::Element(_)));
    elements.map(|(place, _)| place).nth(nth)
}

/// Gives a list its rows: old ones, changed or not, and new ones.
fn rows(list: &mut Vec<Node>, olds: &Value, rows: &Value) -> Result<(), String> {
    let starts = row_starts(list);
    if starts.len() != number(olds)? {
        return Err(format!("a list of {} rows, where {olds} were expected,", starts.len()));
    }
    let mut old: Vec<Option<Vec<Node>>> = Vec::new();
    for start in starts.into_iter().rev() {
        old.push(Some(list.split_off(start)));
    }
    old.reverse();
    let mut take = |place: usize| {
        let row = old.get_mut(place).and_then(Option::take);
        row.ok_or_else(|| format!("no row {place}, or it was used before,"))
    };
    for row in rows.as_array().into_iter().flatten() {
        if let Some(markup) = row.as_str() {
            list.extend(parse::nodes(markup)?);
        } else if row[1].is_u64() {
            let first = number(&row[0])?;
            for place in first..first + number(&row[1])? {
                list.append(&mut take(place)?);
            }
        } else {
            let mut changed = take(number(&row[0])?)?;
            apply_to(&mut changed, &row[1])?;
            list.append(&mut changed);
        }
    }
    Ok(())
}

/// Where the rows of a list begin: each at its marker, or with its element.
fn row_starts(list: &[Node]) -> Vec<usize> {
    let places = |is_start: fn(&Node) -> bool| -> Vec<usize> {
        list.iter().enumerate().filter(|(_, node)| is_start(node)).map(|(place, _)| place).collect()
    };
    let markers = places(|node| matches!(node, Node::Marker(marker) if marker == ROW));
    if markers.is_empty() { places(|node| matches!(node, Node::Element(_))) } else { markers }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::html::element_lines;

    fn patched(page: &str, change: &Value) -> Result<String, String> {
        let mut page = Html::parse(page);
        apply(&mut page, change)?;
        Ok(element_lines(page.nodes()).join("\n"))
    }

    #[track_caller]
    fn assert_patched(page: &str, change: &Value, expected: &str) {
        let expected = element_lines(Html::parse(expected).nodes()).join("\n");
        assert_eq!(patched(page, change).expect("a patch that fits"), expected);
    }

    #[test]
    fn each_operation_changes_what_it_names() {
        let page =
            "<h1>A</h1><!--fk[--><p>old</p><!--fk]--><div><b>x</b><!--fk[--><i>1</i><i>2</i><i>3</i><!--fk]--></div>";
        let change = json!([
            null,
            [
                ["element", [0], "<h1>B</h1>"],
                ["attributes", [1, 0], "<b class=\"c\">"],
                ["range", 0, ["<p>new</p>", []]],
                ["rows", 1, 3, [[2, 1], "<i>4</i>", [0, [null, [["attributes", [0], "<i id=\"first\">"]]]]]]
            ]
        ]);
        let expected = "<h1>B</h1><!--fk[--><p>new</p><!--fk]--><div><b class=c>x</b><!--fk[--><i>3</i><i>4</i><i id=first>1</i><!--fk]--></div>";
        assert_patched(page, &change, expected);
    }

    #[test]
    fn new_markup_keeps_the_ranges_that_it_has_places_for() {
        let page = "<div><!--fk[-->one<!--fk]--></div><!--fk[--><p>two</p><!--fk]-->";
        let change = json!(["<section><!--fk=--></section><!--fk=-->", [["range", 1, ["<p>three</p>", []]]]]);
        assert_patched(page, &change, "<section><!--fk[-->one<!--fk]--></section><!--fk[--><p>three</p><!--fk]-->");
    }

    #[test]
    fn rows_with_markers_may_have_several_nodes() {
        let page = "<!--fk[--><!--fk,-->a<b>1</b><!--fk,-->c<!--fk]-->";
        let change = json!([null, [["rows", 0, 2, [[1, 1], [0, 1]]]]]);
        assert_patched(page, &change, "<!--fk[--><!--fk,-->c<!--fk,-->a<b>1</b><!--fk]-->");
    }

    #[test]
    fn a_patch_for_another_page_is_refused() {
        for (change, why) in [
            (json!([null, [["element", [1], "<p></p>"]]]), "no element at [1]"),
            (json!([null, [["range", 1, [null, []]]]]), "no range 1"),
            (json!([null, [["rows", 0, 2, []]]]), "a list of 1 rows, where 2 were expected,"),
            (json!([null, [["attributes", [0], "<b>"]]]), "no <b>"),
            (json!(["<!--fk=--><!--fk=-->", []]), "more ranges stay than the 1 of the page"),
        ] {
            let refused = patched("<p><!--fk[--><i></i><!--fk]--></p>", &change).expect_err("a misfit");
            assert!(refused.starts_with(why), "{refused}");
        }
    }
}
