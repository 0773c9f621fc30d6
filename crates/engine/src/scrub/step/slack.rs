//! A value in bytes of the tar stream that belong to no file: padding, and what follows the end of the archive.

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};
use crate::scrub::locate::Part;

pub(super) static STEP: Step = Step {
    name: "slack",
    about: "masks a value between and behind the files of a layer",
    work: Work::Layer(run),
};

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    let mut parts = case.located.parts.iter().peekable();
    for hit in &case.located.hits {
        while parts.peek().is_some_and(|part| part.bytes().end <= hit.range.start) {
            parts.next();
        }
        // A value may begin in padding and end in a header: what lies in entries is masked by others, twice is once.
        let inside = |part: &&Part| part.header <= hit.range.start && hit.range.end <= part.bytes().end;
        if !parts.peek().is_some_and(inside) {
            work.mask(hit.range.clone());
            work.note(case, None, "the value outside of files is masked, same length");
        }
    }
}
