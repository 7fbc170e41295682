//! The value of `class`: one text, or parts of which some may be missing. The kit's own classes are in `client/src/client.css`.

use std::borrow::Cow;

use crate::view::kind::Class;
use crate::view::{AttributeValue, Writer};

macro_rules! text {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<Class> for $type {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.push_attribute(name, self);
            }

            fn write_value(&self, out: &mut Writer) {
                out.push_display(self);
            }
        }
    )*};
}

text! { str, String, Cow<'_, str> }

/// Writes a part after those that were written since `start`; a part that writes nothing leaves no blank.
fn write_part(part: &(impl AttributeValue<Class> + ?Sized), start: usize, out: &mut Writer) {
    let before = out.html().len();
    if before > start {
        out.markup(" ");
    }
    let written = out.html().len();
    part.write_value(out);
    if out.html().len() == written {
        out.html().truncate(before);
    }
}

/// Writes parts as a whole attribute.
fn write_quoted(parts: &(impl AttributeValue<Class> + ?Sized), name: &'static str, out: &mut Writer) {
    out.markup(name);
    out.markup("=\"");
    parts.write_value(out);
    out.markup("\"");
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue<Class>> AttributeValue<Class> for [T] {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        write_quoted(self, name, out);
    }

    fn write_value(&self, out: &mut Writer) {
        let start = out.html().len();
        for part in self {
            write_part(part, start, out);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue<Class>, const N: usize> AttributeValue<Class> for [T; N] {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        self.as_slice().write_attribute(name, out);
    }

    fn write_value(&self, out: &mut Writer) {
        self.as_slice().write_value(out);
    }
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue<Class>> AttributeValue<Class> for Vec<T> {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        self.as_slice().write_attribute(name, out);
    }

    fn write_value(&self, out: &mut Writer) {
        self.as_slice().write_value(out);
    }
}

macro_rules! tuples {
    ($($($part:ident)+;)*) => {$(
        #[expect(non_snake_case, reason = "each part is named like its type")]
        #[diagnostic::do_not_recommend]
        impl<$($part: AttributeValue<Class>),+> AttributeValue<Class> for ($($part,)+) {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                write_quoted(self, name, out);
            }

            fn write_value(&self, out: &mut Writer) {
                let start = out.html().len();
                let ($($part,)+) = self;
                $(write_part($part, start, out);)+
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Attribute;

    fn written(value: &impl AttributeValue<Class>) -> String {
        let mut out = Writer::new(0);
        out.attribute(Attribute::NEW, " class", value);
        out.finish().into_html(|_, _, _| ())
    }

    #[test]
    fn further_classes_begin_with_a_blank_if_there_are_any() {
        let further = |value: Option<&str>| {
            let mut out = Writer::new(0);
            out.markup("fk-card");
            out.class(Attribute::NEW, &value);
            out.finish().into_html(|_, _, _| ())
        };
        assert_eq!((further(Some("wide")), further(None)), ("fk-card wide".to_owned(), "fk-card".to_owned()));
    }

    #[test]
    fn missing_parts_leave_no_blanks() {
        assert_eq!(written(&"a b"), " class=\"a b\"");
        assert_eq!(written(&["a", "", "b"]), " class=\"a b\"");
        assert_eq!(written(&("a", Some("b"), None::<&str>, String::from("c"))), " class=\"a b c\"");
        assert_eq!(written(&(None::<&str>, ["b", "<"])), " class=\"b &lt;\"");
    }
}
