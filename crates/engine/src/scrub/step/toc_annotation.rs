//! Annotations that describe the bytes of a layer which is no longer the same: tables of contents of eStargz and
//! zstd:chunked.
//!
//! Sources: stargz-snapshotter `docs/estargz.md`; containers/storage `pkg/chunked`.

use super::{Step, Work};
use crate::surface::{Leaf, Paper};

pub(super) static STEP: Step = Step {
    name: "toc-annotation",
    about: "drops annotations that describe the old bytes of a layer that changes",
    work: Work::Member(claims),
};

const STARTS: &[&str] = &[
    "containerd.io/snapshot/stargz/",
    "io.containers.estargz.",
    "io.github.containers.zstd-chunked.",
    "io.containers.zstd-chunked.",
];

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Manifest
        && leaf.step(0) == "layers"
        && leaf.path.iter().rev().nth(1).is_some_and(|step| step == "annotations")
        && STARTS.iter().any(|start| leaf.key().starts_with(start))
}
