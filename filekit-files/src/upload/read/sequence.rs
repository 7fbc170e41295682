//! Files that follow each other in a body without anything in between: their sizes, which were said before, divide them.

use bytes::Bytes;
use memchr::memchr;
use tokio::time::timeout;

use crate::error::FileRejection;
use crate::upload::intake::{Failure, FileHead, Intake, Judged};
use crate::upload::read::body::{IncomingBody, MAX_SILENCE, Pace};
use crate::upload::{FileSource, RuleBook, UploadPlan};

/// The longest plan, in bytes: ten thousand files with names of some hundred bytes.
const MAX_PLAN: usize = 4 << 20;

/// The largest piece. Frames from a socket are not much larger, but a body in memory is one frame.
const MAX_PIECE: usize = 256 * 1024;

/// Reads the plan of an upload at the beginning of a body, up to the line feed behind it or the end. Returns what was read of
/// the bytes that follow, too.
///
/// What is there already of its files is for the server to say: what the plan says of that is not read.
///
/// # Errors
///
/// If it does not come within 30 seconds, is larger than 4 MiB, or is no plan; or if there is no memory for it.
pub async fn read_plan(body: &IncomingBody) -> Result<(UploadPlan, Bytes), FileRejection> {
    // The sender is not known yet, and all of it is held.
    let read = timeout(MAX_SILENCE, read_line(body)).await;
    let (line, rest) = read.unwrap_or(Err(FileRejection::Silent { seconds: MAX_SILENCE.as_secs() }))?;
    let mut plan = UploadPlan::parse(&line)?;
    plan.files.iter_mut().for_each(|file| file.have = 0);
    Ok((plan, rest))
}

async fn read_line(body: &IncomingBody) -> Result<(Vec<u8>, Bytes), FileRejection> {
    let mut line = body.waiting_bytes();
    while let Some(mut frame) = body.frame().await? {
        let end = memchr(b'\n', &frame);
        line.push(&frame[..end.unwrap_or(frame.len())])?;
        if line.len() > MAX_PLAN {
            return Err(FileRejection::CallTooLarge { limit: MAX_PLAN });
        }
        if let Some(end) = end {
            return Ok((line.into_vec(), frame.split_off(end + 1)));
        }
    }
    Ok((line.into_vec(), Bytes::new()))
}

/// The files of a plan, whose bytes follow each other. Each goes through an [`Intake`].
#[derive(Debug)]
pub struct FileSequence {
    body: IncomingBody,
    pace: Pace,
    intake: Intake,
    files: std::vec::IntoIter<(FileHead, u64)>,
    /// What has come and was not looked at yet.
    rest: Bytes,
    file: Option<CurrentFile>,
}

/// The file at hand.
#[derive(Debug)]
struct CurrentFile {
    /// How many of its bytes are to come.
    left: u64,
    judged: Option<Judged>,
}

impl FileSequence {
    /// The files of a plan, of which `rest` was read already.
    ///
    /// # Errors
    ///
    /// If a file has no size, or a name that no file may have.
    pub fn new(plan: &UploadPlan, rules: RuleBook, body: IncomingBody, rest: Bytes) -> Result<Self, FileRejection> {
        let files = plan.files.iter().map(|file| {
            let size = file.size.ok_or_else(|| FileRejection::malformed("a file has no size"))?;
            Ok((file.head()?, size))
        });
        let files = files.collect::<Result<Vec<_>, FileRejection>>()?.into_iter();
        Ok(Self { body, pace: Pace::default(), intake: Intake::new(rules), files, rest, file: None })
    }

    async fn read_head(&mut self) -> Result<Option<FileHead>, FileRejection> {
        while self.read_piece().await?.is_some() {}
        self.file = None;
        let Some((head, size)) = self.files.next() else {
            self.end().await?;
            return Ok(None);
        };
        self.intake.begin(&head, None)?;
        self.file = Some(CurrentFile { left: size, judged: None });
        Ok(Some(head))
    }

    async fn read_piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        let Some(left) = self.file.as_ref().filter(|file| file.judged.is_none()).map(|file| file.left) else {
            return Ok(None);
        };
        if left > 0 && self.rest.is_empty() {
            self.rest = self.frame().await?.ok_or(FileRejection::Truncated)?;
        }
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(self.rest.len()).min(MAX_PIECE);
        let piece = self.rest.split_to(length);
        self.intake.pass(&piece)?;
        let judged = if left == length as u64 && piece.is_empty() { Some(self.intake.end()?) } else { None };
        if let Some(file) = &mut self.file {
            file.left -= length as u64;
            file.judged = judged;
        }
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    /// The next frame that is not empty.
    async fn frame(&mut self) -> Result<Option<Bytes>, FileRejection> {
        loop {
            let frame = self.pace.patiently(self.body.frame()).await??;
            self.pace.keep_up(frame.as_ref().map_or(0, Bytes::len))?;
            if frame.as_ref().is_none_or(|frame| !frame.is_empty()) {
                return Ok(frame);
            }
        }
    }

    /// All files have come, and nothing else.
    async fn end(&mut self) -> Result<(), FileRejection> {
        if !self.rest.is_empty() || self.frame().await?.is_some() {
            return Err(FileRejection::malformed("more bytes have come than the files were said to have"));
        }
        self.body.complete();
        self.intake.close()
    }
}

impl FileSource for FileSequence {
    async fn next_file(&mut self) -> Result<Option<FileHead>, FileRejection> {
        self.failure().check()?;
        let head = self.read_head().await;
        self.failure().note(head)
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        self.failure().check()?;
        let piece = self.read_piece().await;
        self.failure().note(piece)
    }

    fn judged(&self) -> Result<Judged, FileRejection> {
        let judged = self.file.as_ref().and_then(|file| file.judged.clone());
        judged.ok_or(FileRejection::Truncated)
    }

    fn mime(&self) -> &'static str {
        let judged = self.file.as_ref().and_then(|file| file.judged.as_ref());
        judged.map(|judged| judged.mime).or_else(|| self.intake.mime()).unwrap_or_default()
    }

    fn strips_metadata(&self) -> bool {
        self.intake.strips_metadata()
    }

    fn failure(&self) -> &Failure {
        self.intake.failure()
    }

    fn body(&self) -> &IncomingBody {
        &self.body
    }
}
