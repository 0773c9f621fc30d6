//! What a method does with strings: puts them into fields, and hands them on (JVM specification, section 6.5).
//!
//! The instructions are followed in the order of the file, jumps are not: what stands on the stack is known as long as it was
//! only just put there.

use crate::decode::seam::Bytes;

use super::pool::{Member, Pool};

/// Something that is done with strings, which are known by their numbers in the pool.
pub(super) enum Statement<'f> {
    /// A field gets a string as its value.
    Field(&'f [u8], u16),
    /// A method gets strings, among other things.
    Call(Member<'f>, Vec<Option<u16>>),
}

/// A call of more arguments sets nothing up.
const MOST: usize = 8;

/// Tells every such statement.
pub(super) fn statements<'f>(code: &'f [u8], pool: &Pool<'f>, tell: &mut dyn FnMut(Statement<'f>)) {
    let code = Bytes(code);
    // What was just put on the stack: strings, and other things.
    let mut stack: Vec<Option<u16>> = Vec::new();
    let mut variables = [None; VARIABLES];
    let mut at = 0_usize;
    while let Some((operation, length)) = code.u8(at).zip(length(code, at)) {
        let argument = || code.u16_be(at.saturating_add(1)).unwrap_or_default();
        // Of the first four variables the instruction says which.
        let place = |operation: u8, first: u8| match operation {
            ALOAD | ASTORE => code.u8(at.saturating_add(1)).map_or(VARIABLES, usize::from),
            _ => usize::from(operation.saturating_sub(first)),
        };
        match operation {
            LDC => stack.push(code.u8(at.saturating_add(1)).and_then(|number| pool.string(number.into()))),
            LDC_W => stack.push(pool.string(argument())),
            ALOAD | ALOAD_0..=ALOAD_3 => {
                let place = place(operation, ALOAD_0);
                stack.push(variables.get(place).copied().flatten());
            }
            ASTORE | ASTORE_0..=ASTORE_3 => {
                let value = stack.pop().flatten();
                let known = variables.get_mut(place(operation, ASTORE_0));
                known.into_iter().for_each(|known| *known = value);
                stack.clear();
            }
            // Constants, variables, fields of classes, new objects, and again what is there.
            1..=17 | 20..=45 | GETSTATIC | NEW | DUP => stack.push(None),
            GETFIELD => put(&mut stack, 1),
            PUTSTATIC | PUTFIELD => {
                let field = pool.member(argument()).zip(stack.last().copied().flatten());
                field.into_iter().for_each(|(field, value)| tell(Statement::Field(field.name, value)));
                stack.clear();
            }
            INVOKEVIRTUAL..=INVOKEINTERFACE => {
                if let Some(call) = pool.member(argument()) {
                    called(call, &mut stack, tell);
                } else {
                    put(&mut stack, usize::MAX);
                }
            }
            _ => put(&mut stack, usize::MAX),
        }
        at = at.saturating_add(length);
    }
}

/// So many variables of a method are known.
const VARIABLES: usize = 32;

const LDC: u8 = 18;
const LDC_W: u8 = 19;
const ALOAD: u8 = 25;
const ALOAD_0: u8 = 42;
const ALOAD_3: u8 = 45;
const ASTORE: u8 = 58;
const ASTORE_0: u8 = 75;
const ASTORE_3: u8 = 78;
const DUP: u8 = 89;
const GETSTATIC: u8 = 178;
const PUTSTATIC: u8 = 179;
const GETFIELD: u8 = 180;
const PUTFIELD: u8 = 181;
const INVOKEVIRTUAL: u8 = 182;
const INVOKEINTERFACE: u8 = 185;
const NEW: u8 = 187;

/// Takes so many, and puts what they became.
fn put(stack: &mut Vec<Option<u16>>, taken: usize) {
    stack.truncate(stack.len().saturating_sub(taken));
    stack.push(None);
}

fn called<'f>(call: Member<'f>, stack: &mut Vec<Option<u16>>, tell: &mut dyn FnMut(Statement<'f>)) {
    // A password becomes letters where it is handed on.
    if call.kind.starts_with(b"()") && matches!(call.name, b"toCharArray" | b"getBytes" | b"trim" | b"intern")
    {
        return;
    }
    let count = arguments_of(call.kind).filter(|count| *count <= MOST);
    let values = count.and_then(|count| stack.get(stack.len().checked_sub(count)?..));
    if let Some(values) = values.filter(|values| values.iter().any(Option::is_some)) {
        tell(Statement::Call(call, values.to_vec()));
    }
    put(stack, usize::MAX);
}

/// How many arguments a method has.
fn arguments_of(kind: &[u8]) -> Option<usize> {
    let mut rest = kind.strip_prefix(b"(")?;
    let mut count = 0_usize;
    while !rest.starts_with(b")") {
        let arrays = rest.iter().take_while(|b| **b == b'[').count();
        rest = rest.get(arrays..)?;
        let length = match rest.first()? {
            b'L' => rest.iter().position(|b| *b == b';')?.checked_add(1)?,
            _ => 1,
        };
        rest = rest.get(length..)?;
        count = count.checked_add(1)?;
    }
    Some(count)
}

/// How long the instruction at a place is.
fn length(code: Bytes<'_>, at: usize) -> Option<usize> {
    let length = match code.u8(at)? {
        16 | LDC | 21..=25 | 54..=58 | 169 | 188 => 2,
        17 | LDC_W | 20 | 132 | 153..=168 | 178..=184 | 187 | 189 | 192 | 193 | 198 | 199 => 3,
        197 => 4,
        INVOKEINTERFACE | 186 | 200 | 201 => 5,
        // Tables of jumps begin at a multiple of four.
        170 => {
            let table = at.checked_add(4)? & !3;
            let number = |place: usize| code.u32_be(table.checked_add(place)?).map(u32::cast_signed);
            let jumps = number(8)?.checked_sub(number(4)?)?.checked_add(1)?;
            let end = table.checked_add(12)?.checked_add(usize::try_from(jumps).ok()?.checked_mul(4)?)?;
            end.checked_sub(at)?
        }
        171 => {
            let table = at.checked_add(4)? & !3;
            let pairs = usize::try_from(code.u32_be(table.checked_add(4)?)?).ok()?;
            table.checked_add(8)?.checked_add(pairs.checked_mul(8)?)?.checked_sub(at)?
        }
        196 => {
            if code.u8(at.checked_add(1)?)? == 132 {
                6
            } else {
                4
            }
        }
        0..=201 => 1,
        _ => return None,
    };
    Some(length)
}
