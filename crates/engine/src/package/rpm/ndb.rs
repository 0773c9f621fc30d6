//! RPM's own form, `Packages.db`: slots that say where the headers are, all in blocks of 16 bytes.

use super::little;

const PAGE: usize = 4096;
const BLOCK: usize = 16;

/// Tells every header.
pub(super) fn headers(file: &[u8], tell: &mut dyn FnMut(&[u8])) {
    let slots = little(file, 12).unwrap_or_default().saturating_mul(PAGE).min(file.len());
    if !file.starts_with(b"RpmP") {
        return;
    }
    for slot in file.get(..slots).unwrap_or_default().chunks_exact(BLOCK).skip(2) {
        let place = slot.starts_with(b"Slot").then(|| little(slot, 8)).flatten();
        let blob = place.filter(|place| *place > 0).and_then(|place| blob(file, place, little(slot, 4)?));
        blob.into_iter().for_each(&mut *tell);
    }
}

/// The header in a blob, if it is that of the package.
fn blob(file: &[u8], place: usize, package: usize) -> Option<&[u8]> {
    let blob = file.get(place.checked_mul(BLOCK)?..)?;
    let same = blob.starts_with(b"BlbS") && little(blob, 4)? == package;
    let length = little(blob, 12)?;
    blob.get(BLOCK..BLOCK.checked_add(length)?).filter(|_| same)
}
