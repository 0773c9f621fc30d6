//! Numbers as digits of many alphabets.

/// Digits, then capitals, then small letters: how GitHub, npm and Vercel count.
pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits, then small letters.
pub(crate) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Hexadecimal digits, small.
pub(crate) const HEX: &[u8] = b"0123456789abcdef";
/// Hexadecimal digits, capital.
pub(crate) const UPPER_HEX: &[u8] = b"0123456789ABCDEF";

/// The digits of a number, most significant first, without leading zeros (zero has no digits).
pub(crate) fn digits(mut number: u32, alphabet: &[u8]) -> Vec<u8> {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX).max(2);
    let mut written = Vec::new();
    while number > 0 {
        let digit = usize::try_from(number % base).unwrap_or(0);
        written.extend(alphabet.get(digit));
        number /= base;
    }
    written.reverse();
    written
}

/// The same, filled with zeros on the left up to `width`.
pub(crate) fn padded(number: u32, alphabet: &[u8], width: usize) -> Vec<u8> {
    let written = digits(number, alphabet);
    let zeros = width.saturating_sub(written.len());
    let zero = alphabet.first().copied().unwrap_or(b'0');
    [vec![zero; zeros], written].concat()
}

/// Eight hexadecimal digits, capital where the token writes capitals: issuers do not say which they use.
pub(crate) fn hex_as_in(token: &[u8], number: u32) -> Vec<u8> {
    let tail = token.get(token.len().saturating_sub(8)..).unwrap_or_default();
    let capital = tail.iter().any(u8::is_ascii_uppercase);
    padded(number, if capital { UPPER_HEX } else { HEX }, 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_crc_32_is_written_in_every_alphabet() {
        // The catalogued check value of CRC-32/ISO-HDLC: 0xCBF43926 for "123456789".
        let sum = crc32fast::hash(b"123456789");
        assert_eq!(padded(sum, HEX, 8), b"cbf43926");
        assert_eq!(padded(sum, UPPER_HEX, 8), b"CBF43926");
        assert_eq!(padded(sum, BASE36, 7), b"1kl8mjq");
        assert_eq!(padded(sum, BASE62, 6), b"3jZRME");
    }

    #[test]
    fn small_numbers_are_filled_with_zeros() {
        assert_eq!(padded(61, BASE62, 6), b"00000z");
        assert_eq!(padded(0, BASE36, 7), b"0000000");
        assert_eq!(digits(0, BASE36), b"");
    }
}
