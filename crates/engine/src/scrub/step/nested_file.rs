//! A value in a compressed member of a file: the file goes, or nothing is written, by the user's choice.
//!
//! Where the bytes of the value stand in the file as they are and no checksum guards them (a tar in a layer, a SQLite
//! database), they are masked like those of any other file.

use tightlip_report::Surface;

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};
use crate::scrub::locate::Part;
use crate::scrub::request::Nested;

pub(super) static STEP: Step = Step {
    name: "nested-file",
    about: "takes away a file that holds a value in a compressed member (--nested drop)",
    work: Work::Layer(run),
};

const ZIP: &[u8] = b"PK\x03\x04";
const HELP: &str = "use --nested drop to take the whole file away, or rebuild the image without the value";

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    for spot in case.spots.iter().filter(|s| s.surface == Surface::File && s.member.is_some()) {
        let Some(part) = case.part(spot) else { continue };
        if is_plain(case, part, &spot.identity) {
            continue;
        }
        match case.nested {
            Nested::Drop => work.take_away(case, part, case.standing(part)),
            Nested::Refuse => {
                let why = "the value is in a compressed member, which cannot be masked in its place";
                work.refuse(case, Some(part), (why, HELP));
            }
        }
    }
}

/// Whether masking the body is enough. A second scan proves that it was.
fn is_plain(case: &LayerCase<'_>, part: &Part, identity: &str) -> bool {
    part.head != ZIP && case.hits(&part.bytes()).any(|hit| hit.identity == identity)
}
