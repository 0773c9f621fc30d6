//! A file in memory for a builder: it has no place on a disk, and is gone when the run is, however that ends.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A file in memory.
#[derive(Debug)]
pub(crate) struct Memory {
    // Whoever opens the path opens this.
    _file: File,
    path: PathBuf,
}

impl Memory {
    /// A file that holds these bytes.
    ///
    /// # Errors
    /// Where the system has no such files.
    #[cfg(target_os = "linux")]
    pub(crate) fn holding(bytes: &[u8]) -> io::Result<Self> {
        use std::io::Write as _;
        use std::os::fd::AsRawFd as _;

        use rustix::fs::{MemfdFlags, memfd_create};
        let mut file = File::from(memfd_create("secret", MemfdFlags::CLOEXEC)?);
        file.write_all(bytes)?;
        // Through our own entry, not the builder's: it starts itself anew, and closes what it did not open.
        let path = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
        Ok(Self { _file: file, path })
    }

    /// As above.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn holding(_: &[u8]) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Where others of this user find it, as long as this lasts.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn others_read_it_from_its_start_as_often_as_they_like_until_it_goes() {
        let memory = Memory::holding(b"hunter22").unwrap();
        let path = memory.path().to_owned();
        let read = || std::fs::read(&path);
        assert_eq!([read().unwrap(), read().unwrap()], [b"hunter22", b"hunter22"]);
        drop(memory);
        assert!(read().is_err());
    }
}
