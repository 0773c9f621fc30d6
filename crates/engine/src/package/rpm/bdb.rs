//! Berkeley DB, `Packages`: a hash whose values lie on pages of their own. A header is always too long for its bucket.

/// Bytes before the entries of a page.
const HEAD: usize = 26;
const MAGIC: u32 = 0x0006_1561;
/// Kinds of pages.
const HASH: [u8; 2] = [2, 13];
const OVERFLOW: u8 = 7;
/// An entry that says where its value is.
const ELSEWHERE: u8 = 3;

struct Pages<'f> {
    file: &'f [u8],
    size: usize,
    /// Whether numbers begin with their low byte.
    low_first: bool,
}

/// Tells every header.
pub(super) fn headers(file: &[u8], tell: &mut dyn FnMut(&[u8])) {
    let Some(pages) = Pages::of(file) else { return };
    // Values may share pages in a hostile file: together they are no longer than it.
    let mut left = file.len();
    for page in
        file.chunks_exact(pages.size).filter(|page| page.get(25).is_some_and(|kind| HASH.contains(kind)))
    {
        let count = pages.short(page, 20).unwrap_or_default();
        // Keys and values take turns.
        for entry in (0..count).skip(1).step_by(2) {
            if let Some(value) = pages.value(page, entry, left) {
                left = left.saturating_sub(value.len());
                tell(&value);
            }
        }
    }
}

impl<'f> Pages<'f> {
    fn of(file: &'f [u8]) -> Option<Self> {
        let magic = file.get(12..)?.first_chunk()?;
        let low_first = match (u32::from_le_bytes(*magic), u32::from_be_bytes(*magic)) {
            (MAGIC, _) => true,
            (_, MAGIC) => false,
            _ => return None,
        };
        let pages = Self { file, size: 0, low_first };
        let size = pages.long(file, 20)?;
        (size.is_power_of_two() && (512..=1 << 16).contains(&size)).then_some(Self { size, ..pages })
    }

    fn long(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = bytes.get(at..)?.first_chunk()?;
        let number = if self.low_first { u32::from_le_bytes(*bytes) } else { u32::from_be_bytes(*bytes) };
        usize::try_from(number).ok()
    }

    fn short(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = bytes.get(at..)?.first_chunk()?;
        Some(if self.low_first { u16::from_le_bytes(*bytes) } else { u16::from_be_bytes(*bytes) }.into())
    }

    /// The value of an entry that lies on other pages, put together.
    fn value(&self, page: &[u8], entry: usize, most: usize) -> Option<Vec<u8>> {
        let at = self.short(page, HEAD.checked_add(entry.checked_mul(2)?)?)?;
        if page.get(at) != Some(&ELSEWHERE) {
            return None;
        }
        let (mut next, length) = (self.long(page, at.checked_add(4)?)?, self.long(page, at.checked_add(8)?)?);
        let mut value = Vec::new();
        while next != 0 && value.len() < length.min(most) {
            let start = next.checked_mul(self.size)?;
            let page = self.file.get(start..start.checked_add(self.size)?)?;
            let part = page.get(HEAD..HEAD.checked_add(self.short(page, 22)?)?)?;
            if page.get(25) != Some(&OVERFLOW) || part.is_empty() {
                return None;
            }
            value.extend_from_slice(part);
            next = self.long(page, 16)?;
        }
        (value.len() == length).then_some(value)
    }
}
