//! A stretch of bytes on its way through the finders, with what is known about it.

/// What is known about bytes before reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint<'h> {
    /// The body of a file: its path in the layer, no leading slash.
    File(&'h [u8]),
    /// A value whose name is known and plain: an environment variable, a build argument, a label.
    Named(&'h str),
    /// A string without a name, such as an instruction of the history.
    Text,
}

impl<'h> Hint<'h> {
    /// The last component of the path, empty for what is no file.
    #[must_use]
    pub fn file_name(&self) -> &'h [u8] {
        match self {
            Self::File(path) => {
                let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash.saturating_add(1));
                path.get(start..).unwrap_or_default()
            }
            _ => b"",
        }
    }

    /// The path, empty for what is no file.
    #[must_use]
    pub fn path(&self) -> &'h [u8] {
        match self {
            Self::File(path) => path,
            _ => b"",
        }
    }
}

/// Bytes to look through.
#[derive(Clone, Copy, Debug)]
pub struct Text<'b> {
    /// The bytes: a whole file or string, or a window of a large file.
    pub bytes: &'b [u8],
    /// What is known about them.
    pub hint: Hint<'b>,
    /// Whether they look like a program or other binary content (a NUL byte near the start).
    pub binary: bool,
    /// Where the finder's keywords stand, ascending; empty for a finder without keywords.
    pub at: &'b [usize],
}
