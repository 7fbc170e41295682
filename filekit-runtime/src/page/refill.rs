//! Puts what a visitor typed back into the controls of a page, for the answer to a form that was refused. Which values that
//! are is decided where the form is read (`routes/form/`).
//!
//! ```text
//! markup -> tags, each with the form that it is in -> forms that the values came from
//!        -> input: `value` or `checked`; textarea: its text; option: `selected`
//! ```
//!
//! A password is not put back, and neither is a file: no browser takes one from markup.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use crate::escape::{push_escaped, unescaped};

/// Types of inputs that hold nothing that was typed, or that must not be written into a page.
const UNTOUCHED: [&str; 7] = ["hidden", "password", "file", "submit", "button", "reset", "image"];

/// Elements whose content is text for a parser (HTML standard, "parsing HTML documents").
const TEXT_ELEMENTS: [&str; 6] = ["textarea", "title", "script", "style", "iframe", "noscript"];

/// The markup with the values in the controls of their names.
pub(crate) fn with_values(html: &str, typed: &[(String, String)]) -> String {
    let tags = tags(html);
    let mut values: HashMap<&str, VecDeque<&str>> = HashMap::new();
    for (name, value) in typed {
        values.entry(name).or_default().push_back(value);
    }
    let sent: HashSet<usize> =
        tags.iter().filter(|tag| tag.is_control() && values.contains_key(&*tag.name())).map(|tag| tag.form).collect();
    let mut page = Page { html, copied: 0, out: String::with_capacity(html.len() + 1024), values };
    let mut selected = VecDeque::new();
    for tag in tags.iter().filter(|tag| sent.contains(&tag.form)) {
        if tag.is("input") {
            page.fill_input(tag);
        } else if tag.is("textarea") {
            page.fill_textarea(tag);
        } else if tag.is("select") {
            selected = page.values.get(&*tag.name()).cloned().unwrap_or_default();
        } else if tag.is("option") {
            page.fill_option(tag, &selected);
        }
    }
    page.out.push_str(&html[page.copied..]);
    page.out
}

/// A start tag.
struct Tag<'a> {
    element: &'a str,
    attributes: Vec<Attribute<'a>>,
    /// The tag's range, from its `<` to behind its `>`.
    place: Range<usize>,
    /// The end of its content, if that is text: at the next tag.
    text_end: usize,
    /// The number of the form that it is in; 0 outside of all.
    form: usize,
}

struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
    /// With the blank in front of it.
    place: Range<usize>,
}

impl<'a> Tag<'a> {
    fn is(&self, element: &str) -> bool {
        self.element.eq_ignore_ascii_case(element)
    }

    fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The value of an attribute as it was before it was escaped.
    fn value(&self, name: &str) -> Option<String> {
        Some(unescaped(self.attribute(name)?.value).into_owned())
    }

    fn name(&self) -> String {
        self.value("name").unwrap_or_default()
    }

    fn is_control(&self) -> bool {
        ["input", "textarea", "select"].into_iter().any(|element| self.is(element))
    }
}

struct Page<'a> {
    html: &'a str,
    copied: usize,
    out: String,
    /// The remaining values of each name: controls of one name take them in turn.
    values: HashMap<&'a str, VecDeque<&'a str>>,
}

impl Page<'_> {
    fn fill_input(&mut self, tag: &Tag<'_>) {
        let kind = tag.value("type").unwrap_or_default().to_ascii_lowercase();
        let name = tag.name();
        if name.is_empty() || UNTOUCHED.contains(&&*kind) {
            return;
        }
        if matches!(&*kind, "checkbox" | "radio") {
            let value = tag.value("value").unwrap_or_else(|| "on".to_owned());
            let is_checked = self.values.get(&*name).is_some_and(|values| values.contains(&&*value));
            self.set(tag, "checked", is_checked.then_some(""));
        } else if let Some(value) = self.take(&name) {
            self.set(tag, "value", Some(&value));
        }
    }

    fn fill_textarea(&mut self, tag: &Tag<'_>) {
        let Some(value) = self.take(&tag.name()) else { return };
        self.copy_to(tag.place.end);
        // A parser drops the first line end.
        self.out.push('\n');
        push_escaped(&mut self.out, &value);
        self.copied = tag.text_end;
    }

    fn fill_option(&mut self, tag: &Tag<'_>, selected: &VecDeque<&str>) {
        let text = || unescaped(self.html[tag.place.end..tag.text_end].trim()).into_owned();
        let value = tag.value("value").unwrap_or_else(text);
        self.set(tag, "selected", selected.contains(&&*value).then_some(""));
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.values.get_mut(name)?.pop_front().map(str::to_owned)
    }

    /// Writes a tag with an attribute in place of the one of that name, or without any.
    ///
    /// It is written right behind the element's name: wherever the other attributes of raw markup end, there it is none of their
    /// text. Of two attributes of one name the first counts.
    fn set(&mut self, tag: &Tag<'_>, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.copy_to(tag.place.start + 1 + tag.element.len());
            for part in [" ", name, "=\""] {
                self.out.push_str(part);
            }
            push_escaped(&mut self.out, value);
            self.out.push('"');
        }
        if let Some(Attribute { place, .. }) = tag.attribute(name) {
            self.copy_to(place.start);
            self.copied = place.end;
        }
    }

    fn copy_to(&mut self, end: usize) {
        self.out.push_str(&self.html[self.copied..end]);
        self.copied = end;
    }
}

/// All start tags of forms and controls.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let (mut tags, mut forms, mut is_in_form, mut at) = (Vec::new(), 0, false, 0);
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        let rest = &html[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |length| start + length + 3);
            continue;
        }
        if is_end_tag(rest, "form") {
            is_in_form = false;
        }
        let Some(mut tag) = read_tag(html, start) else {
            at = start + 1;
            continue;
        };
        at = tag.place.end;
        if TEXT_ELEMENTS.into_iter().any(|element| tag.is(element)) {
            let mut end_tags = html[at..].match_indices("</").map(|(length, _)| at + length);
            at = end_tags.find(|end| is_end_tag(&html[*end..], tag.element)).unwrap_or(html.len());
            tag.text_end = at;
        }
        if tag.is("form") {
            forms += 1;
            is_in_form = true;
        }
        tag.form = if is_in_form { forms } else { 0 };
        tags.push(tag);
    }
    tags
}

/// Tells whether the text begins with the end tag of an element.
fn is_end_tag(html: &str, element: &str) -> bool {
    let name = html.strip_prefix("</").and_then(|rest| rest.get(..element.len()));
    name.is_some_and(|name| name.eq_ignore_ascii_case(element))
}

/// Reads the start tag whose `<` is here, if it is one.
fn read_tag(html: &str, start: usize) -> Option<Tag<'_>> {
    let name_end = html[start + 1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-')? + start + 1;
    let element = &html[start + 1..name_end];
    if !element.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (mut attributes, mut at) = (Vec::new(), name_end);
    loop {
        let begin = at;
        at += html[at..].find(|c: char| !c.is_ascii_whitespace() && c != '/')?;
        if html[at..].starts_with('>') {
            break;
        }
        let attribute = read_attribute(html, begin, at)?;
        at = attribute.place.end;
        attributes.push(attribute);
    }
    let end = at + 1;
    let text_end = html[end..].find('<').map_or(html.len(), |length| end + length);
    Some(Tag { element, attributes, place: start..end, text_end, form: 0 })
}

/// Reads the attribute whose name is at `at`, behind blanks that begin at `begin`.
fn read_attribute(html: &str, begin: usize, at: usize) -> Option<Attribute<'_>> {
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
    // The first sign belongs to the name, whatever it is, or nothing would be read.
    let first = html[at..].chars().next()?.len_utf8();
    let name_end = html[at + first..].find(is_end)? + at + first;
    let name = &html[at..name_end];
    let Some(value) = html[name_end..].strip_prefix('=') else {
        return Some(Attribute { name, value: "", place: begin..name_end });
    };
    let start = name_end + 1;
    let (start, length, quotes) = match value.chars().next()? {
        quote @ ('"' | '\'') => (start + 1, value[1..].find(quote)?, 1),
        _ => (start, value.find(|c: char| c.is_ascii_whitespace() || c == '>')?, 0),
    };
    let end = start + length;
    Some(Attribute { name, value: &html[start..end], place: begin..end + quotes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(html: &str, typed: &[(&str, &str)]) -> String {
        let typed: Vec<_> = typed.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        with_values(html, &typed)
    }

    #[test]
    fn each_control_gets_its_value_back() {
        for (html, value, expected) in [
            (r#"<input id="a" name="a">"#, "x", r#"<input value="x" id="a" name="a">"#),
            (r#"<input name="a" value="old" id="b">"#, "new", r#"<input value="new" name="a" id="b">"#),
            (r#"<input value=old name=a>"#, "", r#"<input value="" name=a>"#),
            (r#"<input name="a"/>"#, "\"<&", r#"<input value="&quot;&lt;&amp;" name="a"/>"#),
            (r#"<input name='a' data-x='["<input>"]'>"#, "x", r#"<input value="x" name='a' data-x='["<input>"]'>"#),
            (r#"<input type="checkbox" name="a">"#, "on", r#"<input checked="" type="checkbox" name="a">"#),
            (r#"<input type="radio" name="a" value="1" checked>"#, "2", r#"<input type="radio" name="a" value="1">"#),
            (
                "<textarea name=\"a\">\n<b></textarea>",
                "1\n</textarea>",
                "<textarea name=\"a\">\n1\n&lt;/textarea&gt;</textarea>",
            ),
            (
                r#"<select name="a"><option value="x" selected>X</option><option> y </option></select>"#,
                "y",
                r#"<select name="a"><option value="x">X</option><option selected=""> y </option></select>"#,
            ),
            (
                r#"<select name="a"><option>A &amp; B</option><option>"&lt;"</option></select>"#,
                "A & B",
                r#"<select name="a"><option selected="">A &amp; B</option><option>"&lt;"</option></select>"#,
            ),
            (
                r#"<SELECT NAME="a"><OPTION VALUE="&quot;&amp;lt;">x</OPTION></SELECT>"#,
                "\"&lt;",
                r#"<SELECT NAME="a"><OPTION selected="" VALUE="&quot;&amp;lt;">x</OPTION></SELECT>"#,
            ),
            // Attributes of raw markup that end in another way than they seem to.
            (
                "<input name=a data-src=/>",
                "x onfocus=alert(1) ",
                "<input value=\"x onfocus=alert(1) \" name=a data-src=/>",
            ),
            (
                "<input name=a placeholder = 'b > c'>",
                "x onfocus=alert(1) ",
                "<input value=\"x onfocus=alert(1) \" name=a placeholder = 'b > c'>",
            ),
            (r#"<INPUT NAME="a">"#, "x", r#"<INPUT value="x" NAME="a">"#),
            ("<TextArea name=\"a\">é</b></TEXTAREA>", "x", "<TextArea name=\"a\">\nx</TEXTAREA>"),
        ] {
            assert_eq!(filled(html, &[("a", value)]), expected, "{html}");
        }
    }

    #[test]
    fn what_is_no_value_of_the_form_stays_as_it_is() {
        for html in [
            r#"<input type="password" name="a">"#,
            r#"<input type="hidden" name="a" value="1">"#,
            r#"<input type="file" name="a">"#,
            r#"<button name="a" value="1">a</button>"#,
            r#"<!-- <input name="a"> -->"#,
            r#"<script>"<input name=a>"</script>"#,
            r#"<SCRIPT>"<input name=a>"</é</SCRIPT>"#,
            r#"<p title="<input name=a>">a < b <3 <</p>"#,
            r#"<input name="b" value="old">"#,
            "<input name=\"a\"",
            "<",
        ] {
            assert_eq!(filled(html, &[("a", "x")]), html);
        }
    }

    #[test]
    fn boxes_that_were_not_sent_are_not_checked_in_the_form_that_was() {
        let html = r#"<form><input name="a"><input type="checkbox" name="b" checked></form><form><input type="checkbox" name="c" checked></form>"#;
        let expected = r#"<form><input value="1" name="a"><input type="checkbox" name="b"></form><form><input type="checkbox" name="c" checked></form>"#;
        for change in [str::to_owned, |html: &str| html.replace("form>", "FORM>")] {
            assert_eq!(filled(&change(html), &[("a", "1")]), change(expected));
        }
    }

    #[test]
    fn controls_of_one_name_take_their_values_in_turn() {
        let html = r#"<input name="a"><input name="a">"#;
        assert_eq!(filled(html, &[("a", "1"), ("a", "2")]), r#"<input value="1" name="a"><input value="2" name="a">"#);
    }
}
