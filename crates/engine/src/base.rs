//! Which layers of an image come from its base image. A label for people, never a reason to skip.

use tightlip_image::model::{Description, Image, Layer};

/// The number of lowest layers of `image` that are the layers of its base.
///
/// Known when the base was given (`--base`), or when the image names its base
/// (`org.opencontainers.image.base.digest`) and the same store holds it: then by the longest common run of diff_ids.
pub(crate) fn layers(image: &Image, own: &Description, given: Option<&Description>) -> usize {
    let beside = own.images.iter().filter(|other| names_as_base(image, other, own));
    let given = given.iter().flat_map(|base| &base.images);
    given
        .chain(beside)
        .filter(|base| base.platform == image.platform)
        .map(|base| common(image, base))
        .max()
        .unwrap_or(0)
}

fn names_as_base(image: &Image, other: &Image, own: &Description) -> bool {
    let digest = other.manifest.and_then(|index| own.documents.get(index)).and_then(|d| d.digest.as_ref());
    image.base.digest.is_some() && image.base.digest.as_ref() == digest
}

/// All layers of the base, if the image starts with them; a base that differs in one layer is not its base.
fn common(image: &Image, base: &Image) -> usize {
    let same = |(a, b): &(&Layer, &Layer)| {
        (a.diff_id.is_some() && a.diff_id == b.diff_id) || (a.digest.is_some() && a.digest == b.digest)
    };
    let run = image.layers.iter().zip(&base.layers).take_while(same).count();
    if run == base.layers.len() && run < image.layers.len() { run } else { 0 }
}
