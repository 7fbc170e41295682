//! An uploaded file as an image, within limits that are checked before it is decoded.

use std::io;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};

use crate::error::{Error, FileRejection, Result};
use crate::storage::ContentSource;
use crate::upload::UploadFile;

/// How large an image may be that [`UploadFile::image_with`] decodes.
///
/// ```
/// use filekit_files::upload::ImageLimits;
///
/// const AVATAR: ImageLimits = ImageLimits::new().max_pixels(4_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct ImageLimits {
    pixels: u64,
    memory: u64,
}

impl ImageLimits {
    /// 64 million pixels, and 512 MiB of memory, which are enough for them in any format. A photo that is to be turned
    /// upright takes twice what another takes.
    pub const fn new() -> Self {
        Self { pixels: 64_000_000, memory: 512 << 20 }
    }

    /// Decodes images of at most so many pixels. Default: 64 million.
    pub const fn max_pixels(self, pixels: u64) -> Self {
        Self { pixels, ..self }
    }

    /// Uses at most so many bytes of memory for an image. Default: 512 MiB.
    pub const fn max_memory(self, bytes: u64) -> Self {
        Self { memory: bytes, ..self }
    }
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl UploadFile {
    /// Decodes the file as an image: BMP, GIF, JPEG, PNG or WebP, whatever it is called. Of a moving picture it is the
    /// first one. A photo that a camera took sideways is turned upright.
    ///
    /// # Errors
    ///
    /// If the file is not such an image, or has more than 64 million pixels: the visitor is told so. Also if the disk
    /// fails.
    ///
    /// # Security
    ///
    /// A file of a few kilobytes can claim to be an image of gigabytes. Its size is read before it is decoded, and at any
    /// time no more images of one program are decoded than the machine has processors.
    pub async fn image(&self) -> Result<DynamicImage> {
        self.image_with(ImageLimits::new()).await
    }

    /// Decodes the file as an image, within other limits than those of [`image`](Self::image).
    ///
    /// # Errors
    ///
    /// As [`image`](Self::image).
    pub async fn image_with(&self, limits: ImageLimits) -> Result<DynamicImage> {
        let name = self.name.as_str().to_owned();
        let (source, fetched) = self.content.source().fetched(&self.store.spool).await?;
        let decoder = self.store.spool.decoder().await;
        let decoded = tokio::task::spawn_blocking(move || {
            // Held here, and not by the future: a decoder that has begun goes on when the visitor has gone.
            let _held = (decoder, fetched);
            decode(source, limits).map_err(|refused| refused.into_error(name))
        });
        decoded.await?
    }
}

/// Why an image was not decoded.
enum Refused {
    TooLarge,
    Unreadable(ImageError),
    Disk(io::Error),
}

impl Refused {
    fn into_error(self, name: String) -> Error {
        match self {
            Self::TooLarge => FileRejection::ImageTooLarge { name }.into(),
            Self::Unreadable(error) => FileRejection::NotAnImage { name, reason: error.to_string() }.into(),
            Self::Disk(error) => error.into(),
        }
    }
}

impl From<ImageError> for Refused {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            // The file ends before the image does, or says what cannot be.
            ImageError::IoError(error) if error.raw_os_error().is_some() => Self::Disk(error),
            error => Self::Unreadable(error),
        }
    }
}

fn decode(source: ContentSource, limits: ImageLimits) -> Result<DynamicImage, Refused> {
    let (content, length) = source.open_blocking().map_err(Refused::Disk)?;
    let mut reader = ImageReader::new(content).with_guessed_format().map_err(Refused::Disk)?;
    let mut memory = Limits::no_limits();
    memory.max_alloc = Some(limits.memory);
    if reader.format() == Some(ImageFormat::Jpeg) {
        // Its decoder reads the whole file first, with whatever stands behind the image.
        memory.reserve(length)?;
    }
    reader.limits(memory.clone());
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(Refused::TooLarge);
    }
    memory.reserve(decoder.total_bytes())?;
    // A picture whose notes cannot be read is a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    if lies_on_its_side(orientation) {
        // It is turned into a second one.
        memory.reserve(decoder.total_bytes())?;
    }
    decoder.set_limits(memory)?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn lies_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}
