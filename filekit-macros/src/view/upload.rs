//! Rules for what literals among the attributes of `upload` say together and alone; the runtime judges other values.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit};

use super::ast::{Element, Value};
use super::size;
use crate::diag::Diagnostics;

/// Checks the rules of an upload.
pub(super) fn check(element: &Element, diag: &mut Diagnostics) {
    if !element.name.is_upload() {
        return;
    }
    let [min_files, max_files] = ["min_files", "max_files"].map(|name| count(element, name, diag));
    let [min_size, max_size, _] = ["min_size", "max_size", "max_total"].map(|name| bytes(element, name, diag));
    in_order("files", min_files, max_files, diag);
    in_order("size", min_size, max_size, diag);
    none_at_all(max_files, diag);
    one_of_several(element, [("min_files", min_files), ("max_files", max_files)], diag);
}

/// A value and its place.
type SpannedValue = Option<(u64, Span)>;

/// Reads a number of files.
fn count(element: &Element, name: &str, diag: &mut Diagnostics) -> SpannedValue {
    let Value::Literal(literal) = element.value(name)? else { return None };
    if literal.is_text || literal.text.contains('.') {
        // rustc says which types it takes.
        return None;
    }
    match literal.text.parse() {
        Ok(count) => Some((count, literal.expression.span())),
        Err(_) => {
            diag.error(&literal.expression, format!("`{name}` is a whole number of files"));
            None
        }
    }
}

/// Reads a size: text such as `"20 MB"`, or a number of bytes.
fn bytes(element: &Element, name: &str, diag: &mut Diagnostics) -> SpannedValue {
    let Value::Literal(literal) = element.value(name)? else { return None };
    let bytes = match literal.is_text {
        true => size::bytes(&literal.text),
        false if literal.text.contains('.') => return None,
        false => literal.text.parse().map_err(|_| format!("`{name}` is a whole number of bytes, or like `\"1.5 MB\"`")),
    };
    match bytes {
        Ok(bytes) => Some((bytes, literal.expression.span())),
        Err(message) => {
            diag.error(&literal.expression, message);
            None
        }
    }
}

/// A minimum is not above its maximum.
fn in_order(of: &str, least: SpannedValue, most: SpannedValue, diag: &mut Diagnostics) {
    if let (Some((least, place)), Some((most, _))) = (least, most)
        && least > most
    {
        diag.error_at(place, format!("`min_{of}` is more than `max_{of}`, so nothing could be uploaded"));
    }
}

/// An upload takes something.
fn none_at_all(max_files: SpannedValue, diag: &mut Diagnostics) {
    if let Some((0, place)) = max_files {
        diag.error_at(place, "`max_files = 0` would refuse every file; leave the `upload` out");
    }
}

/// `multiple = false` says that there is one file, so no other number can be said.
fn one_of_several(element: &Element, counts: [(&str, SpannedValue); 2], diag: &mut Diagnostics) {
    let multiple = element.value("multiple");
    let is_single = matches!(
        multiple,
        Some(Value::Dynamic(Expr::Lit(ExprLit { lit: Lit::Bool(multiple), .. }))) if !multiple.value
    );
    let more = counts.into_iter().find_map(|(name, count)| count.filter(|(count, _)| *count > 1).map(|at| (name, at)));
    if let (true, Some((name, (count, place)))) = (is_single, more) {
        diag.error_at(place, format!("`multiple = false` takes one file, but `{name}` says {count}"));
    }
}
