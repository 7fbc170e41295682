//! Escapes text that is known while compiling; what is known later the runtime escapes.

/// Appends text so that it is read as text, between tags as well as in double quotes.
pub(crate) fn push_escaped(markup: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            _ => markup.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut markup = String::new();
        push_escaped(&mut markup, r#"a < b && "c" > 'd' é"#);
        assert_eq!(markup, "a &lt; b &amp;&amp; &quot;c&quot; &gt; 'd' é");
    }
}
