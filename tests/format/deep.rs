//! Elements in elements, many levels deep.

use filekit::prelude::*;

pub(super) fn page(rows: &[Vec<u32>]) -> View {
    view![main(
        class = "wide",
        article(
            header(nav(ul(
                li(a(href = "/", "Home")),
                li(a(href = "/about", "About"))
            ))),
            section(
                grid(
                    columns = 3,
                    gap = 2,
                    for row in rows {
                        card(
                            padding = 2,
                            table(tbody(tr(for cell in row {
                                td(class = "cell", *cell)
                            }))),
                        )
                    }
                ),
                footer(small(
                    "Made with care, and shown to whoever asks for it nicely enough"
                ))
            ),
        )
    )]
}
