//! AES-128 in its plainest mode, backwards: for files that hold their own key.

/// What blocks of 16 bytes were before each was encrypted by itself, without the padding that says its length (RFC 5652, 6.3).
pub(crate) fn decrypt(key: &[u8; 16], blocks: &[u8]) -> Option<Vec<u8>> {
    let tables = Tables::new();
    let rounds = tables.rounds(key);
    let (whole, rest) = blocks.as_chunks::<16>();
    let mut plain: Vec<u8> = whole.iter().flat_map(|block| tables.before(*block, &rounds)).collect();
    let padding = usize::from(*plain.last().filter(|_| rest.is_empty())?);
    let length = plain.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding))?;
    let padded = plain.iter().skip(length).all(|byte| usize::from(*byte) == padding);
    plain.truncate(length);
    padded.then_some(plain)
}

/// The substitution of bytes and its inverse (FIPS 197, 5.1.1).
struct Tables {
    forth: [u8; 256],
    back: [u8; 256],
}

type Block = [u8; 16];

impl Tables {
    fn new() -> Self {
        let (mut forth, mut back) = ([0; 256], [0; 256]);
        for byte in 0..=255_u8 {
            let inverse = (1..=255).find(|other| times(byte, *other) == 1).unwrap_or_default();
            let turned = (1..=4).fold(inverse, |sum, turn| sum ^ inverse.rotate_left(turn)) ^ 0x63;
            forth[usize::from(byte)] = turned;
            back[usize::from(turned)] = byte;
        }
        Self { forth, back }
    }

    /// The keys of the rounds (FIPS 197, 5.2).
    fn rounds(&self, key: &[u8; 16]) -> Vec<Block> {
        let mut rounds = vec![*key];
        let mut constant = 1;
        for _ in 0..10 {
            let last = rounds.last().copied().unwrap_or_default();
            let mut next = last;
            for (place, byte) in [13, 14, 15, 12].into_iter().enumerate() {
                next[place] ^= self.forth[usize::from(last[byte])];
            }
            next[0] ^= constant;
            for place in 4..16 {
                next[place] ^= next[place - 4];
            }
            constant = times(constant, 2);
            rounds.push(next);
        }
        rounds
    }

    /// The inverse cipher (FIPS 197, 5.3).
    fn before(&self, mut block: Block, rounds: &[Block]) -> Block {
        for (round, key) in rounds.iter().enumerate().rev() {
            if round + 1 < rounds.len() {
                block = self.unshifted(&block);
            }
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            if round > 0 && round + 1 < rounds.len() {
                block = unmixed(&block);
            }
        }
        block
    }

    /// Rows turned back and bytes substituted back.
    fn unshifted(&self, block: &Block) -> Block {
        std::array::from_fn(|place| {
            let (column, row) = (place / 4, place % 4);
            self.back[usize::from(block[(column + 4 - row) % 4 * 4 + row])]
        })
    }
}

/// Columns unmixed.
fn unmixed(block: &Block) -> Block {
    const BY: [u8; 4] = [14, 11, 13, 9];
    std::array::from_fn(|place| {
        let (column, row) = (place / 4 * 4, place % 4);
        (0..4).fold(0, |sum, other| sum ^ times(block[column + other], BY[(other + 4 - row) % 4]))
    })
}

/// The product of two bytes as polynomials.
fn times(mut one: u8, mut other: u8) -> u8 {
    let mut product = 0;
    while other > 0 {
        if other & 1 == 1 {
            product ^= one;
        }
        one = (one << 1) ^ if one & 0x80 == 0 { 0 } else { 0x1b };
        other >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_comes_out() {
        // FIPS 197, appendix C.1.
        let key = std::array::from_fn(|place| place as u8);
        let encrypted: Block =
            [0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30, 0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a];
        let tables = Tables::new();
        let plain: Block = std::array::from_fn(|place| (place * 0x11) as u8);
        assert_eq!(tables.before(encrypted, &tables.rounds(&key)), plain);
        assert_eq!(decrypt(&key, &encrypted), None, "no padding");
    }
}
