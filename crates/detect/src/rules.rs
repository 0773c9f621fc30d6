//! The rule files that are part of the program, by name. A test compares this list with the folder.

/// Name and text of every file in `rules/`, sorted.
pub(crate) static RULE_FILES: &[(&str, &str)] = &[];
