//! Reads protocol buffers without their schema: fields, and every string below.
//!
//! Source: Protocol Buffers documentation, "Encoding".

/// How deep messages are followed into each other.
const DEPTH: usize = 32;

/// A field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'b> {
    pub(crate) number: u64,
    pub(crate) value: Value<'b>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'b> {
    /// A string, bytes, or a message: only the schema can tell.
    Bytes(&'b [u8]),
    /// A number.
    Number(u64),
}

/// The fields of a message; none if the bytes are no message.
pub(crate) fn fields(mut bytes: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let (key, rest) = varint(bytes)?;
        let (value, rest) = match key & 7 {
            0 => varint(rest).map(|(number, rest)| (Value::Number(number), rest))?,
            1 => (Value::Number(0), rest.get(8..)?),
            2 => {
                let (length, rest) = varint(rest)?;
                let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
                (Value::Bytes(value), rest)
            }
            5 => (Value::Number(0), rest.get(4..)?),
            _ => return None,
        };
        if key >> 3 == 0 {
            return None;
        }
        fields.push(Field { number: key >> 3, value });
        bytes = rest;
    }
    Some(fields)
}

/// Gives every string of a message, and what is neither string nor message as it is. Bytes that may be either are
/// given as both: nothing is lost, some is seen twice.
pub(crate) fn strings<'b>(bytes: &'b [u8], give: &mut dyn FnMut(&'b [u8])) {
    descend(bytes, DEPTH, give);
}

fn descend<'b>(bytes: &'b [u8], depth: usize, give: &mut dyn FnMut(&'b [u8])) {
    let fields = if depth == 0 { None } else { fields(bytes) };
    let text = is_text(bytes);
    if text || fields.is_none() {
        give(bytes);
    }
    for field in fields.into_iter().flatten() {
        if let Value::Bytes(value) = field.value {
            descend(value, depth - 1, give);
        }
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{1b}');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(control))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(u32::try_from(index * 7).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A field of bytes.
    pub(crate) fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = bytes.len();
        while length >= 0x80 {
            out.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend_from_slice(bytes);
        out
    }

    #[test]
    fn strings_at_any_depth_are_given() {
        let inner = [field(1, b"deep text"), vec![0x18, 0x96, 0x01]].concat();
        let message = [field(2, b"text"), field(3, &field(4, &inner))].concat();
        let mut seen = Vec::new();
        strings(&message, &mut |text| seen.push(text));
        assert!(seen.contains(&&b"text"[..]) && seen.contains(&&b"deep text"[..]), "{seen:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut given = 0;
            strings(&bytes, &mut |text| given += text.len());
            prop_assert!(given <= bytes.len() * (DEPTH + 1));
        }

        #[test]
        fn a_string_is_found_where_it_was_put(text in "[a-zA-Z0-9 ]{1,300}", number in 1_u8..15, depth in 1..8) {
            let message = (0..depth).fold(text.clone().into_bytes(), |inner, _| field(number, &inner));
            let mut found = false;
            strings(&message, &mut |given| found |= given == text.as_bytes());
            prop_assert!(found);
        }
    }
}
