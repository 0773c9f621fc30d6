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

use crate::entry::Entry;
use crate::expression::parse;
use crate::required;

/// Says why a rule of another scanner matters, which its file does not.
pub(crate) const WHY: &str = "A rule of your own rule pack says that this is a secret.";

/// Puts the keywords of a foreign rule where they mean what they mean there: one of them is somewhere in the file.
pub(crate) fn put_keywords(entry: &mut Entry, keywords: Vec<String>) -> Result<(), &'static str> {
    let held =
        entry.regex.as_deref().and_then(|regex| parse(regex).ok()).and_then(|hir| required::words(&hir));
    let lower: Vec<String> = keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
    match held {
        None => {
            entry.keywords = lower;
            if entry.keywords.is_empty() {
                // The rule is refused for it when it is read.
                return Ok(());
            }
            return Err("no word stands in every match: it is looked for around its keywords only");
        }
        Some(_) if lower.is_empty() => {}
        Some(words) if words.iter().all(|word| lower.iter().any(|keyword| word.contains(keyword))) => {}
        Some(_) => entry.somewhere = lower,
    }
    Ok(())
}

/// A text as an example template that expands to it.
pub(crate) fn as_template(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    // In front of a template this asks for any case.
    if text.starts_with("i:") { format!(" {text}") } else { text }
}
