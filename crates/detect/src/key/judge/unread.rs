//! What has the form of a private key and is none that is known here: told, so that it is not passed over in silence.

use tightlip_report::{Confidence, Level};

use super::{Extent, armor::Armor};
use crate::context::judge::value::entropy;
use crate::{Found, Rule};

/// The rule of all of them.
pub(crate) static RULE: Rule = Rule::new(
    "unread-private-key",
    "Private key that does not parse",
    "It has the form of a private key: damaged, of a kind that is not known here, or an example.",
)
.source("https://www.rfc-editor.org/rfc/rfc7468")
.at(Level::Warn, Confidence::Low);

/// Bits a byte from which a hundred bytes are no text: random ones have 6.2 and more, texts 4.5.
const RANDOM: f64 = 5.5;

/// Fewer bytes than this are a stub in a text: a line of an example.
const STUB: usize = 96;

/// A whole block with a body. A body of few kinds of bytes is a text or a blank, and no key of any kind.
pub(crate) fn told<'b>(armor: &Armor<'b>) -> Option<Found<'b>> {
    let whole = armor.extent == Extent::Whole && armor.body.len() >= STUB;
    let label = String::from_utf8_lossy(armor.label).into_owned();
    whole.then(|| {
        let shape = format!("{} of {} bytes that does not parse", label, armor.body.len());
        let found = Found::here(&RULE, armor.block, shape).decoded(armor.body.clone(), &["pem"]);
        let random = entropy(&armor.body) >= RANDOM;
        if random { found } else { found.at(Level::Note, Confidence::Low) }
    })
}
