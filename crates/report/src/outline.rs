//! What an image is made of, in outline: its layers as they lie upon each other, for a picture of it.

use serde::{Deserialize, Serialize};

use crate::{Introduced, LayerRef};

/// An image that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageOutline {
    /// The name it is stored under; places of findings name it too where a target holds several images.
    pub name: Option<String>,
    /// `os/architecture[/variant]`.
    pub platform: Option<String>,
    /// Its layers, lowest first.
    pub layers: Vec<LayerOutline>,
}

/// A layer of an image, and what made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerOutline {
    /// Which one.
    #[serde(flatten)]
    pub layer: LayerRef,
    /// How many bytes of it were read, as stored; none if it could not be had, which a gap says.
    pub bytes: Option<u64>,
    /// How many entries it has: files, directories, links, whiteouts.
    pub entries: Option<u64>,
    /// The instruction that made it, where that is known.
    pub introduced_by: Option<Introduced>,
}
