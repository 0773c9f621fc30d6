//! What the readers of foreign packs share: the tree of a document, its fields, and the dialects of expressions.

pub(crate) mod dialect;
mod fields;
mod remarks;
mod toml;
mod tree;
mod yaml;

pub(crate) use fields::Fields;
pub(crate) use remarks::Remarks;
pub use remarks::{PackErrors, Remark};
pub(crate) use toml::toml;
pub(crate) use tree::{Node, Value, line_at};
pub(crate) use yaml::yaml;

use crate::condition::Side;
use crate::entry::Entry;
use crate::expression::parse;
use crate::required;

/// Says why a rule of another scanner matters, which its file does not.
pub(crate) const WHY: &str = "A rule of your own rule pack says that this is a secret.";

/// Puts the keywords of a foreign rule where they mean what they mean there: one of them is somewhere in the file.
pub(crate) fn put_keywords(entry: &mut Entry, keywords: Vec<String>) {
    let held =
        entry.regex.as_deref().and_then(|regex| parse(regex).ok()).and_then(|hir| required::words(&hir));
    let lower: Vec<String> = keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
    match held {
        None => {
            // Without any, the rule is refused for it when it is read.
            entry.throughout = (!lower.is_empty()).then_some(true);
            entry.keywords = lower;
        }
        Some(_) if lower.is_empty() => {}
        Some(words) if words.iter().all(|word| lower.iter().any(|keyword| word.contains(keyword))) => {}
        Some(_) => entry.somewhere = lower,
    }
}

/// A distance as these packs write it: `2L`, `+8C`, `5L,100C`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Within {
    /// The line itself is counted.
    pub(crate) lines: Option<usize>,
    pub(crate) characters: Option<usize>,
    pub(crate) side: Option<Side>,
}

/// Reads a distance; nothing and `0` are none.
///
/// # Errors
/// What is no distance.
pub(crate) fn within(text: &str) -> Result<Within, String> {
    let mut within = Within::default();
    let limits = text.split(',').map(str::trim).filter(|limit| !matches!(*limit, "" | "0"));
    for (number, limit) in limits.enumerate() {
        let (side, amount) = match limit.strip_prefix('+') {
            Some(amount) => (Some(Side::After), amount),
            None => limit.strip_prefix('-').map_or((None, limit), |amount| (Some(Side::Before), amount)),
        };
        let of = |unit: char| amount.strip_suffix(unit).and_then(|amount| amount.parse::<usize>().ok());
        match (of('L'), of('C')) {
            _ if number > 0 && side != within.side => {
                return Err(format!(
                    "`within: {text}` is not supported: its parts have different directions"
                ));
            }
            (Some(lines), _) => within.lines = Some(lines),
            (_, Some(characters)) => within.characters = Some(characters),
            _ => {
                return Err(format!(
                    "`within: {limit}` is not supported: only distances such as 2L, +8C are"
                ));
            }
        }
        within.side = side;
    }
    Ok(within)
}

/// A text as an example template that expands to it.
pub(crate) fn as_template(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    // In front of a template this asks for any case.
    if text.starts_with("i:") { format!(" {text}") } else { text }
}
