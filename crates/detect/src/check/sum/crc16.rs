//! CRC-16/XMODEM, and base32 that ends with it, as NATS and Stellar write keys.

use super::base32;

/// Polynomial 0x1021, from zero, most significant bit first.
pub(crate) fn xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, &byte| (0..8).fold(sum ^ (u16::from(byte) << 8), |sum, _| step(sum)))
}

fn step(sum: u16) -> u16 {
    if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 }
}

/// The text as it is with the right sum, in little-endian order, over the bytes before it; none where it is no base32
/// or is too short. The text is right if this is the text.
pub(crate) fn resealed(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = base32::decode(text)?;
    bytes.truncate(bytes.len().checked_sub(2)?);
    bytes.extend(xmodem(&bytes).to_le_bytes());
    Some(base32::encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogued_check_value_holds() {
        assert_eq!(xmodem(b"123456789"), 0x31C3);
        assert_eq!(xmodem(b""), 0);
    }
}
