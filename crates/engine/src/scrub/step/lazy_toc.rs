//! The table of contents of a lazily pulled layer (eStargz) says at which byte of the old blob each file is. A layer
//! that changes becomes a plain one.
//!
//! Source: stargz-snapshotter `docs/estargz.md`.

use tightlip_image::rewrite::{Change, Edit};

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};

pub(super) static STEP: Step = Step {
    name: "lazy-toc",
    about: "drops the table of contents of a lazily pulled layer that changes",
    work: Work::Layer(run),
};

const TOC: &[&[u8]] = &[b"stargz.index.json", b".prefetch.landmark", b".no.prefetch.landmark"];

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    if work.edits.is_empty() && !work.repack {
        return;
    }
    let has_toc = case.located.parts.iter().any(|part| TOC.first().is_some_and(|toc| part.path == *toc));
    for part in case.located.parts.iter().filter(|part| has_toc && TOC.contains(&part.path.as_slice())) {
        work.edits.push(Edit { range: part.whole(), change: Change::Cut });
        work.note(case, Some(case.path(part)), "it describes the old blob: the layer is now an ordinary one");
    }
}
