//! Blocks with `let`, and values that are worked out where they stand.

use filekit::prelude::*;

pub(super) fn page(sizes: &[u64]) -> View {
    view![
        {
            let total: u64 = sizes.iter().sum();
            let average = total / sizes.len().max(1) as u64;
            text(total, " bytes, ", average, " on average")
        },
        text(
            sizes.iter().filter(|size| **size > 1_000).count(),
            " big ones"
        ),
        text(
            sizes
                .iter()
                .map(|size| size.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    ]
}
