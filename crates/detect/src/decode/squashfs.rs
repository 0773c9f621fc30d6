//! SquashFS images (snaps, AppImages): recognised and told, not read yet.

use std::io::Read;

use super::Decoder;
use super::seam::{Bytes, Members, Stop};
use crate::Hint;

/// SquashFS, version 4.
pub(crate) static DECODER: Decoder = Decoder { name: "squashfs", claims, open };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"hsqs") && Bytes(head).u16_le(28) == Some(4)
}

fn open(_: &mut dyn Read, _: &mut dyn Members) -> Result<(), Stop> {
    Err(Stop::unsupported("SquashFS is not read"))
}
