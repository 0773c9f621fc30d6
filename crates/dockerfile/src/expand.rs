//! Expands the variables of a word the way the builder does.

use std::collections::BTreeSet;

use crate::glob;
use crate::parts::{Empty, Operator, Part, Times, Variable, WordError};

/// A value that may come from outside of the Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Value {
    /// The text; `None` when the Dockerfile does not say: a build argument without a default, the base image.
    pub text: Option<String>,
    /// The `ARG` names that it was made from.
    pub taint: BTreeSet<String>,
}

impl Value {
    /// A value that stands in the Dockerfile.
    #[must_use]
    pub fn known(text: impl Into<String>) -> Value {
        Value { text: Some(text.into()), taint: BTreeSet::new() }
    }

    /// A value that comes from outside.
    #[must_use]
    pub fn outside() -> Value {
        Value::default()
    }

    /// The same, made from the build argument `name` too.
    #[must_use]
    pub fn tainted(mut self, name: &str) -> Value {
        self.taint.insert(name.to_owned());
        self
    }

    fn append(&mut self, other: Value) {
        self.text = match (self.text.take(), other.text) {
            (Some(mut text), Some(more)) => {
                text.push_str(&more);
                Some(text)
            }
            _ => None,
        };
        self.taint.extend(other.taint);
    }

    fn map(self, change: impl FnOnce(&str) -> Option<String>) -> Result<Value, ExpandError> {
        let text = match self.text {
            Some(text) => Some(change(&text).ok_or(ExpandError::BadPattern)?),
            None => None,
        };
        Ok(Value { text, taint: self.taint })
    }
}

/// Why a word cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// The word itself is malformed.
    #[error(transparent)]
    Word(#[from] WordError),
    /// `${X?}` of a variable that is not set.
    #[error("variable {0} must be set")]
    Required(String),
    /// An escape in a pattern that protects nothing.
    #[error("bad pattern in a substitution")]
    BadPattern,
}

/// Expanded values longer than this count as unknown: `ENV A=$A$A` doubles with every line.
const LONGEST: usize = 8 * 1024;

/// Expands parts. `lookup` gives the value of a variable, or `None` when it is not set (not set expands to nothing).
///
/// # Errors
///
/// When the builder would stop: a required variable that is not set, or a bad pattern.
pub fn expand(parts: &[Part], lookup: &dyn Fn(&str) -> Option<Value>) -> Result<Value, ExpandError> {
    let mut whole = Value::known("");
    for part in parts {
        match part {
            Part::Text(text) => whole.append(Value::known(text.as_str())),
            Part::Variable(variable) => {
                whole.append(substitute(variable, lookup)?);
                if whole.text.as_ref().is_some_and(|text| text.len() > LONGEST) {
                    whole.text = None;
                }
            }
        }
    }
    Ok(whole)
}

fn substitute(variable: &Variable, lookup: &dyn Fn(&str) -> Option<Value>) -> Result<Value, ExpandError> {
    let value = lookup(&variable.name);
    match &variable.operator {
        Operator::Plain => Ok(value.unwrap_or_else(|| Value::known(""))),
        Operator::Default(empty, word) => default(value, *empty, expand(word, lookup)?),
        Operator::Alternative(empty, word) => Ok(alternative(value.as_ref(), *empty, expand(word, lookup)?)),
        Operator::Required(empty, _) => match value {
            Some(value) if !is_unset(&value, *empty) => Ok(value),
            _ => Err(ExpandError::Required(variable.name.clone())),
        },
        Operator::TrimPrefix(reach, word) => with_pattern(value, expand(word, lookup)?, |value, pattern| {
            glob::trim_prefix(value, pattern, *reach)
        }),
        Operator::TrimSuffix(reach, word) => with_pattern(value, expand(word, lookup)?, |value, pattern| {
            glob::trim_suffix(value, pattern, *reach)
        }),
        Operator::Replace(times, pattern, replacement) => {
            let replacement = expand(replacement, lookup)?;
            replace(value, expand(pattern, lookup)?, replacement, *times)
        }
    }
}

/// Whether a set value counts as unset.
fn is_unset(value: &Value, empty: Empty) -> bool {
    empty == Empty::IsUnset && value.text.as_deref() == Some("")
}

fn default(value: Option<Value>, empty: Empty, word: Value) -> Result<Value, ExpandError> {
    Ok(match value {
        None => word,
        Some(value) if is_unset(&value, empty) => word,
        Some(mut value) => {
            // A value from outside may turn out to be empty; then it is the word.
            if value.text.is_none() {
                value.taint.extend(word.taint);
            }
            value
        }
    })
}

fn alternative(value: Option<&Value>, empty: Empty, word: Value) -> Value {
    match value {
        None => Value::known(""),
        Some(value) if is_unset(value, empty) => Value::known(""),
        Some(Value { text: None, .. }) => Value { text: None, taint: word.taint },
        Some(_) => word,
    }
}

fn with_pattern(
    value: Option<Value>,
    pattern: Value,
    change: impl FnOnce(&str, &str) -> Option<String>,
) -> Result<Value, ExpandError> {
    let value = value.unwrap_or_else(|| Value::known(""));
    match pattern.text {
        Some(pattern) => value.map(|text| change(text, &pattern)),
        None => Ok(Value { text: None, taint: value.taint }),
    }
}

fn replace(
    value: Option<Value>,
    pattern: Value,
    replacement: Value,
    times: Times,
) -> Result<Value, ExpandError> {
    let mut value = value.unwrap_or_else(|| Value::known(""));
    value.taint.extend(replacement.taint);
    match (pattern.text, replacement.text) {
        (Some(pattern), Some(replacement)) => {
            value.map(|text| glob::replace(text, (&pattern, &replacement), times))
        }
        _ => Ok(Value { text: None, taint: value.taint }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::{Quotes, parts};

    fn expanded(word: &str) -> Result<Value, ExpandError> {
        let parts = parts(word, '\\', Quotes::Remove)?;
        expand(&parts, &|name| match name {
            "A" => Some(Value::known("a/b.c")),
            "E" => Some(Value::known("")),
            "T" => Some(Value::outside().tainted("T")),
            _ => None,
        })
    }

    #[test]
    fn every_operator_does_what_the_builder_does() {
        for (word, text) in [
            ("$A ${A}", "a/b.c a/b.c"),
            ("${U:-d}${U-d}${E:-d}${E-d}", "ddd"),
            ("${A:+x}${A+x}${E:+x}${E+x}${U+x}", "xxx"),
            ("${A#*/}${A%.*}${A##*.}${A%%/*}", "b.ca/bca"),
            ("${A/b/x}${A//?/x}", "a/x.cxxxxx"),
            (r"${A//\//-}", "a-b.c"),
            ("'$A'\"$A\"", "$Aa/b.c"),
            (r#""\$A" \$A "\x""#, r"$A $A \x"),
            ("${U:-${A}}", "a/b.c"),
            ("${A:?no}", "a/b.c"),
            ("$U", ""),
        ] {
            assert_eq!(expanded(word).unwrap().text.as_deref(), Some(text), "{word}");
        }
        assert_eq!(expanded("${E:?no}"), Err(ExpandError::Required("E".to_owned())));
    }

    #[test]
    fn what_comes_from_outside_leaves_its_name() {
        for word in ["x${T}y", "${T:-d}", "${T#x}", "${A:-${T}}${T}", "\"$T\""] {
            let value = expanded(word).unwrap();
            assert!(value.text.is_none() && value.taint.contains("T"), "{word}");
        }
        assert!(expanded("${T:+yes}").unwrap().taint.is_empty());
        assert!(expanded("'$T'").unwrap().taint.is_empty());
    }
}
