//! The procedural macros of filekit: tokens in, tokens out. They know nothing of HTTP or files, do no I/O, and are
//! used through the crate `filekit`, whose runtime the written code refers to.

mod attr;
mod diag;
mod event;
mod names;
mod repair;
mod root;
mod similar;
mod state;
mod view;

use proc_macro::TokenStream;

/// Declares a state, and the events that change it.
///
/// On a struct it adds `Clone`, `Serialize` and `Deserialize` where they are not derived already, and implements
/// `State`. The struct needs `Default`: a state begins with it. On an inherent `impl` block of that struct
/// it reads the methods marked [`#[event]`](macro@event); the block itself stays as it is, so the methods can be
/// called as usual.
///
/// A state belongs to the visitor's session. `#[state(owner = Type)]` gives it another owner: `Everyone` is one for all, `Path<T>` one
/// for each value of the page's path, and a type of the program's own that implements `Owner` is who is signed in, say.
///
/// `#[state(crate = my::filekit)]` tells where `filekit` is found if it was renamed or is re-exported.
///
/// # Errors
///
/// Generic types are refused: a state is stored under its name. There is one block with events for each type;
/// further `impl` blocks without `#[state]` are free.
///
/// # Examples
///
/// ```ignore
/// #[state]
/// #[derive(Default)]
/// struct Counter {
///     count: u64,
/// }
///
/// #[state]
/// impl Counter {
///     #[event]
///     fn add(&mut self, number: u64) {
///         self.count += number;
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn state(arguments: TokenStream, item: TokenStream) -> TokenStream {
    state::expand(arguments.into(), item.into()).into()
}

/// Makes a method of a state one that a page can call; it is in an `impl` block marked
/// [`#[state]`](macro@state).
///
/// An event takes `&mut self`, or `&self` if it only reads, and any number of parameters: the files of an upload
/// (`Vec<UploadFile>`, `Option<UploadFile>`, `UploadFile`) and values that serde can read and write. It may be
/// `async`, and returns nothing, an effect such as a `Download` or a `Toast`, several of them, or a `Result`.
///
/// Two kinds of parameters are not given by the page: those marked `#[extract]`, which axum extracts from the request,
/// and those of the type `Updates`, which show the page while the event still runs. That type is known by its name, so
/// it cannot be renamed by an import.
///
/// In a view `Counter::add(1)` refers to the event `add` of `Counter`, and the compiler checks the arguments.
///
/// # Security
///
/// Every event is an endpoint that visitors reach. Arguments that the view gives are signed and cannot be altered;
/// those that the browser evaluates, `Client<T>`, are whatever the visitor wants them to be.
///
/// # Examples
///
/// ```ignore
/// #[state]
/// impl Photos {
///     /// Keeps every uploaded file.
///     #[event]
///     async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
///         for file in files {
///             self.files.push(file.save().await?);
///         }
///         Ok(())
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn event(_: TokenStream, item: TokenStream) -> TokenStream {
    event::misplaced(item.into()).into()
}

/// Refers to an event outside of a view: `State::event(..)` becomes the value that `on_click` takes.
///
/// # Examples
///
/// ```ignore
/// let reset = event_reference!(Counter::reset);
/// view![button(on_click = reset, "Reset")]
/// ```
#[proc_macro]
pub fn event_reference(tokens: TokenStream) -> TokenStream {
    event::refer(tokens.into()).into()
}

/// Builds a `View` from elements that are written as calls.
///
/// In the parentheses of an element `name = value` is an attribute, and anything else is a child: an element, text,
/// a view, a value. `if`, `match` and `for` are Rust's own; inside their blocks children are statements. A string
/// literal is plain text, and all text is escaped.
///
/// A call whose name is an element of the kit or of HTML is that element; any other call is an ordinary expression,
/// so a component is a function that returns `View`. A function that bears an element's name is called by path:
/// `self::card(..)`.
///
/// An element or attribute without a name in Rust is named by text: `el("my-tag", ..)` is an element of any name, and
/// `attr("hx-get", value)` among the arguments of an element an attribute of any name. There a `bool` says whether the
/// attribute is there at all.
///
/// In `on_*` and in `href`, `State::event(..)` refers to an event. `on_click = [a, b]` runs two in order, and braces
/// say that something is no event: `on_click = { Actions::of(x) }`.
///
/// # Errors
///
/// All mistakes are reported at once. Misspelt elements, attributes, events and fields are corrected by the
/// compiler, which knows all of them.
///
/// # Security
///
/// Inline scripts are refused under any name: the page's content security policy would stop them. The value of an
/// attribute that a browser follows, such as `attr("xlink:href", url)`, is a URL, and one that would run a script is
/// left out.
///
/// # Examples
///
/// ```ignore
/// let view = view![vstack(
///     spacing = 4,
///     heading("Files"),
///     for file in &files {
///         link(href = file.url(), file.name());
///     },
///     button(on_click = Files::clear, "Remove all"),
/// )];
/// ```
#[proc_macro]
pub fn view(tokens: TokenStream) -> TokenStream {
    view::expand(tokens.into()).into()
}
