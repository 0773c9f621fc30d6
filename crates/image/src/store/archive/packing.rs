//! The compression of the archive file itself, by its first bytes.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// The most memory that an xz decoder may take, in bytes: `xz -9` needs 65 MiB.
const XZ_MEMORY: u64 = 128 << 20;

/// A compression around bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// None.
    None,
    /// Gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

/// What a file says that somebody may have compressed, as its first bytes tell, with the command that undoes it.
///
/// # Errors
/// When it cannot be read. That it is damaged is told by the reading.
pub fn unpacked<'a>(
    mut packed: impl Read + Send + 'a,
) -> io::Result<(Box<dyn Read + Send + 'a>, Option<&'static str>)> {
    let mut head = Vec::new();
    (&mut packed).take(6).read_to_end(&mut head)?;
    let packing = Packing::of_head(&head);
    Ok((packing.unpack(io::Cursor::new(head).chain(packed))?, packing.command()))
}

impl Packing {
    fn command(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip -dc"),
            Self::Zstd => Some("zstd -dc"),
            Self::Xz => Some("xz -dc"),
            Self::Bzip2 => Some("bzip2 -dc"),
        }
    }

    /// The compression of what starts with these bytes.
    pub(crate) fn of_head(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            _ => Self::None,
        }
    }

    /// The compression of a file, which is left at its start.
    pub(super) fn of<F: Read + Seek>(file: &mut F) -> io::Result<Self> {
        let mut head = Vec::new();
        (&mut *file).take(6).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self::of_head(&head))
    }

    /// The bytes inside.
    pub(crate) fn unpack<'a>(self, packed: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
        let packed = BufReader::with_capacity(64 << 10, packed);
        Ok(match self {
            Self::None => Box::new(packed),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(packed)?),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Xz => {
                let concatenated = liblzma::stream::CONCATENATED;
                let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, concatenated)?;
                Box::new(liblzma::bufread::XzDecoder::new_stream(packed, stream))
            }
        })
    }
}
