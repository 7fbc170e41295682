//! Bodies and heads as the readers of uploads see them, for fuzz targets (`cfg(fuzzing)`).

use std::io;

use axum_core::body::Body;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use crate::error::FileRejection;
use crate::storage::SafePath;
use crate::upload::read::{PartHead, PartReader};
use crate::upload::{
    FieldFilter, FileSequence, FileSource as _, IncomingBody, Parts, RuleBook, Rules, UploadId, read_plan,
};

/// A part of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of its control.
    pub name: String,
    /// The name of its file.
    pub file_name: Option<String>,
    /// The type that its sender claims.
    pub content_type: Option<String>,
    /// What is in it.
    pub content: Vec<u8>,
}

/// What is in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its files.
    pub files: Vec<File>,
    /// The values of the control that was asked for.
    pub values: Vec<String>,
}

/// A file of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The upload that it belongs to.
    pub upload: String,
    /// Its name, with folders.
    pub path: SafePath,
    /// Its type.
    pub mime: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Reads all parts of a body that comes in these frames.
///
/// # Errors
///
/// As the reader.
pub async fn parts(frames: &[&[u8]], boundary: &str) -> Result<Vec<Part>, FileRejection> {
    let mut reader = PartReader::new(incoming(frames), boundary);
    let mut parts = Vec::new();
    while let Some(PartHead { name, file_name, content_type }) = reader.next_part().await? {
        let mut content = Vec::new();
        while let Some(piece) = reader.piece().await? {
            assert!(!piece.is_empty(), "a piece has something in it");
            content.extend_from_slice(&piece);
        }
        parts.push(Part { name, file_name, content_type, content });
    }
    Ok(parts)
}

/// Reads the head of a part: its fields.
///
/// # Errors
///
/// As the reader.
pub fn head(fields: &[(&str, &[u8])]) -> Result<Part, FileRejection> {
    let PartHead { name, file_name, content_type } = PartHead::of_fields(fields.iter().copied())?;
    Ok(Part { name, file_name, content_type, content: Vec::new() })
}

/// Reads the files of one upload, and the values of one control, out of a form that comes in these frames.
///
/// # Errors
///
/// As the readers, and if the files are not within the rules.
pub async fn form(
    frames: &[&[u8]],
    boundary: &str,
    upload: (UploadId, Rules),
    control: &str,
) -> Result<Form, FileRejection> {
    let mut headers = HeaderMap::new();
    let mime = HeaderValue::try_from(format!("multipart/form-data; boundary=\"{boundary}\""));
    headers.insert(CONTENT_TYPE, mime.map_err(|_| FileRejection::NotMultipart)?);
    let wanted = FieldFilter::Named(vec![control.to_owned()]);
    let mut parts = Parts::open(&headers, &incoming(frames))?.form(RuleBook::new(vec![upload]), wanted);
    let mut files = Vec::new();
    while let Some(head) = parts.next_file().await? {
        let mut content = Vec::new();
        while let Some(piece) = parts.piece().await? {
            content.extend_from_slice(&piece);
        }
        let judged = parts.judged()?;
        let (path, mime) = (judged.name_right(head.path), judged.mime.to_owned());
        files.push(File { upload: head.upload.as_str().to_owned(), path, mime, content });
    }
    Ok(Form { files, values: parts.fields().into_values().flatten().collect() })
}

/// Reads the files that follow their plan in a body that comes in these frames.
///
/// # Errors
///
/// As the reader, and if the files are not within the rules.
pub async fn planned(frames: &[&[u8]], upload: (UploadId, Rules)) -> Result<Vec<File>, FileRejection> {
    let body = incoming(frames);
    let (plan, rest) = read_plan(&body).await?;
    plan.check(RuleBook::new(vec![upload.clone()]))?;
    let mut sequence = FileSequence::new(&plan, RuleBook::new(vec![upload]), body, rest)?;
    let mut files = Vec::new();
    while let Some(head) = sequence.next_file().await? {
        let mut content = Vec::new();
        while let Some(piece) = sequence.piece().await? {
            content.extend_from_slice(&piece);
        }
        let judged = sequence.judged()?;
        let (path, mime) = (judged.name_right(head.path), judged.mime.to_owned());
        files.push(File { upload: head.upload.as_str().to_owned(), path, mime, content });
    }
    Ok(files)
}

fn incoming(frames: &[&[u8]]) -> IncomingBody {
    let frames: Vec<_> = frames.iter().map(|frame| Ok::<_, io::Error>(frame.to_vec())).collect();
    let body = Body::from_stream(stream::iter(frames)).into_data_stream();
    IncomingBody::new(&HeaderMap::new(), body, u64::MAX)
}
