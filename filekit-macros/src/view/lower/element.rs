//! Lowers elements: their tags and what stands between them; attributes are lowered elsewhere.

use syn::Expr;

use super::super::ast::{Attribute, Element, Value};
use super::super::names::{self, ElementName};
use super::{Check, Lowered, Setting, Step, Upload, of};

impl Lowered {
    pub(super) fn element(&mut self, mut element: Element) {
        self.elements.push(element.ident.clone());
        let clicks = |attribute: &Attribute| attribute.name == "on_click";
        let is_typed = element.attributes.iter().any(|attribute| attribute.name == "type");
        match element.name.name {
            "upload" => self.upload(element),
            "button" if !is_typed && element.attributes.iter().any(clicks) => {
                let click = element.attributes.extract_if(.., |attribute| clicks(attribute)).next();
                self.button(click, element);
            }
            _ => self.plain(element),
        }
    }

    fn plain(&mut self, element: Element) {
        let tag = tag(&element).to_owned();
        self.markup(&format!("<{tag}"));
        self.fixed(&element);
        self.attributes(element.name, element.attributes);
        self.markup(">");
        if element.name.void {
            // It has none, which is an error; but one of them may be an attribute that is being typed.
            self.within(Some(element.name), element.children);
            return;
        }
        if matches!(tag.as_str(), "pre" | "textarea") && !element.children.is_empty() {
            // A parser drops the first line end in these.
            self.markup("\n");
        }
        self.within(Some(element.name), element.children);
        self.markup(&format!("</{tag}>"));
    }

    /// Writes what a kit element has by itself, unless the user gives it.
    fn fixed(&mut self, element: &Element) {
        let fixed = match element.name.name {
            "button" => ("type", "button"),
            "checkbox" => ("type", "checkbox"),
            "spinner" => ("role", "status"),
            _ => return,
        };
        if element.attributes.iter().all(|attribute| attribute.name != fixed.0) {
            self.markup(&format!(" {}=\"{}\"", fixed.0, fixed.1));
        }
    }

    fn button(&mut self, click: Option<Attribute>, element: Element) {
        let actions = click.map(|click| self.actions(element.name, click)).unwrap_or_default();
        let body = self.inside(|lowered| {
            lowered.attributes(element.name, element.attributes);
            lowered.markup(">");
            lowered.within(Some(element.name), element.children);
        });
        self.steps.push(Step::Button { actions, body });
    }

    fn upload(&mut self, element: Element) {
        let name = element.name;
        let (mut id, mut settings, mut input, mut zone) = (None, Vec::new(), Vec::new(), Vec::new());
        for attribute in element.attributes {
            match attribute.name.as_str() {
                _ if attribute.is_given => zone.push(attribute),
                "id" => id = Some(attribute),
                name if names::UPLOAD_SETTINGS.contains(&name) => settings.push(attribute),
                name if names::UPLOAD_INPUT.contains(&name) => input.push(attribute),
                _ => zone.push(attribute),
            }
        }
        let id = id.and_then(|id| Some((of(name, &id), id.value.into_expression()?)));
        let settings = self.settings(name, settings, id.is_some());
        let zone = self.inside(|lowered| lowered.attributes(name, zone));
        let is_named = input.iter().any(|attribute| attribute.name == "name");
        let input = self.inside(|lowered| input.into_iter().for_each(|one| lowered.attribute(name, one)));
        let body = self.inside(|lowered| lowered.within(Some(name), element.children));
        match id {
            Some((of, id)) => {
                self.steps.push(Step::Upload(Upload { of, id, settings, zone, is_named, input, body }));
            }
            // An error was recorded; the rest is checked all the same.
            None => self.steps.push(Step::Scope([zone, input, body].into_iter().flatten().collect())),
        }
    }

    /// Lowers the settings of an upload. Without an id there is nothing to set, so they are only checked.
    fn settings(&mut self, element: ElementName, settings: Vec<Attribute>, has_id: bool) -> Vec<Setting> {
        let mut lowered = Vec::new();
        for setting in settings {
            let of = of(element, &setting);
            match setting.value {
                Value::Broken(broken) => self.broken(of, broken),
                value if has_id => {
                    lowered.extend(value.into_expression().map(|value| Setting { name: setting.name, of, value }));
                }
                _ => self.checks.push(Check::Name(of)),
            }
        }
        lowered
    }
}

impl Value {
    fn into_expression(self) -> Option<Expr> {
        match self {
            Self::Literal(literal) => Some(literal.expression),
            Self::Dynamic(value) => Some(value),
            Self::Broken(_) => None,
        }
    }
}

fn tag(element: &Element) -> &str {
    let level = element.attributes.iter().find(|attribute| attribute.name == "level");
    match level.map(|level| &level.value) {
        Some(Value::Literal(level)) if element.name.name == "heading" => match level.text.as_str() {
            "1" => "h1",
            "3" => "h3",
            "4" => "h4",
            "5" => "h5",
            "6" => "h6",
            _ => "h2",
        },
        _ => &element.tag,
    }
}
