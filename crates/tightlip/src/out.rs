//! Standard output. Its reader may go away (`tightlip scan IMAGE | head`): what a run has found counts all the same, and its
//! exit code says so.

use std::io::{self, ErrorKind, Stdout, Write};

/// Standard output, which takes everything when nobody reads it any more.
#[derive(Debug)]
pub(crate) struct Out(Stdout);

/// Standard output.
pub(crate) fn stdout() -> Out {
    Out(io::stdout())
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unread(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unread(self.0.flush(), ())
    }
}

/// A result, or this one where nobody reads any more.
fn unread<T>(result: io::Result<T>, otherwise: T) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(otherwise),
        result => result,
    }
}
