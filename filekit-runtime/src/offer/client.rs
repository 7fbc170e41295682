//! Values that the browser evaluates. It does so in `client/src/bind/expressions.ts`.

use std::fmt::Write as _;
use std::marker::PhantomData;

use smallvec::SmallVec;

use crate::escape::push_escaped_but_double_quotes;
use crate::offer::OfferedFiles;
use crate::wire::expression as head;

/// A value of type `T` that the browser evaluates, such as the files that a visitor has chosen.
///
/// In a view it can be text, the value of an attribute, the list of a `for`, and, if it is a
/// `Client<bool>`, the condition of an `if`. As the argument of an event it is evaluated when the event fires.
///
/// # Security
///
/// The value that arrives as the argument of an event was made by a browser and is not to be trusted: it is the value
/// that the visitor wants it to be.
pub struct Client<T: ?Sized> {
    expression: Expression,
    marker: PhantomData<fn() -> Box<T>>,
}

/// The arguments of an event that a browser evaluates. Most events have one at most, which needs no memory of its own here.
pub(crate) type Expressions = SmallVec<[Expression; 1]>;

/// An expression for the browser, in the form in which it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expression {
    json: String,
    /// The files that this means, if it means files that are to be sent.
    pub(crate) files: Option<Box<OfferedFiles>>,
}

impl Expression {
    /// An expression of a head and one text, such as `["selected_files","photos"]`.
    pub(crate) fn of_text(head: &str, text: &str) -> Self {
        let mut json = String::with_capacity(head.len() + text.len() + r#"["",""]"#.len());
        for part in [r#"[""#, head, r#"","#] {
            json.push_str(part);
        }
        push_json_text(&mut json, text);
        json.push(']');
        Self::from_json(json)
    }

    pub(crate) fn from_json(json: String) -> Self {
        Self { json, files: None }
    }

    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    /// The id of the control whose value this is, if it is one.
    pub(crate) fn control(&self) -> Option<String> {
        let (head, control) = serde_json::from_str::<(String, String)>(&self.json).ok()?;
        (head == head::VALUE_OF).then_some(control)
    }

    fn get(&self, field: &str) -> Self {
        Self::from_json(format!("[\"{}\",{},\"{field}\"]", head::GET, self.json))
    }

    fn joined(&self, head: &str, other: &Self) -> Self {
        Self::from_json(format!("[\"{head}\",{},{}]", self.json, other.json))
    }
}

impl<T: ?Sized> Client<T> {
    pub(crate) fn new(expression: Expression) -> Self {
        Self { expression, marker: PhantomData }
    }

    pub(crate) fn expression(&self) -> &Expression {
        &self.expression
    }

    pub(crate) fn into_expression(self) -> Expression {
        self.expression
    }

    pub(crate) fn to_expression(&self) -> Expression {
        self.expression.clone()
    }

    /// The field of that name of the value that this represents.
    pub(crate) fn get<F: ?Sized>(&self, field: &str) -> Client<F> {
        Client::new(self.expression.get(field))
    }

    /// Appends the attribute `name` that holds this expression.
    pub(crate) fn push_attribute(&self, html: &mut String, name: std::fmt::Arguments<'_>) {
        push_json_attribute(html, name, &self.expression.json);
    }
}

/// Appends a text as JSON. Most texts have nothing in them that JSON escapes.
pub(crate) fn push_json_text(json: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        // Writing to a `String` cannot fail.
        let _ = write!(json, "{}", serde_json::Value::from(text));
        return;
    }
    json.push('"');
    json.push_str(text);
    json.push('"');
}

/// Appends ` name='json'`.
pub(crate) fn push_json_attribute(html: &mut String, name: std::fmt::Arguments<'_>, json: &str) {
    // Writing to a `String` cannot fail.
    let _ = write!(html, " {name}='");
    push_json(html, json);
    html.push('\'');
}

/// Appends JSON to an attribute in single quotes: its many double quotes stay as they are.
pub(crate) fn push_json(html: &mut String, json: &str) {
    push_escaped_but_double_quotes(html, json);
}

impl Client<bool> {
    /// Holds where this does not.
    #[expect(clippy::should_implement_trait, reason = "`!` would read as a condition of the server")]
    #[must_use]
    pub fn not(self) -> Self {
        Self::new(Expression::from_json(format!("[\"{}\",{}]", head::NOT, self.expression.json)))
    }

    /// Holds where this and `other` do.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.expression.joined(head::AND, &other.expression))
    }

    /// Holds where this or `other` does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(self.expression.joined(head::OR, &other.expression))
    }
}

impl Client<String> {
    /// Holds where this is just that text: `file.status().is("failed")`.
    #[must_use]
    pub fn is(self, text: impl AsRef<str>) -> Client<bool> {
        let text = serde_json::Value::from(text.as_ref());
        Client::new(Expression::from_json(format!("[\"{}\",{},{text}]", head::IS, self.expression.json)))
    }
}

impl<T: ?Sized> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self::new(self.expression.clone())
    }
}

impl<T: ?Sized> std::fmt::Debug for Client<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Client").field(&self.expression.json).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_nest() {
        let uploading = Client::<bool>::new(Expression::of_text(head::IS_UPLOADING, "a\"b"));
        let dragging = Client::<bool>::new(Expression::of_text(head::IS_DRAGGING, "x"));
        assert_eq!(
            uploading.not().and(dragging).expression().json(),
            r#"["and",["not",["is_uploading","a\"b"]],["is_dragging","x"]]"#
        );
    }

    #[test]
    fn a_text_is_compared_with_another() {
        let status = Client::<String>::new(Expression::of_text(head::VALUE_OF, "x"));
        assert_eq!(status.is("a\"b").expression().json(), r#"["is",["value_of","x"],"a\"b"]"#);
    }

    #[test]
    fn a_text_is_written_as_json() {
        for text in ["", "plain", "日本", "a\"b", "a\\b", "a\nb", "\u{7f}", "\u{2028}"] {
            let mut json = String::new();
            push_json_text(&mut json, text);
            assert_eq!(json, serde_json::Value::from(text).to_string());
        }
    }

    #[test]
    fn json_in_an_attribute_keeps_its_quotes_and_nothing_else_of_markup() {
        let mut html = String::new();
        push_json_attribute(&mut html, format_args!("data-x"), r#"["it's <b>","&"]"#);
        assert_eq!(html, r#" data-x='["it&#39;s &lt;b&gt;","&amp;"]'"#);
    }
}
