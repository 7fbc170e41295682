#![deny(warnings, missing_docs, unreachable_pub)]
//! Structs of every form can be state.

use filekit::prelude::*;

/// Named fields.
#[state]
#[derive(Debug, Default)]
pub struct Named {
    /// Names.
    pub names: Vec<String>,
}

#[state]
#[derive(Default)]
struct Empty {}

#[state]
#[derive(Default)]
struct Unit;

#[state]
#[derive(Default)]
struct Tuple(u32, Option<String>);

#[state]
#[derive(Clone, Default, PartialEq)]
struct Derived {
    count: u32,
}

#[state]
#[derive(Default)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    first_name: String,
    #[serde(skip)]
    cached: Option<Cached>,
}

#[derive(Clone, Debug)]
struct Cached;

mod renamed {
    pub(crate) use filekit as kit;
}

#[state(crate = crate::renamed::kit)]
#[derive(Default)]
struct Elsewhere {
    count: u32,
}

#[state(crate = crate::renamed::kit)]
impl Elsewhere {
    #[event]
    fn add(&mut self, count: u32) {
        self.count += count;
    }
}

fn name<S: filekit::State>() -> &'static str {
    S::NAME
}

fn main() {
    assert!(name::<Named>().ends_with("::Named"));
    let _ = (name::<Empty>(), name::<Unit>(), name::<Tuple>(), name::<Derived>(), name::<Renamed>());
    let _ = (Tuple(1, None).0, Tuple(1, None).1, Renamed::default().first_name, Renamed::default().cached, Derived::default().count);
    let _ = view![button(on_click = Elsewhere::add(1), "Add")];
}
