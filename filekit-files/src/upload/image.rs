//! An uploaded file as an image, within limits that are checked before it is decoded.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};
use tokio::time::timeout;

use crate::error::{Error, FileRejection, Result};
use crate::storage::ContentSource;
use crate::upload::UploadFile;
use crate::upload::jpeg_cost::JpegCost;

/// The blocks of 64 pixels that all scans of a JPEG go through together. A picture of 64 million pixels in three colours has three million
/// of them, and ten scans, of which most are of one colour.
const MAX_BLOCKS: u64 = 100_000_000;

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
    time: Duration,
}

impl ImageLimits {
    /// 64 million pixels, 512 MiB of memory and 20 seconds. The memory is enough for so many pixels in most formats. A photo that is to be
    /// turned upright takes twice what another takes, and a progressive JPEG three times.
    pub const fn new() -> Self {
        Self { pixels: 64_000_000, memory: 512 << 20, time: Duration::from_secs(20) }
    }

    /// Decodes images of at most so many pixels. Default: 64 million.
    pub const fn max_pixels(self, pixels: u64) -> Self {
        Self { pixels, ..self }
    }

    /// Uses at most so many bytes of memory for an image. Default: 512 MiB.
    pub const fn max_memory(self, bytes: u64) -> Self {
        Self { memory: bytes, ..self }
    }

    /// Gives up an image that takes longer to decode. Default: 20 seconds. The time in which it waits for others does not count.
    ///
    /// The decoder of JPEG goes on until it is done, beside the answer; what one takes is bounded before it begins.
    pub const fn max_time(self, time: Duration) -> Self {
        Self { time, ..self }
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
    /// If the file is not such an image, has more than 64 million pixels, or takes more memory or time than an image may: the visitor is told
    /// so. Also if the disk fails.
    ///
    /// # Security
    ///
    /// A file of a few kilobytes can claim to be an image of gigabytes. Its size is read before it is decoded, and at any
    /// time no more images of one program are decoded than the machine has processors, and half as many of one visitor. What a progressive JPEG
    /// takes beside its pixels is read from its head, and one whose scans have no end is refused.
    #[cfg(feature = "image")] // again: the facade shows the item, and knows nothing of the module around it
    pub async fn image(&self) -> Result<DynamicImage> {
        self.image_with(ImageLimits::new()).await
    }

    /// Decodes the file as an image, within other limits than those of [`image`](Self::image).
    ///
    /// # Errors
    ///
    /// As [`image`](Self::image).
    #[cfg(feature = "image")] // as above
    pub async fn image_with(&self, limits: ImageLimits) -> Result<DynamicImage> {
        let name = self.name.as_str().to_owned();
        let (source, fetched) = self.content.source().fetched(&self.store.spool).await?;
        let place = self.store.spool.decoders().place().await;
        let of_image = name.clone();
        let decoded = tokio::task::spawn_blocking(move || {
            // Held here, and not by the future: a decoder that has begun goes on when the visitor has gone.
            let _held = (place, fetched);
            decode(source, limits).map_err(|refused| refused.into_error(of_image))
        });
        match timeout(limits.time, decoded).await {
            Ok(decoded) => decoded?,
            Err(_) => Err(Refused::TooSlow.into_error(name)),
        }
    }
}

/// Why an image was not decoded.
enum Refused {
    TooLarge,
    TooSlow,
    Unreadable(ImageError),
    Disk(io::Error),
}

impl Refused {
    fn into_error(self, name: String) -> Error {
        match self {
            Self::TooLarge => FileRejection::ImageTooLarge { name }.into(),
            Self::TooSlow => {
                tracing::warn!(file = ?name, "an image takes longer to decode than it may: `ImageLimits::max_time` says how long that is");
                FileRejection::ImageTooLarge { name }.into()
            }
            Self::Unreadable(error) => FileRejection::NotAnImage { name, reason: error.to_string() }.into(),
            Self::Disk(error) => error.into(),
        }
    }
}

impl From<ImageError> for Refused {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::IoError(error) if error.kind() == io::ErrorKind::TimedOut => Self::TooSlow,
            // The file ends before the image does, or says what cannot be.
            ImageError::IoError(error) if error.raw_os_error().is_some() => Self::Disk(error),
            error => Self::Unreadable(error),
        }
    }
}

fn decode(source: ContentSource, limits: ImageLimits) -> Result<DynamicImage, Refused> {
    let (content, length) = source.open_blocking().map_err(Refused::Disk)?;
    let content = InTime { content, ends: Instant::now().checked_add(limits.time) };
    let mut reader = ImageReader::new(content).with_guessed_format().map_err(Refused::Disk)?;
    let mut memory = Limits::no_limits();
    memory.max_alloc = Some(limits.memory);
    if reader.format() == Some(ImageFormat::Jpeg) {
        // Its decoder reads the whole file first, with whatever stands behind the image.
        memory.reserve(length)?;
        let mut content = reader.into_inner();
        let JpegCost { memory: held, blocks } = JpegCost::read(&mut content).map_err(ImageError::IoError)?;
        if blocks > MAX_BLOCKS {
            return Err(Refused::TooLarge);
        }
        memory.reserve(held)?;
        content.rewind().map_err(Refused::Disk)?;
        reader = ImageReader::with_format(content, ImageFormat::Jpeg);
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

/// Content that cannot be read any more when the time is over, by which most decoders end.
struct InTime<R> {
    content: R,
    /// None if that is beyond what can be counted.
    ends: Option<Instant>,
}

impl<R> InTime<R> {
    fn check(&self) -> io::Result<()> {
        match self.ends {
            Some(ends) if Instant::now() > ends => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for InTime<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        self.content.read(buffer)
    }
}

impl<R: BufRead> BufRead for InTime<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.content.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.content.consume(amount);
    }
}

impl<R: Seek> Seek for InTime<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.content.seek(position)
    }
}
