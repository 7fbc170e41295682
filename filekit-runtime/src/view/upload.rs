//! The `upload` element before it is written: its rules and how its zone behaves. Its markup is `writer.rs`.

use std::borrow::Cow;

use serde::Serialize;

use crate::guard::{Check, CheckId};
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
    /// The value; nothing if there is none.
    fn setting(&self) -> Option<SettingValue>;
}

/// The value of an attribute of `upload`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// Whether something holds.
    Switch(bool),
    /// A number of files or bytes, which may be out of range.
    Number(i128),
    /// A size with its unit, types, or classes.
    Text(String),
}

impl SettingValue {
    fn holds(&self) -> bool {
        *self == Self::Switch(true)
    }

    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
            Self::Switch(holds) => holds.to_string(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Setting<K> + ?Sized> Setting<K> for &T {
    fn setting(&self) -> Option<SettingValue> {
        (**self).setting()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Setting<K>> Setting<K> for Option<T> {
    fn setting(&self) -> Option<SettingValue> {
        self.as_ref()?.setting()
    }
}

macro_rules! settings {
    ($($kind:ident: $variant:ident($convert:path): $($type:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl Setting<$kind> for $type {
            fn setting(&self) -> Option<SettingValue> {
                Some(SettingValue::$variant($convert(self.to_owned())))
            }
        }
    )*)*};
}

settings! {
    Count: Number(number): u8, u16, u32, u64, usize, i32;
    Size: Number(number): u8, u16, u32, u64, usize, i32, i64;
    Size: Text(String::from): str, String, Cow<'_, str>;
    Accept: Text(String::from): str, String, Cow<'_, str>;
    Class: Text(String::from): str, String, Cow<'_, str>;
    Switch: Switch(bool::from): bool;
}

fn number(number: impl TryInto<i128>) -> i128 {
    // Only a `usize` of more than 127 bits would be none.
    number.try_into().unwrap_or(i128::MAX)
}

macro_rules! lists {
    ($($kind:ident: $sign:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Setting<$kind>> Setting<$kind> for [T] {
            fn setting(&self) -> Option<SettingValue> {
                let parts: Vec<String> = self.iter().filter_map(T::setting).map(SettingValue::into_text).collect();
                Some(SettingValue::Text(parts.join($sign)))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Setting<$kind>, const N: usize> Setting<$kind> for [T; N] {
            fn setting(&self) -> Option<SettingValue> {
                self.as_slice().setting()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Setting<$kind>> Setting<$kind> for Vec<T> {
            fn setting(&self) -> Option<SettingValue> {
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

    fn read(&mut self, name: &'static str, value: SettingValue) {
        let (limits, options) = (&mut self.rules.limits, &mut self.options);
        let holds = value.holds();
        match name {
            "accept" => self.rules.accept = accept::entries(&value.into_text()),
            "max_files" => limits.max_files = Some(count(name, &value, 0)),
            "min_files" => limits.min_files = Some(count(name, &value, u32::MAX)),
            "max_size" => limits.max_size = Some(bytes(name, &value, 0)),
            "min_size" => limits.min_size = Some(bytes(name, &value, u64::MAX)),
            "max_total" => limits.max_total = Some(bytes(name, &value, 0)),
            "sha256" => self.rules.sha256 = holds,
            "strip_metadata" => self.rules.strip_metadata = holds,
            "multiple" => self.multiple = Some(holds),
            "required" => self.is_required = holds,
            "replace" => options.replace = holds.then_some(true),
            "paste" => options.paste = (!holds).then_some(false),
            "no_click" => options.no_click = holds.then_some(true),
            "no_drag" => options.no_drag = holds.then_some(true),
            "no_keyboard" => options.no_keyboard = holds.then_some(true),
            "drag_active" => options.drag_active = Some(value.into_text()).filter(|names| !names.is_empty()),
            _ => unreachable!("`view!` writes no other settings"),
        }
    }

    /// Has each file checked when it has arrived.
    pub fn check(&mut self, check: &impl Check) {
        self.rules.check = Some(CheckId::of(check));
    }

    /// The id by which pages and events know it.
    #[must_use]
    pub fn id(&self) -> &UploadId {
        &self.id
    }

    /// The rules that are enforced, with those that `multiple` and `required` imply.
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

fn count(name: &str, value: &SettingValue, limit: u32) -> u32 {
    let count = match value {
        SettingValue::Number(number) => u32::try_from(*number).ok(),
        SettingValue::Switch(_) | SettingValue::Text(_) => None,
    };
    count.unwrap_or_else(|| closed(name, value, limit))
}

fn bytes(name: &str, value: &SettingValue, limit: u64) -> u64 {
    let bytes = match value {
        SettingValue::Number(number) => u64::try_from(*number).ok(),
        SettingValue::Text(text) => size::parse(text),
        SettingValue::Switch(_) => None,
    };
    bytes.unwrap_or_else(|| closed(name, value, limit))
}

/// A rule that cannot be read lets nothing through: to leave it out would let everything through.
fn closed<T>(name: &str, value: &SettingValue, limit: T) -> T {
    tracing::error!(rule = name, ?value, "a rule of an upload cannot be read, so the upload takes no files");
    limit
}

#[cfg(test)]
mod tests {
    use filekit_files::upload::Limits;

    use super::*;
    use crate::texts::english;

    use SettingValue::{Number, Switch};

    fn text(text: &str) -> SettingValue {
        SettingValue::Text(text.to_owned())
    }

    fn tag<const N: usize>(settings: [(&'static str, SettingValue); N]) -> UploadTag {
        let mut tag = UploadTag::new(Upload::new("a").max_files(5).accept(&[".txt"]));
        settings.into_iter().for_each(|(name, value)| tag.read(name, value));
        tag
    }

    #[test]
    fn what_cannot_be_read_lets_nothing_through() {
        let rules = tag([
            ("max_size", text("20 XB")),
            ("min_size", text("?")),
            ("max_total", Number(-1)),
            ("max_files", Number(-1)),
        ])
        .rules();
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
        assert_eq!(tag([]).rules().limits.max_files, Some(5));
        assert_eq!(tag([("max_files", Number(7))]).rules().limits.max_files, Some(7));
        assert_eq!(tag([("multiple", Switch(false))]).rules().limits.max_files, Some(1));
        assert_eq!(tag([("multiple", Switch(true))]).rules().limits.max_files, Some(5));
        assert_eq!(tag([("required", Switch(true))]).rules().limits.min_files, Some(1));
        assert_eq!(tag([("required", Switch(true)), ("min_files", Number(3))]).rules().limits.min_files, Some(3));
        assert_eq!(tag([("accept", text("image/png, .HEIC"))]).rules().accept, ["image/png", ".heic"]);
        assert_eq!(tag([("accept", text(""))]).rules().accept, [""; 0]);
    }

    #[test]
    fn the_browser_is_told_what_is_out_of_the_ordinary() {
        let told = tag([
            ("replace", Switch(true)),
            ("paste", Switch(false)),
            ("no_click", Switch(true)),
            ("drag_active", text("a b")),
        ]);
        assert_eq!(
            told.options_json().as_deref(),
            Some(r#"{"replace":true,"paste":false,"no_click":true,"drag_active":"a b"}"#)
        );
        assert_eq!(
            tag([("replace", Switch(false)), ("paste", Switch(true)), ("drag_active", text(""))]).options_json(),
            None
        );
        let rules = tag([("max_size", text("1 KB"))]).rules();
        assert_eq!(
            rules.to_json(&english()).as_deref(),
            Some(r#"{"accept":[".txt"],"accepted":"TXT","extensions":["txt"],"max_files":5,"max_size":1000}"#)
        );
    }
}
