//! `?` and `.await` inside of a view.

use filekit::prelude::*;

async fn greeting(name: &str) -> Result<String> {
    Ok(format!("Hello, {name}"))
}

async fn badge_of(name: &str) -> Result<View> {
    Ok(view![badge(name)])
}

pub(super) async fn page(name: &str) -> Result<View> {
    Ok(view![
        heading(greeting(name).await?),
        badge_of(name).await?,
        text(
            name.parse::<u64>()
                .map_err(|_| Error::user("That is not a number."))?
        ),
    ])
}
