//! What a method does with strings (ECMA-335, partition III): puts them into fields, hands them on, gives them back.
//!
//! The instructions are followed in the order of the file, jumps are not: what stands on the stack is known as long as it was
//! only just put there.

use super::image::Image;
use super::statements::{Call, Told};
use crate::decode::seam::Bytes;

/// A string by its place among the strings of the code, or something else.
pub(super) type Value = Option<u32>;

/// So many variables of a method are known.
const VARIABLES: usize = 32;
/// The mark of a string in an instruction.
const STRING: u32 = 0x70;

/// Follows the instructions of a method.
pub(super) fn follow(image: &Image<'_>, code: &[u8], told: &mut Told<'_, '_>) {
    let code = Bytes(code);
    let (mut stack, mut variables) = (Vec::<Value>::new(), [None; VARIABLES]);
    let mut at = 0_usize;
    while let Some((operation, start, end)) = instruction(code, at) {
        let token = code.u32_le(start).unwrap_or_default();
        let short = || usize::from(code.u8(start).unwrap_or(u8::MAX));
        match does(operation) {
            Does::Nothing => {}
            Does::Text => stack.push(Some(token & 0xff_ffff).filter(|_| token >> 24 == STRING)),
            Does::Put => stack.push(None),
            Does::Again => stack.push(stack.last().copied().flatten()),
            Does::Drop => drop(stack.pop()),
            Does::Take => {
                stack.pop();
                stack.push(None);
            }
            Does::Load(place) => stack.push(variables.get(place.unwrap_or_else(short)).copied().flatten()),
            Does::Keep(place) => {
                let value = stack.pop().flatten();
                let known = variables.get_mut(place.unwrap_or_else(short));
                known.into_iter().for_each(|known| *known = value);
            }
            Does::Store(taken) => {
                let value = stack.last().copied().flatten();
                value.into_iter().for_each(|value| told.field(token, value));
                stack.truncate(stack.len().saturating_sub(taken));
            }
            Does::Call => match image.call(token) {
                Some(call) => handed(operation, &call, &mut stack, told),
                None => stack.clear(),
            },
            Does::Return => {
                stack.pop().flatten().into_iter().for_each(|value| told.given_back(value));
                stack.clear();
            }
            Does::Other => stack.clear(),
        }
        at = end;
    }
}

/// A call takes its arguments, and the object that it is of.
fn handed(operation: u16, call: &Call<'_>, stack: &mut Vec<Value>, told: &mut Told<'_, '_>) {
    let made = operation == NEW;
    let first = stack.len().saturating_sub(call.arguments);
    let values = stack.split_off(first);
    if values.iter().any(Option::is_some) {
        told.call(call, &values);
    }
    if call.has_object && !made {
        stack.pop();
    }
    if made || call.returns {
        stack.push(None);
    }
}

const CALL: u16 = 0x28;
const CALL_VIRTUAL: u16 = 0x6f;
const NEW: u16 = 0x73;

/// What an instruction does to the stack.
#[derive(Clone, Copy)]
enum Does {
    Nothing,
    /// Puts a string.
    Text,
    /// Puts something else.
    Put,
    /// Puts once more what is there.
    Again,
    Drop,
    /// Takes something, and puts what became of it.
    Take,
    /// Puts a variable: this one, or the one that the instruction names.
    Load(Option<usize>),
    Keep(Option<usize>),
    /// Puts what is there into a field, and takes so many.
    Store(usize),
    Call,
    Return,
    /// Something that is not followed.
    Other,
}

fn does(operation: u16) -> Does {
    match operation {
        // Classes and boxes do not change a string.
        0x00 | 0x01 | 0x74 | 0x8c => Does::Nothing,
        0x72 => Does::Text,
        0x02..=0x05 | 0x0e | 0x0f | 0x12 | 0x14..=0x23 | 0x7e | 0x7f | 0xd0 | 0xfe09 | 0xfe0a | 0xfe0d => {
            Does::Put
        }
        0x06..=0x09 => Does::Load(Some(usize::from(operation.saturating_sub(0x06)))),
        0x0a..=0x0d => Does::Keep(Some(usize::from(operation.saturating_sub(0x0a)))),
        0x11 | 0xfe0c => Does::Load(None),
        0x13 | 0xfe0e => Does::Keep(None),
        0x25 => Does::Again,
        0x26 => Does::Drop,
        0x7b | 0x7c => Does::Take,
        0x7d => Does::Store(2),
        0x80 => Does::Store(1),
        CALL | CALL_VIRTUAL | NEW => Does::Call,
        0x2a => Does::Return,
        _ => Does::Other,
    }
}

/// The instruction at a place: which, where its argument begins, and where it ends.
fn instruction(code: Bytes<'_>, at: usize) -> Option<(u16, usize, usize)> {
    let first = code.u8(at)?;
    let start = at.checked_add(1)?;
    if first == 0xfe {
        let second = code.u8(start)?;
        let argument = match second {
            0x06 | 0x07 | 0x15 | 0x16 | 0x1c => 4,
            0x09..=0x0e => 2,
            0x12 | 0x19 => 1,
            _ => 0,
        };
        let start = start.checked_add(1)?;
        return Some((u16::from_be_bytes([first, second]), start, start.checked_add(argument)?));
    }
    let argument = match first {
        0x0e..=0x13 | 0x1f | 0x2b..=0x37 | 0xde => 1,
        0x20 | 0x22 | 0x27..=0x29 | 0x38..=0x44 | 0x6f..=0x75 | 0x79 | 0x7b..=0x81 | 0x8c | 0x8d | 0x8f => 4,
        0xa3..=0xa5 | 0xc2 | 0xc6 | 0xd0 | 0xdd => 4,
        0x21 | 0x23 => 8,
        0x45 => usize::try_from(code.u32_le(start)?).ok()?.checked_mul(4)?.checked_add(4)?,
        _ => 0,
    };
    Some((first.into(), start, start.checked_add(argument)?))
}
