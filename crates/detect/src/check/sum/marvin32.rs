//! Marvin32, the keyed hash by which Microsoft marks its identifiable keys.
//!
//! Published as US patent 20130262421 and in the .NET runtime (`System.Marvin`).

/// The 32-bit hash of `bytes` under `seed`.
pub(crate) fn hash(bytes: &[u8], seed: u64) -> u32 {
    let (low, high) = halves(bytes, seed);
    low ^ high
}

/// Both halves of the state after the last block.
fn halves(bytes: &[u8], seed: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = seed.to_le_bytes();
    let mut state = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        state = absorb(state, word);
    }
    // The end is marked by one bit, so that trailing zeros count.
    let end = [words.remainder(), &[0x80]].concat();
    mix(absorb(state, &end))
}

/// Takes up to four little-endian bytes in.
fn absorb((low, high): (u32, u32), word: &[u8]) -> (u32, u32) {
    let number = word.iter().rev().fold(0_u32, |number, &byte| (number << 8) | u32::from(byte));
    mix((low.wrapping_add(number), high))
}

/// One round.
fn mix((low, high): (u32, u32)) -> (u32, u32) {
    let high = high ^ low;
    let low = low.rotate_left(20).wrapping_add(high);
    let high = high.rotate_left(9) ^ low;
    let low = low.rotate_left(27).wrapping_add(high);
    (low, high.rotate_left(19))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seed, input and the two halves, from the .NET runtime's `MarvinTests`.
    const PUBLISHED: &[(u64, &[u8], u64)] = &[
        (0x004F_B61A_001B_DBCC, &[], 0x30ED_35C1_00CD_3C7D),
        (0x004F_B61A_001B_DBCC, &[0xAF], 0x48E7_3FC7_7D75_DDC1),
        (0x004F_B61A_001B_DBCC, &[0xE7, 0x0F], 0xB5F6_E1FC_485D_BFF8),
        (0x004F_B61A_001B_DBCC, &[0x37, 0xF4, 0x95], 0xF0B0_7C78_9B8C_F7E8),
        (0x004F_B61A_001B_DBCC, &[0x86, 0x42, 0xDC, 0x59], 0x7008_F2E8_7E9C_F556),
        (0x004F_B61A_001B_DBCC, &[0x15, 0x3F, 0xB7, 0x98, 0x26], 0xE6C0_8C6D_A2AF_A997),
        (0x004F_B61A_001B_DBCC, &[0x09, 0x32, 0xE6, 0x24, 0x6C, 0x47], 0x6F04_BF1A_5EA2_4060),
        (0x004F_B61A_001B_DBCC, &[0xAB, 0x42, 0x7E, 0xA8, 0xD1, 0x0F, 0xC7], 0xE118_47E4_F067_8C41),
        (0x804F_B61A_001B_DBCC, &[0x86, 0x42, 0xDC, 0x59], 0x3628_9D96_54FB_49F6),
        (0x804F_B61A_801B_DBCC, &[0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00], 0x7187_6F2E_FB1B_0EE8),
    ];

    #[test]
    fn the_vectors_of_the_dotnet_runtime_hold() {
        for &(seed, input, expected) in PUBLISHED {
            let (low, high) = halves(input, seed);
            assert_eq!((u64::from(high) << 32) | u64::from(low), expected);
            assert_eq!(hash(input, seed), low ^ high);
        }
    }
}
