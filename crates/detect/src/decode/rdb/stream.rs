//! Streams: entries of names and values in listpacks, then who has read them.

use super::dump::{Dump, Values};
use super::lists::{self, Element};
use crate::decode::seam::Stop;

/// An entry has the names of the first one.
const SAME_NAMES: i64 = 2;

/// Reads a stream of any of its three forms.
pub(super) fn read(dump: &mut Dump<'_>, kind: u8) -> Result<Values, Stop> {
    let mut values = Values::new();
    for _ in 0..dump.length()? {
        dump.string()?;
        let packed = dump.string()?;
        let elements = lists::listpack(&packed).ok_or_else(|| Stop::damaged("a list that cannot be read"))?;
        entries(elements, &mut values);
    }
    dump.lengths(if kind == 15 { 3 } else { 8 })?;
    for _ in 0..dump.length()? {
        group(dump, kind)?;
    }
    Ok(values)
}

/// Of each entry its values with their names: after the numbers of all, the names of the first, and a zero.
fn entries(elements: Vec<Element>, values: &mut Values) {
    let mut elements = elements.into_iter();
    let number = |elements: &mut std::vec::IntoIter<Element>| match elements.next() {
        Some(Element::Number(number)) => Some(number),
        _ => None,
    };
    let _ = (number(&mut elements), number(&mut elements));
    let count = number(&mut elements).and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    let names: Vec<Vec<u8>> = elements.by_ref().take(count).map(Element::text).collect();
    elements.next();
    while let Some(flags) = number(&mut elements) {
        let _ = (elements.next(), elements.next());
        if flags & SAME_NAMES != 0 {
            let own = elements.by_ref().take(names.len()).map(Element::text);
            values.extend(names.iter().cloned().map(Some).zip(own));
        } else {
            let count = number(&mut elements).unwrap_or_default();
            for _ in 0..count {
                let Some((name, value)) = elements.next().zip(elements.next()) else { return };
                values.push((Some(name.text()), value.text()));
            }
        }
        // How many elements it had.
        elements.next();
    }
}

/// A group of readers: what they have read and not confirmed.
fn group(dump: &mut Dump<'_>, kind: u8) -> Result<(), Stop> {
    dump.string()?;
    dump.lengths(if kind == 15 { 2 } else { 3 })?;
    for _ in 0..dump.length()? {
        dump.skip(24)?;
        dump.length()?;
    }
    for _ in 0..dump.length()? {
        dump.string()?;
        dump.skip(if kind == 21 { 16 } else { 8 })?;
        for _ in 0..dump.length()? {
            dump.skip(16)?;
        }
    }
    Ok(())
}
