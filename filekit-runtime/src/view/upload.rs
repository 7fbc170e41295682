//! The `upload` element before it is written: its rules and how its zone behaves; not its markup.

use std::borrow::Cow;

use serde::Serialize;

use crate::size;
use crate::types::accept;
use crate::upload::{Rules, Upload, UploadId};
use crate::view::kind::{Accept, Class, Count, Size, Switch};

/// An `upload` element whose attributes are being read.
#[derive(Debug)]
pub struct UploadTag {
    id: UploadId,
    rules: Rules,
    multiple: Option<bool>,
    is_required: bool,
    options: Options,
}

/// How the zone behaves, in the browser's words. What is as usual is not said.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paste: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_click: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_drag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_keyboard: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drag_active: Option<String>,
}

/// A value that an attribute of `upload` takes which is not written as it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of this attribute, which takes {K}",
    label = "not a value of this attribute"
)]
pub trait Setting<K> {
    /// The value as text; nothing if it says that there is none.
    fn setting(&self) -> Option<String>;
}

#[diagnostic::do_not_recommend]
impl<K, T: Setting<K> + ?Sized> Setting<K> for &T {
    fn setting(&self) -> Option<String> {
        (**self).setting()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Setting<K>> Setting<K> for Option<T> {
    fn setting(&self) -> Option<String> {
        self.as_ref()?.setting()
    }
}

macro_rules! by_display {
    ($($kind:ident: $($type:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl Setting<$kind> for $type {
            fn setting(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*)*};
}

by_display! {
    Count: u8, u16, u32, u64, usize, i32;
    Size: u8, u16, u32, u64, usize, i32, i64, str, String, Cow<'_, str>;
    Accept: str, String, Cow<'_, str>;
    Class: str, String, Cow<'_, str>;
    Switch: bool;
}

macro_rules! lists {
    ($($kind:ident: $sign:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Setting<$kind>> Setting<$kind> for [T] {
            fn setting(&self) -> Option<String> {
                let parts: Vec<String> = self.iter().filter_map(T::setting).collect();
                Some(parts.join($sign))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Setting<$kind>, const N: usize> Setting<$kind> for [T; N] {
            fn setting(&self) -> Option<String> {
                self.as_slice().setting()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Setting<$kind>> Setting<$kind> for Vec<T> {
            fn setting(&self) -> Option<String> {
                self.as_slice().setting()
            }
        }
    )*};
}

lists! {
    Accept: ",";
    Class: " ";
}

impl UploadTag {
    /// Begins with the rules of the declaration.
    #[must_use]
    pub fn new(upload: Upload) -> Self {
        let (id, rules) = upload.into_parts();
        Self { id, rules, multiple: None, is_required: false, options: Options::default() }
    }

    /// Reads an attribute.
    pub fn set<K>(&mut self, name: &'static str, value: &(impl Setting<K> + ?Sized)) {
        if let Some(value) = value.setting() {
            self.read(name, value);
        }
    }

    fn read(&mut self, name: &'static str, value: String) {
        let (limits, options) = (&mut self.rules.limits, &mut self.options);
        let holds = value == "true";
        match name {
            "accept" => self.rules.accept = accept::entries(&value),
            "max_files" => limits.max_files = Some(value.parse().unwrap_or_else(|_| closed(name, &value, 0))),
            "min_files" => limits.min_files = Some(value.parse().unwrap_or_else(|_| closed(name, &value, u32::MAX))),
            "max_size" => limits.max_size = Some(bytes(name, &value, 0)),
            "min_size" => limits.min_size = Some(bytes(name, &value, u64::MAX)),
            "max_total" => limits.max_total = Some(bytes(name, &value, 0)),
            "sha256" => self.rules.sha256 = holds,
            "multiple" => self.multiple = Some(holds),
            "required" => self.is_required = holds,
            "replace" => options.replace = holds.then_some(true),
            "paste" => options.paste = (!holds).then_some(false),
            "no_click" => options.no_click = holds.then_some(true),
            "no_drag" => options.no_drag = holds.then_some(true),
            "no_keyboard" => options.no_keyboard = holds.then_some(true),
            "drag_active" => options.drag_active = Some(value).filter(|names| !names.is_empty()),
            _ => unreachable!("`view!` writes no other settings"),
        }
    }

    pub(crate) fn id(&self) -> &UploadId {
        &self.id
    }

    /// What is enforced, with what `multiple` and `required` come to.
    pub(crate) fn rules(&self) -> Rules {
        let mut rules = self.rules.clone();
        let limits = &mut rules.limits;
        if self.multiple == Some(false) {
            limits.max_files = Some(limits.max_files.map_or(1, |limit| limit.min(1)));
        }
        if self.is_required && limits.min_files.is_none() {
            limits.min_files = Some(1);
        }
        rules
    }

    pub(crate) fn is_required(&self) -> bool {
        self.is_required
    }

    /// The options as JSON for the browser, if there are any.
    pub(crate) fn options_json(&self) -> Option<String> {
        // Text and words can always be written.
        serde_json::to_string(&self.options).ok().filter(|json| json != "{}")
    }
}

fn bytes(name: &str, value: &str, limit: u64) -> u64 {
    size::parse(value).unwrap_or_else(|| closed(name, value, limit))
}

/// A rule that cannot be read lets nothing through: to leave it out would let everything through.
fn closed<T>(name: &str, value: &str, limit: T) -> T {
    tracing::error!(rule = name, value, "a rule of an upload cannot be read, so the upload takes no files");
    limit
}

#[cfg(test)]
mod tests {
    use filekit_files::upload::Limits;

    use super::*;
    use crate::texts::Texts;

    fn tag(settings: &[(&'static str, &str)]) -> UploadTag {
        let mut tag = UploadTag::new(Upload::new("a").max_files(5).accept(&[".txt"]));
        settings.iter().for_each(|(name, value)| tag.read(name, (*value).to_owned()));
        tag
    }

    #[test]
    fn what_cannot_be_read_lets_nothing_through() {
        let rules = tag(&[("max_size", "20 XB"), ("min_size", "?"), ("max_total", "-1"), ("max_files", "-1")]).rules();
        let closed = Limits {
            max_files: Some(0),
            min_files: None,
            max_size: Some(0),
            min_size: Some(u64::MAX),
            max_total: Some(0),
        };
        assert_eq!(rules.limits, closed);
    }

    #[test]
    fn attributes_go_before_the_declaration() {
        assert_eq!(tag(&[]).rules().limits.max_files, Some(5));
        assert_eq!(tag(&[("max_files", "7")]).rules().limits.max_files, Some(7));
        assert_eq!(tag(&[("multiple", "false")]).rules().limits.max_files, Some(1));
        assert_eq!(tag(&[("multiple", "true")]).rules().limits.max_files, Some(5));
        assert_eq!(tag(&[("required", "true")]).rules().limits.min_files, Some(1));
        assert_eq!(tag(&[("required", "true"), ("min_files", "3")]).rules().limits.min_files, Some(3));
        assert_eq!(tag(&[("accept", "image/png, .HEIC")]).rules().accept, ["image/png", ".heic"]);
        assert_eq!(tag(&[("accept", "")]).rules().accept, [""; 0]);
    }

    #[test]
    fn the_browser_is_told_what_is_out_of_the_ordinary() {
        let told = tag(&[("replace", "true"), ("paste", "false"), ("no_click", "true"), ("drag_active", "a b")]);
        assert_eq!(
            told.options_json().as_deref(),
            Some(r#"{"replace":true,"paste":false,"no_click":true,"drag_active":"a b"}"#)
        );
        assert_eq!(tag(&[("replace", "false"), ("paste", "true"), ("drag_active", "")]).options_json(), None);
        let rules = tag(&[("max_size", "1 KB")]).rules();
        assert_eq!(
            rules.to_json(&Texts::english()).as_deref(),
            Some(r#"{"accept":[".txt"],"accepted":"TXT","extensions":["txt"],"max_files":5,"max_size":1000}"#)
        );
    }
}
