//! Compresses a layer, always the same way: the same bytes give the same blob, on every machine and on every day.

use std::io::{self, Write};

use bzip2::write::BzEncoder;
use flate2::GzBuilder;
use flate2::write::GzEncoder;
use liblzma::write::XzEncoder;

use crate::compress::Compression;

/// Level of gzip and xz: what builders use.
const LEVEL: u32 = 6;
/// Level of zstd: its own default.
const ZSTD: i32 = 3;
/// The byte that says "unknown system" (RFC 1952).
const NO_SYSTEM: u8 = 255;

/// A compressor in front of `out`.
pub(super) enum Packer<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
    Xz(XzEncoder<W>),
    Bzip2(BzEncoder<W>),
}

impl<W: Write> Packer<W> {
    pub(super) fn new(compression: Compression, out: W) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(out),
            Compression::Gzip => {
                let header = GzBuilder::new().mtime(0).operating_system(NO_SYSTEM);
                Self::Gzip(header.write(out, flate2::Compression::new(LEVEL)))
            }
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(out, ZSTD)?),
            Compression::Xz => Self::Xz(XzEncoder::new(out, LEVEL)),
            Compression::Bzip2 => Self::Bzip2(BzEncoder::new(out, bzip2::Compression::best())),
        })
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(out) => Ok(out),
            Self::Gzip(packer) => packer.finish(),
            Self::Zstd(packer) => packer.finish(),
            Self::Xz(packer) => packer.finish(),
            Self::Bzip2(packer) => packer.finish(),
        }
    }

    fn inner(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(out) => out,
            Self::Gzip(packer) => packer,
            Self::Zstd(packer) => packer,
            Self::Xz(packer) => packer,
            Self::Bzip2(packer) => packer,
        }
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner().flush()
    }
}
