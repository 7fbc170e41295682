//! A file that is read from its beginning: where the reader is, and how much there is left.

use std::io::{self, BufRead, Seek};
use std::ops::Range;

use memchr::memchr;

use super::{ENDS_EARLY, Fault};

/// A file that is being read.
#[derive(Debug)]
pub(super) struct Source<R> {
    reader: R,
    position: u64,
    length: u64,
}

impl<R: BufRead + Seek> Source<R> {
    /// A reader at the beginning of a file of this length.
    pub(super) fn new(reader: R, length: u64) -> Self {
        Self { reader, position: 0, length }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    ///
    /// If there are fewer, or the disk fails.
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take_before(self.length)?.ok_or(ENDS_EARLY)
    }

    /// Takes the next bytes; nothing if there are fewer before `end`, which is within the file.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn take_before<const N: usize>(&mut self, end: u64) -> Result<Option<[u8; N]>, Fault> {
        if end.saturating_sub(self.position) < N as u64 {
            return Ok(None);
        }
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.position += N as u64;
        Ok(Some(bytes))
    }

    /// Goes to a place of the file. What is near is read from the buffer.
    ///
    /// # Errors
    ///
    /// If the file ends before it, or the disk fails.
    pub(super) fn go_to(&mut self, position: u64) -> Result<(), Fault> {
        if position > self.length {
            return Err(ENDS_EARLY);
        }
        let distance = i64::try_from(i128::from(position) - i128::from(self.position)).map_err(io::Error::other)?;
        self.reader.seek_relative(distance)?;
        self.position = position;
        Ok(())
    }

    /// Whether these bytes stand in that range, and nothing else.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn has(&mut self, range: &Range<u64>, bytes: &[u8]) -> Result<bool, Fault> {
        if range.end - range.start != bytes.len() as u64 {
            return Ok(false);
        }
        self.go_to(range.start)?;
        for expected in bytes {
            if self.take::<1>()? != [*expected] {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes to the next byte of this value.
    ///
    /// # Errors
    ///
    /// If there is none, or the disk fails.
    pub(super) fn find(&mut self, byte: u8) -> Result<(), Fault> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Err(ENDS_EARLY);
            }
            let found = memchr(byte, buffer);
            let passed = found.unwrap_or(buffer.len());
            self.pass(passed);
            if found.is_some() {
                return Ok(());
            }
        }
    }

    /// Hands all bytes before `end` on, which is within the file.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn read_to(&mut self, end: u64, mut read: impl FnMut(&[u8])) -> Result<(), Fault> {
        while self.position < end {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Err(ENDS_EARLY);
            }
            let wanted = usize::try_from(end - self.position).unwrap_or(usize::MAX).min(buffer.len());
            read(&buffer[..wanted]);
            self.pass(wanted);
        }
        Ok(())
    }

    fn pass(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.position += bytes as u64;
    }
}
