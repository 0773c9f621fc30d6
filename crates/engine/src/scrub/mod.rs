//! Takes leaks out of an image, changes nothing else, and proves it by a second scan.
//!
//! [`Scrub::plan`] scans the image, finds every place of the values that are to go, and says what would change.
//! [`Scrub::write`] rewrites the layers and documents that hold one, reads the result again with the same rules and the
//! exact values, compares it with the original, and only then puts it where it is wanted.

mod answer;
mod case;
mod change;
mod deliver;
mod draft;
mod exact;
mod fresh;
mod locate;
mod manifests;
mod next;
mod outline;
mod output;
mod pieces;
mod proof;
mod reach;
mod rebuild;
mod request;
mod standing;
mod step;
mod survey;
mod work;

pub use answer::{Advice, ScrubError};
pub use change::{Change, Goes, Layer, Map, Plan, Receipt, Refusal, Renewed, Secret};
pub use output::Output;
pub use request::{Nested, ScrubRequest, Select};
pub use work::Scrub;

/// Every step, for documentation: its name and what it does.
#[must_use]
pub fn steps() -> Vec<(&'static str, &'static str)> {
    step::STEPS.iter().map(|step| (step.name, step.about)).collect()
}
