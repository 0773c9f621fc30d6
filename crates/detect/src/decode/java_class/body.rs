//! The fields and methods of a class (JVM specification, sections 4.5 to 4.7).

use crate::decode::seam::Bytes;

use super::pool::Pool;

/// What a class says of its constants.
pub(super) enum Part<'f> {
    /// A field whose value is a constant: the numbers of its name and of the constant in the pool.
    Constant(u16, u16),
    /// The instructions of a method.
    Code(&'f [u8]),
}

/// Tells every part, in order. What is cut ends early: there are no texts in it.
pub(super) fn parts<'f>(file: Bytes<'f>, pool: &Pool<'f>, tell: &mut dyn FnMut(Part<'f>)) -> Option<()> {
    // Its rights, its own name and that of its parent.
    let mut at = pool.end.checked_add(6)?;
    let interfaces = usize::from(number(file, &mut at)?);
    at = at.checked_add(interfaces.checked_mul(2)?)?;
    // Fields, then methods.
    for _ in 0..2 {
        for _ in 0..number(file, &mut at)? {
            at = at.checked_add(2)?;
            let name = number(file, &mut at)?;
            at = at.checked_add(2)?;
            for _ in 0..number(file, &mut at)? {
                let kind = pool.text(number(file, &mut at)?);
                let length = usize::try_from(file.u32_be(at)?).ok()?;
                at = at.checked_add(4)?;
                let body = file.slice(at, length)?;
                at = at.checked_add(length)?;
                match kind {
                    Some(b"ConstantValue") => tell(Part::Constant(name, Bytes(body).u16_be(0)?)),
                    Some(b"Code") => tell(Part::Code(instructions(Bytes(body))?)),
                    _ => {}
                }
            }
        }
    }
    Some(())
}

fn number(file: Bytes<'_>, at: &mut usize) -> Option<u16> {
    let number = file.u16_be(*at)?;
    *at = at.checked_add(2)?;
    Some(number)
}

/// Behind the depth of the stack and the count of variables.
fn instructions<'f>(body: Bytes<'f>) -> Option<&'f [u8]> {
    body.slice(8, usize::try_from(body.u32_be(4)?).ok()?)
}
