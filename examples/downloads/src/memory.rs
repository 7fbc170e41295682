//! Downloads from memory, as plain links: their events take `&self`.

use filekit::download::DataUri;
use filekit::image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use filekit::prelude::*;

use crate::parts::{part, row};

#[state]
#[derive(Default)]
pub(crate) struct Memory {}

#[state]
impl Memory {
    #[event]
    fn text(&self) -> Download {
        Download::data("Grüße aus dem Speicher").filename("Grüße.txt")
    }

    #[event]
    fn bytes(&self) -> Download {
        let bytes: Vec<u8> = (0..=255).collect();
        Download::data(bytes).filename("bytes.bin")
    }

    #[event]
    fn json(&self) -> Download {
        Download::json(&[("coffee", 3), ("tea", 2)]).filename("prices.json")
    }

    /// The content and the type of a `data:` URI; an invalid URI fails the event.
    #[event]
    fn uri(&self) -> Result<Download> {
        let uri: DataUri = "data:text/csv;base64,Y29mZmVlLDMK".parse()?;
        Ok(Download::data(uri).filename("coffee.csv"))
    }

    /// The argument is signed: a visitor cannot ask for another format than the page offers.
    #[event]
    fn picture(&self, extension: String) -> Result<Download> {
        let format = ImageFormat::from_extension(&extension);
        let format = format.ok_or_else(|| Error::user("There is no such format."))?;
        Ok(Download::image(&sunset(), format).filename(format!("sunset.{extension}")))
    }

    /// A link shows it in the browser.
    #[event]
    fn shown(&self) -> Download {
        Download::data(sunset()).filename("sunset.png").inline()
    }
}

/// A picture that is as good as any other.
fn sunset() -> DynamicImage {
    RgbImage::from_fn(256, 256, |x, y| Rgb([255, y as u8, x as u8])).into()
}

/// The card with what is in memory.
pub(crate) fn memory() -> View {
    let pictures = view![for extension in ["png", "jpeg", "webp"] {
        button(
            on_click = Memory::picture(extension.to_owned()),
            extension.to_uppercase(),
        );
    }];
    let rows = view![
        row(
            "Text, with a name in any script",
            view![button(on_click = Memory::text, "Text")]
        ),
        row("Bytes", view![button(on_click = Memory::bytes, "Bytes")]),
        row(
            "Any value as JSON",
            view![button(on_click = Memory::json, "JSON")]
        ),
        row(
            "A data: URI",
            view![button(on_click = Memory::uri, "Data URI")]
        ),
        row("A sunset, in the format of your choice", pictures),
        row(
            "The sunset, shown instead of saved",
            view![link(href = Memory::shown, target = "_blank", "Show")],
        ),
    ];
    part("From memory", "Plain links, also without JavaScript.", rows)
}
