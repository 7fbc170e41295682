//! Multipart bodies as browsers write them, whole or piece by piece. Reading them is filekit's job.

use bytes::{Bytes, BytesMut};

/// Stands between the parts; long enough not to occur in a file by chance.
pub const BOUNDARY: &str = "----FilekitTestBoundary7MA4YWxkTrZu0gW";

/// The `Content-Type` of a body made here.
pub(crate) fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// A multipart body in the making.
#[derive(Debug, Default)]
pub struct Multipart {
    body: BytesMut,
}

impl Multipart {
    /// A body whose first part is the call, as the client sends it.
    pub fn new(call: &serde_json::Value) -> Self {
        Self::default().field("call", &call.to_string())
    }

    /// Adds a field without a file.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n", escaped(name));
        self.body.extend_from_slice(head.as_bytes());
        self
    }

    /// Adds a whole file.
    #[must_use]
    pub fn file(self, field: &str, name: &str, bytes: &[u8]) -> Self {
        let mut multipart = self.file_head(field, name);
        multipart.body.extend_from_slice(bytes);
        multipart.body.extend_from_slice(b"\r\n");
        multipart
    }

    /// Adds what stands before a file's bytes, for bodies that are sent piece by piece.
    #[must_use]
    pub fn file_head(mut self, field: &str, name: &str) -> Self {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            escaped(field),
            escaped(name)
        );
        self.body.extend_from_slice(head.as_bytes());
        self
    }

    /// The body so far, without its end.
    pub fn unfinished(self) -> Bytes {
        self.body.freeze()
    }

    /// The whole body.
    pub fn finish(mut self) -> Bytes {
        self.body.extend_from_slice(Self::end().trim_start().as_bytes());
        self.body.freeze()
    }

    /// What follows the last file of a body that is sent piece by piece.
    pub fn end() -> String {
        format!("\r\n--{BOUNDARY}--\r\n")
    }
}

/// How browsers write a quote or a line break in a name.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
