//! What a build reads from standard input: a Dockerfile, or an archive with its context.

use std::io::{self, Read as _};
use std::sync::{Arc, Mutex};

use super::flags::Role;
use super::line::Line;

/// The most that is read of a Dockerfile from standard input, in bytes.
const LONGEST_INPUT: u64 = 4 << 20;

/// What a build reads from standard input.
#[derive(Clone, Default)]
pub enum Given {
    /// Nothing.
    #[default]
    Nothing,
    /// A Dockerfile.
    Dockerfile(Vec<u8>),
    /// An archive with the context, which is passed on unread.
    Archive(Arc<Mutex<dyn io::Read + Send>>),
}

/// Whether the build reads standard input.
#[must_use]
pub fn reads_input(line: &Line) -> bool {
    line.value(Role::Dockerfile) == Some("-") || line.words().any(|word| word == "-")
}

/// Reads standard input as far as it takes to tell a Dockerfile from an archive.
///
/// # Errors
/// When it cannot be read.
pub fn given(mut input: impl io::Read + Send + 'static) -> io::Result<Given> {
    let mut head = Vec::new();
    (&mut input).take(LONGEST_INPUT).read_to_end(&mut head)?;
    let archive = head.len() as u64 == LONGEST_INPUT || is_archive(&head);
    Ok(match archive {
        false => Given::Dockerfile(head),
        true => Given::Archive(Arc::new(Mutex::new(io::Cursor::new(head).chain(input)))),
    })
}

/// Source: buildx `build/utils.go`, `isArchive`, and the formats it names.
fn is_archive(head: &[u8]) -> bool {
    let starts: [&[u8]; 4] = [b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"];
    starts.iter().any(|start| head.starts_with(start)) || head.get(257..262) == Some(b"ustar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_told_from_a_dockerfile() {
        let mut tar = vec![0; 512];
        tar.splice(257..262, *b"ustar");
        assert!(is_archive(&tar) && is_archive(b"\x1f\x8b\x08"));
        assert!(
            matches!(given(&b"FROM scratch\n"[..]).unwrap(), Given::Dockerfile(text) if text == b"FROM scratch\n")
        );
        let Given::Archive(stream) = given(io::Cursor::new(tar.clone())).unwrap() else {
            panic!("an archive")
        };
        let mut all = Vec::new();
        stream.lock().unwrap().read_to_end(&mut all).unwrap();
        assert_eq!(all, tar);
    }
}
