//! Rule packs that users bring, one file for each format they may be written in.
//!
//! Each reader puts what it reads into the form of our own rule files. What it cannot put there is an error that
//! names the rule; what makes no difference to a scan of an image is a note. Nothing is passed over in silence.

mod gitleaks;
mod kingfisher;
mod own;
pub(crate) mod read;

use crate::PackText;
use crate::entry::Entry;
use read::Remarks;

/// A format of rule packs.
pub struct Pack {
    /// Its name: `gitleaks`.
    pub name: &'static str,
    /// What it is, for a list.
    pub summary: &'static str,
    /// Whether a text looks like one.
    pub(crate) claims: fn(&str) -> bool,
    /// The file that a text builds on, as it names it.
    pub(crate) extends: fn(&str) -> Option<String>,
    /// Reads it.
    pub(crate) read: fn(&PackText, &mut Remarks) -> Contents,
}

/// What is in a pack.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) drafts: Vec<Draft>,
    /// Rules that it switches off, by line and name.
    pub(crate) off: Vec<(usize, String)>,
}

/// Every format.
pub static PACKS: &[&Pack] = &[&own::PACK, &gitleaks::PACK, &kingfisher::PACK];

/// A rule on its way from a pack into the rule set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// The file, and the line on which it starts, from 1; 0 where that is not known.
    pub(crate) place: (String, usize),
    pub(crate) provider: String,
    pub(crate) rotate: Option<String>,
    pub(crate) entry: Entry,
}

/// Whether a line of the text, with nothing around it, starts like this.
fn has_line(text: &str, starts: &[&str]) -> bool {
    text.lines().any(|line| starts.iter().any(|start| line.trim_start().starts_with(start)))
}

/// For the fuzz target and the tests.
pub mod fuzz {
    use super::{PACKS, read::Remarks};
    use crate::{PackText, extends};

    /// Reads any bytes in every format, whether it claims them or not, then as whoever gives them with `--rules`.
    pub fn pack(bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let base = Some(Box::new(PackText::new("base", &text)));
        let packs = [PackText { base, ..PackText::new("fuzz", &text) }];
        for pack in PACKS {
            let _ = ((pack.claims)(&text), extends(&packs[0]));
            let _ = (pack.read)(&packs[0], &mut Remarks::default());
        }
        let _ = crate::filter::Filter::parse(&packs[0].text, crate::filter::Names::default());
        let _ = (crate::packs::trial(&packs), crate::packs::import(&packs[0]));
    }
}
