//! Values that stand nowhere else, from a seeded generator.

/// Splitmix64: small, seeded, good enough for test values.
#[derive(Clone, Debug)]
pub(crate) struct Generator(u64);

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x7469_6768_746c_6970)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A value to plant and to look for.
#[derive(Clone, Debug)]
pub struct Canary {
    text: String,
}

impl Canary {
    /// 24 letters and digits that depend on the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        let mut generator = Generator::new(seed);
        let pick = |_| char::from(ALPHABET[(generator.next() % ALPHABET.len() as u64) as usize]);
        Self { text: (0..24).map(pick).collect() }
    }

    /// A value of this exact text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// The value.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value as it might show up in an output: raw, base64, hex, URL-encoded.
    #[must_use]
    pub fn forms(&self) -> Vec<String> {
        let bytes = self.text.as_bytes();
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let url: String = bytes.iter().map(|b| format!("%{b:02X}")).collect();
        let reversed: String = self.text.chars().rev().collect();
        let mut forms = vec![self.text.clone(), hex.to_uppercase(), hex, url, reversed];
        forms.extend((0..3).map(|shift| base64_middle(bytes, shift)));
        forms
    }

    /// The forms that stand in an output. None is what the promise says.
    #[must_use]
    pub fn seen_in(&self, output: &str) -> Vec<String> {
        self.forms().into_iter().filter(|form| output.contains(form.as_str())).collect()
    }
}

/// The characters of base64 that do not depend on what stands around the value at this alignment.
fn base64_middle(bytes: &[u8], shift: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|b| (0..8).rev().map(move |i| (b >> i) & 1)).collect();
    let skip = (6 - (shift * 8) % 6) % 6;
    let digits =
        bits[skip..].chunks_exact(6).map(|six| six.iter().fold(0usize, |n, bit| n * 2 + usize::from(*bit)));
    digits.map(|d| char::from(ALPHABET[d])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_seen_in_its_encodings() {
        let canary = Canary::of("CanaryValue123");
        assert!(!canary.seen_in("x Q2FuYXJ5VmFsdWUxMjM= y").is_empty());
        assert!(!canary.seen_in("43616e61727956616c7565313233").is_empty());
        assert!(canary.seen_in("nothing here").is_empty());
    }
}
