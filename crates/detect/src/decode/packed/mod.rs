//! Compressed streams that several containers use: each as a reader of what it says, with bounded memory.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use liblzma::read::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use super::seam::{Counted, Members, Stop, unpack};

/// Enough for `xz -9` (64 MiB of dictionary), not for what a hostile header may ask.
pub(super) const MEMORY: u64 = 192 << 20;
/// 128 MiB, what `zstd -d` allows by itself. A wider window is told as damaged, with the library's words.
const WINDOW_LOG: u32 = 27;

/// What a stream says.
pub(super) type Plain<'r> = Box<dyn Read + 'r>;

/// Opens a file that is one compressed stream: all of it is one member.
pub(super) fn one(
    body: &mut dyn Read,
    members: &mut dyn Members,
    plain: for<'r> fn(Counted<'r>) -> io::Result<Plain<'r>>,
) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut plain = plain(Counted::new(body, &taken))?;
    unpack(members, "", &mut plain, &taken).map(drop)
}

/// xz: all its streams as one.
pub(super) fn xz<'r>(body: impl Read + 'r) -> io::Result<Plain<'r>> {
    Ok(Box::new(XzDecoder::new_stream(body, Stream::new_stream_decoder(MEMORY, CONCATENATED)?)))
}

/// The file format before xz: 13 bytes of header, and one stream.
pub(super) fn lzma<'r>(body: impl Read + 'r) -> io::Result<Plain<'r>> {
    Ok(Box::new(XzDecoder::new_stream(body, Stream::new_lzma_decoder(MEMORY)?)))
}

/// lzip: all its members as one.
pub(super) fn lzip<'r>(body: impl Read + 'r) -> io::Result<Plain<'r>> {
    Ok(Box::new(XzDecoder::new_stream(body, Stream::new_lzip_decoder(MEMORY, CONCATENATED)?)))
}

/// Zstandard (RFC 8878): all its frames as one stream.
pub(super) fn zstd<'r>(body: impl Read + 'r) -> io::Result<Plain<'r>> {
    let mut plain = zstd::stream::read::Decoder::new(body)?;
    plain.window_log_max(WINDOW_LOG)?;
    Ok(Box::new(plain))
}

/// One frame of Zstandard: what follows it is left.
pub(super) fn zstd_frame<'r>(body: impl BufRead + 'r) -> io::Result<Plain<'r>> {
    let mut plain = zstd::stream::read::Decoder::with_buffer(body)?.single_frame();
    plain.window_log_max(WINDOW_LOG)?;
    Ok(Box::new(plain))
}
