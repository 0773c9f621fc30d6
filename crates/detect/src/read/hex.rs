//! Hexadecimal digits, in either case.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

/// The bytes that digits say, two each.
pub(crate) fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(digits).ok()
}

/// As many bytes as are asked for.
pub(crate) fn array<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (HEXLOWER_PERMISSIVE.decode_len(digits.len()).ok()? == N).then_some(())?;
    HEXLOWER_PERMISSIVE.decode_mut(digits, &mut bytes).ok()?;
    Some(bytes)
}

/// The byte that two digits say.
pub(crate) fn byte(digits: &[u8]) -> Option<u8> {
    array::<1>(digits).map(|[byte]| byte)
}

/// Bytes in small digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_say_bytes_in_either_case_and_nothing_else_does() {
        assert_eq!(bytes(b"00fFA9"), Some(vec![0, 0xff, 0xa9]));
        assert_eq!(digits(&[0, 0xff, 0xa9]), "00ffa9");
        for odd in [&b"0"[..], b"+f", b"0x", b" 0", b"\xc3\xa9"] {
            assert_eq!((bytes(odd), byte(odd)), (None, None), "{odd:?}");
        }
        assert_eq!(
            (array::<2>(b"0aF0"), array::<2>(b"0aF"), array::<2>(b"0aF0aa")),
            (Some([10, 0xf0]), None, None)
        );
    }
}
