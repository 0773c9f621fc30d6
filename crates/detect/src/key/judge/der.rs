//! Just enough DER (X.690) to walk a key: definite lengths, one element after the other, never out of bounds.

use super::Extent;

/// INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// OCTET STRING.
pub(crate) const OCTETS: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub(crate) const OID: u8 = 0x06;
/// SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;

/// One element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'b> {
    /// Its tag.
    pub tag: u8,
    /// What it holds; less than it says where the input ends.
    pub body: &'b [u8],
    /// Whether all of it is there.
    pub extent: Extent,
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Der<'b>(pub(crate) &'b [u8]);

impl<'b> Der<'b> {
    /// The next element.
    pub(crate) fn element(&mut self) -> Option<Element<'b>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let n = usize::from(first & 0x7f);
                let digits = rest.get(..n)?;
                (digits.iter().fold(0_usize, |sum, d| (sum << 8) | usize::from(*d)), rest.get(n..)?)
            }
            _ => return None,
        };
        let extent = if length <= rest.len() { Extent::Whole } else { Extent::Cut };
        let (body, after) = rest.split_at(length.min(rest.len()));
        self.0 = after;
        Some(Element { tag, body, extent })
    }

    /// The next element if it has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<Element<'b>> {
        self.element().filter(|e| e.tag == tag)
    }

    /// The next element if it is whole and has this tag.
    pub(crate) fn whole(&mut self, tag: u8) -> Option<&'b [u8]> {
        self.expect(tag).filter(|e| e.extent == Extent::Whole).map(|e| e.body)
    }

    /// The next element if it is an INTEGER of at most one byte.
    pub(crate) fn small(&mut self) -> Option<u8> {
        match self.whole(INTEGER)? {
            [n] => Some(*n),
            _ => None,
        }
    }

    /// The next element if it is a positive INTEGER: how many bits it has.
    pub(crate) fn bits(&mut self) -> Option<usize> {
        bits(self.whole(INTEGER)?)
    }
}

/// How many bits a positive number in DER has; none for a negative or badly written one.
pub(crate) fn bits(number: &[u8]) -> Option<usize> {
    let digits = match number {
        [0, rest @ ..] if rest.first().is_some_and(|b| *b >= 0x80) => rest,
        [0, _, ..] | [0x80..=0xff, ..] => return None,
        digits => digits,
    };
    let first = digits.first()?;
    (digits.len() * 8).checked_sub(usize::try_from(first.leading_zeros()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_element_says_so() {
        let mut der = Der(&[0x30, 0x05, 1, 2]);
        let element = der.element().unwrap();
        assert_eq!((element.extent, element.body), (Extent::Cut, &[1, 2][..]));
        assert!(der.element().is_none());
    }

    #[test]
    fn bits_are_counted_without_the_sign() {
        assert_eq!(bits(&[0, 0x80]), Some(8));
        assert_eq!(bits(&[1, 0]), Some(9));
        assert_eq!(bits(&[0, 1]), None);
        assert_eq!(bits(&[0xff]), None);
        assert_eq!(bits(&[]), None);
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(bytes: Vec<u8>) {
            let mut der = Der(&bytes);
            while der.element().is_some() {}
        }
    }
}
