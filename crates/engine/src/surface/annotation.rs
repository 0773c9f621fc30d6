//! Annotations at all four levels: manifest, manifest descriptor, index, index descriptor; those of layers too.
//!
//! `docker inspect` does not show them. Source: OCI image-spec `annotations.md`.

use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, Paper, as_named, as_text};

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::Annotation, claims, read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Manifest && leaf.path.iter().any(|step| step == "annotations")
}

/// How the annotations of an encrypted layer begin: `….keys.jwe`, `….keys.pgp`, `….keys.pkcs7`, `….keys.provider.NAME`,
/// `….pubopts`. What they hold is sealed for its recipient. Source: OCI encryption, `containers/ocicrypt`.
const SEALED: &str = "org.opencontainers.image.enc.";

fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    match leaf.key() {
        // The name speaks of keys; the value opens nothing without the recipient's own. What is no sealed key is seen.
        key if key.starts_with(SEALED) => as_text(leaf, give),
        key => as_named(key, leaf, give),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Scalar;
    use tightlip_detect::Hint;

    #[test]
    fn the_wrapped_keys_of_an_encrypted_layer_are_no_values_of_a_name() {
        let named = |key: &str| {
            let path = ["layers", "0", "annotations", key].map(str::to_owned);
            let leaf = Leaf { paper: Paper::Manifest, path: &path, scalar: Scalar::Text, text: "e30=" };
            let mut hints = Vec::new();
            read(&leaf, &mut |piece| hints.push(matches!(piece.hint, Hint::Named(_))));
            hints
        };
        for kind in ["keys.jwe", "keys.pgp", "keys.pkcs7", "keys.provider.kms", "pubopts"] {
            assert_eq!(named(&format!("org.opencontainers.image.enc.{kind}")), [false], "{kind}");
        }
        assert_eq!(named("org.example.keys.jwe"), [true, false]);
    }
}
