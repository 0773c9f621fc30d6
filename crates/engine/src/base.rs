//! Which layers of an image come from its base image. A label for people, never a reason to skip.

use std::io::Read as _;

use tightlip_image::Digest;
use tightlip_image::model::{Description, Held, Image, ImageKind, Layer, LayerRole};
use tightlip_image::store::Store;

use crate::json::{self, Scalar};

/// A statement larger than this is not asked for the base image, in bytes.
pub(crate) const LARGEST_STATEMENT: u64 = 16 << 20;

/// Where an image and its base may be known from.
pub(crate) struct Known<'k> {
    /// What the target holds.
    pub(crate) own: &'k Description,
    /// The base that the user named.
    pub(crate) given: Option<&'k Description>,
    pub(crate) store: &'k dyn Store,
}

/// The number of lowest layers of `image` that are the layers of its base.
///
/// Known when the base was given (`--base`), or when the same store holds an image whose digest the annotation
/// `org.opencontainers.image.base.digest` or the materials of the image's provenance name: then by the layers that the
/// image starts with.
pub(crate) fn layers(image: &Image, known: &Known<'_>) -> usize {
    let mut named = materials(image, known);
    named.extend(image.base.digest.clone());
    let is_named = |other: &&Image| digest(other, known.own).is_some_and(|digest| named.contains(digest));
    let beside = known.own.images.iter().filter(is_named);
    let given = known.given.iter().flat_map(|base| &base.images);
    given
        .chain(beside)
        .filter(|base| base.platform == image.platform)
        .map(|base| common(image, base))
        .max()
        .unwrap_or(0)
}

fn digest<'d>(image: &Image, own: &'d Description) -> Option<&'d Digest> {
    image.manifest.and_then(|index| own.documents.get(index)).and_then(|document| document.digest.as_ref())
}

/// The digests that the image's provenance lists as what it was made of.
///
/// Source: SLSA provenance v0.2 `materials`, v1 `buildDefinition.resolvedDependencies`.
fn materials(image: &Image, known: &Known<'_>) -> Vec<Digest> {
    let own = digest(image, known.own);
    let about = |other: &&Image| match &other.kind {
        ImageKind::Attestation { subject } => subject.is_some() && subject.as_ref() == own,
        _ => false,
    };
    let layers = known.own.images.iter().filter(about).flat_map(|attestation| &attestation.layers);
    let statements = layers.filter(|layer| layer.role == LayerRole::Statement);
    statements.filter_map(|layer| bytes(layer, known.store)).flat_map(|bytes| digests(&bytes)).collect()
}

fn bytes(layer: &Layer, store: &dyn Store) -> Option<Vec<u8>> {
    match &layer.held {
        Held::Embedded(bytes) => Some(bytes.clone()),
        Held::Stored if layer.size.is_some_and(|size| size <= LARGEST_STATEMENT) => {
            let mut bytes = Vec::new();
            store.open(&layer.blob).ok()?.take(LARGEST_STATEMENT).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        }
        _ => None,
    }
}

pub(crate) fn digests(statement: &[u8]) -> Vec<Digest> {
    let mut found = Vec::new();
    // What stands before a fault counts; the fault is a gap where the statement is read.
    let _ = json::walk(statement, &mut |path, scalar, text| {
        let listed = path.iter().any(|step| step == "materials" || step == "resolvedDependencies");
        let sum = path.last().filter(|step| matches!(step.as_str(), "sha256" | "sha512"));
        if let (Scalar::Text, true, Some(algorithm)) = (scalar, listed, sum) {
            found.extend(Digest::parse(&format!("{algorithm}:{text}")).ok());
        }
    });
    found
}

/// All layers of the base, if the image starts with them; a base that differs in one layer is not its base.
fn common(image: &Image, base: &Image) -> usize {
    let same = |(a, b): &(&Layer, &Layer)| {
        (a.diff_id.is_some() && a.diff_id == b.diff_id) || (a.digest.is_some() && a.digest == b.digest)
    };
    let run = image.layers.iter().zip(&base.layers).take_while(same).count();
    if run == base.layers.len() && run < image.layers.len() { run } else { 0 }
}
