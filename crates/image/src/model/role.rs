//! How to read a layer: by its bytes first, by its media type second.

use std::io::{Cursor, Read};

use serde::{Deserialize, Serialize};

use super::LayerRole;
use crate::store::{BlobId, Packing, Store};
use crate::tar::is_header;

/// How to read a blob that no manifest describes, by its bytes alone.
#[must_use]
pub fn role_of(store: &dyn Store, blob: &BlobId) -> LayerRole {
    by_bytes(store, blob, "")
}

/// How to read a blob of which the first bytes are known, as many as there may be of them.
#[must_use]
pub fn role_by(head: Head, media_type: &str) -> LayerRole {
    of_head(&head.stand_in(), media_type)
}

/// What the first bytes of a blob are, as far as its role depends on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Head {
    /// The first header of a tar archive.
    Tar,
    /// The beginning of a JSON object.
    Object,
    /// A compressed tar archive.
    PackedTar,
    /// Anything else.
    Other,
}

impl Head {
    /// By the first bytes: 512 tell most, and more of them what is compressed in large blocks.
    #[must_use]
    pub fn of(first: &[u8]) -> Self {
        match first {
            first if is_header(first) => Self::Tar,
            first if is_object(first) => Self::Object,
            first if is_packed_tar(first) => Self::PackedTar,
            _ => Self::Other,
        }
    }

    /// Bytes that are read as what these were, where these are not kept.
    #[must_use]
    pub fn stand_in(self) -> Vec<u8> {
        let mut header = tar::Header::new_ustar();
        header.set_size(0);
        header.set_cksum();
        match self {
            Self::Tar => header.as_bytes().to_vec(),
            Self::Object => b"{}".to_vec(),
            Self::PackedTar => zstd::encode_all(&header.as_bytes()[..], 1).unwrap_or_default(),
            Self::Other => b"?".to_vec(),
        }
    }
}

/// Whether a media type says that only a key opens it.
pub(super) fn is_encrypted(media_type: &str) -> bool {
    media_type.contains("+encrypted")
}

/// Whether a media type says that the layer lies elsewhere.
pub(super) fn is_foreign(media_type: &str) -> bool {
    media_type.contains("nondistributable") || media_type.contains(".foreign.")
}

/// Whether a media type says tar.
pub(super) fn is_layer_type(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.oci.image.layer.")
        || media_type.starts_with("application/vnd.docker.image.rootfs.")
        || media_type.split(['.', '+', '/', '-', ';']).any(|word| word == "tar")
}

/// Whether a media type says in-toto.
pub(super) fn is_statement_type(media_type: &str) -> bool {
    media_type.contains("in-toto")
}

/// How to read a blob of the store.
pub(super) fn by_bytes(store: &dyn Store, blob: &BlobId, media_type: &str) -> LayerRole {
    let head = store.head(blob).unwrap_or_default();
    let role = of_head(&head, media_type);
    let unsure = matches!(&role, LayerRole::Opaque(_)) && Packing::of_head(&head) != Packing::None;
    if unsure && peek(store, blob).is_some_and(|head| is_header(&head)) { LayerRole::Tar } else { role }
}

/// How to read what starts with these bytes.
pub(super) fn of_head(head: &[u8], media_type: &str) -> LayerRole {
    if is_header(head) {
        LayerRole::Tar
    } else if is_object(head) {
        LayerRole::Statement
    } else if is_layer_type(media_type) || (media_type.is_empty() && is_packed_tar(head)) {
        LayerRole::Tar
    } else if media_type.contains("json") || is_statement_type(media_type) {
        if is_packed_tar(head) { LayerRole::Tar } else { LayerRole::Statement }
    } else if is_packed_tar(head) {
        LayerRole::Tar
    } else {
        LayerRole::Opaque(media_type.to_owned())
    }
}

/// Whether the bytes start as a JSON object does; a brace alone starts many other things.
fn is_object(head: &[u8]) -> bool {
    let mut ink = head.iter().filter(|b| !b.is_ascii_whitespace());
    ink.next() == Some(&b'{') && matches!(ink.next(), Some(b'"' | b'}'))
}

fn is_packed_tar(head: &[u8]) -> bool {
    let packing = Packing::of_head(head);
    packing != Packing::None && is_header(&first_block(packing, Cursor::new(head.to_vec())))
}

/// The first bytes inside a compressed blob.
fn peek(store: &dyn Store, blob: &BlobId) -> Option<Vec<u8>> {
    let packing = Packing::of_head(&store.head(blob)?);
    Some(first_block(packing, store.open(blob).ok()?))
}

/// As many bytes of the first block as can be unpacked.
fn first_block(packing: Packing, packed: impl Read + Send) -> Vec<u8> {
    let mut block = Vec::new();
    if let Ok(stream) = packing.unpack(packed) {
        let _ = stream.take(512).read_to_end(&mut block);
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_believed_where_bytes_say_nothing() {
        let role = |media_type: &str| of_head(&[], media_type);
        assert_eq!(role("application/vnd.oci.image.layer.v1.tar+zstd"), LayerRole::Tar);
        assert_eq!(role("application/vnd.docker.image.rootfs.diff.tar.gzip"), LayerRole::Tar);
        assert_eq!(role("application/vnd.cncf.helm.chart.content.v1.tar+gzip"), LayerRole::Tar);
        assert_eq!(role("application/vnd.in-toto+json"), LayerRole::Statement);
        assert_eq!(role("text/plain"), LayerRole::Opaque("text/plain".into()));
    }

    #[test]
    fn a_stand_in_is_read_as_what_it_stands_for() {
        let media_types =
            ["", "application/json", "text/plain", "application/vnd.oci.image.layer.v1.tar+gzip"];
        let mut header = tar::Header::new_gnu();
        header.set_path("a").unwrap();
        header.set_size(0);
        header.set_cksum();
        let packed = zstd::encode_all(&header.as_bytes()[..], 1).unwrap();
        for first in [&header.as_bytes()[..], b"{\"a\": 1}", &packed, b"text", b""] {
            for media_type in media_types {
                assert_eq!(role_by(Head::of(first), media_type), of_head(first, media_type), "{media_type}");
            }
        }
    }

    #[test]
    fn bytes_are_believed_over_media_types() {
        let mut header = tar::Header::new_gnu();
        header.set_path("{\"a").unwrap();
        header.set_size(0);
        header.set_cksum();
        assert_eq!(of_head(header.as_bytes(), "application/json"), LayerRole::Tar);
        assert_eq!(
            of_head(b" {\n \"a\": 1}", "application/vnd.oci.image.layer.v1.tar"),
            LayerRole::Statement
        );
        assert_eq!(of_head(b"{{ template }}", "text/plain"), LayerRole::Opaque("text/plain".into()));
        let packed = zstd::encode_all(&header.as_bytes()[..], 1).unwrap();
        assert_eq!(of_head(&packed, "application/json"), LayerRole::Tar);
    }
}
