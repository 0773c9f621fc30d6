//! No compression: the blob is the tar stream.

use super::{Decode, Step};
use crate::problem::Problem;
use crate::verify::Raw;

pub(super) struct Plain;

impl Decode for Plain {
    fn step(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Step, Problem> {
        Ok(match raw.read(out) {
            0 => Step::End,
            length => Step::Out(length),
        })
    }
}
