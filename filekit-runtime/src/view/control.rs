//! `if` and `for` of views, on the server or in the browser as the type says. The macros read their syntax.

use std::convert::Infallible;

use crate::offer::client::{Client, Expression, push_json_attribute};
use crate::view::Writer;
use crate::view::files::ClientItem;
use crate::view::rows::Rows;
use crate::wire::{attribute, expression as head};

/// The condition of an `if` in a view: a `bool`, or a [`Client<bool>`] that the browser evaluates.
///
/// On the server one of the branches runs. For the browser both do, each into a template.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a condition", label = "neither `bool` nor `Client<bool>`")]
pub trait Condition {
    /// The type that [`Condition::otherwise`] returns: an uninhabited one, if only one branch can run.
    ///
    /// A call that returns it ends the way through the code as far as the compiler can see, so a value may be
    /// moved in both branches of a server's `if`.
    type Both;

    /// Tells whether the first branch is to run.
    fn then(&mut self, out: &mut Writer) -> bool;
    /// Tells whether the server decided: the other branch is not to run after the first.
    fn is_server(&self) -> bool;
    /// Goes from the first branch to the other.
    fn otherwise(&mut self, out: &mut Writer) -> Self::Both;
    /// Ends the last branch.
    fn end(&mut self, out: &mut Writer);
}

impl Condition for bool {
    type Both = Infallible;

    fn then(&mut self, _: &mut Writer) -> bool {
        *self
    }

    fn is_server(&self) -> bool {
        true
    }

    fn otherwise(&mut self, _: &mut Writer) -> Infallible {
        unreachable!("a condition of the server runs one branch")
    }

    fn end(&mut self, _: &mut Writer) {}
}

impl Condition for Client<bool> {
    type Both = ();

    fn then(&mut self, out: &mut Writer) -> bool {
        out.begin_inert();
        out.markup("<template");
        self.push_attribute(out.html(), format_args!("{}", attribute::IF));
        out.markup(">");
        true
    }

    fn is_server(&self) -> bool {
        false
    }

    fn otherwise(&mut self, out: &mut Writer) {
        out.markup("</template><template ");
        out.markup(attribute::ELSE);
        out.markup(">");
    }

    fn end(&mut self, out: &mut Writer) {
        out.markup("</template>");
        out.end_inert();
    }
}

/// The list of a `for` in a view: anything that can be iterated, or a list that the browser keeps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list",
    label = "neither an iterator nor a list of the browser",
    note = "`selected_files(ID)`, `rejected_files(ID)` and `unfinished_files(ID)` are lists of the browser"
)]
pub trait Loop {
    /// The source of the rows: the items, or for the browser one placeholder.
    type Items: Iterator;

    /// Begins the rows.
    fn begin(self, out: &mut Writer) -> (Self::Items, LoopEnd);
}

/// How a loop ends; see [`Writer::end_loop`].
#[derive(Debug)]
#[must_use]
pub struct LoopEnd {
    pub(crate) template: bool,
    /// The rows of the list around.
    pub(crate) around: Rows,
}

impl<I: IntoIterator> Loop for I {
    type Items = I::IntoIter;

    fn begin(self, out: &mut Writer) -> (Self::Items, LoopEnd) {
        let items = self.into_iter();
        let around = out.begin_rows(items.size_hint().0);
        (items, LoopEnd { template: false, around })
    }
}

impl<T: ClientItem> Loop for Client<[T]> {
    type Items = std::iter::Once<T>;

    fn begin(self, out: &mut Writer) -> (Self::Items, LoopEnd) {
        let depth = out.enter_template();
        out.begin_inert();
        out.markup("<template");
        self.push_attribute(out.html(), format_args!("{}", attribute::FOR));
        push_json_attribute(out.html(), format_args!("{}", attribute::DEPTH), &depth.to_string());
        out.markup(">");
        let item = Expression::from_json(format!("[\"{}\",{depth}]", head::ITEM));
        let around = out.begin_rows(1);
        (std::iter::once(T::from_item(Client::new(item))), LoopEnd { template: true, around })
    }
}
