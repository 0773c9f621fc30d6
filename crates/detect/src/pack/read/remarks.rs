//! What there is to say about a pack: every mistake at once, like a compiler.

use std::fmt;

/// Something about a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// The name of the file.
    pub file: String,
    /// The line, from 1; 0 where that is not known.
    pub line: usize,
    /// The rule, if it is about one.
    pub rule: Option<String>,
    /// What there is to say.
    pub what: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if let Some(rule) = &self.rule {
            write!(f, ": rule `{rule}`")?;
        }
        // The parser of expressions draws over several lines.
        write!(f, ": {}", self.what.trim_end().replace('\n', "\n    "))
    }
}

/// Rule packs that cannot be used: everything that is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("cannot use the rules:{}", .0.iter().map(|remark| format!("\n  {remark}")).collect::<String>())]
pub struct PackErrors(pub Vec<Remark>);

/// Takes down what readers have to say.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    /// The file that is being read; empty: the pack itself.
    pub(crate) file: String,
    rule: Option<String>,
    pub(crate) errors: Vec<Remark>,
    pub(crate) notes: Vec<Remark>,
}

impl Remarks {
    /// From now on it is about this rule.
    pub(crate) fn enter(&mut self, rule: Option<String>) {
        self.rule = rule;
    }

    pub(crate) fn error(&mut self, line: usize, what: impl Into<String>) {
        let remark = self.remark(line, what.into());
        self.errors.push(remark);
    }

    pub(crate) fn note(&mut self, line: usize, what: impl Into<String>) {
        let remark = self.remark(line, what.into());
        self.notes.push(remark);
    }

    fn remark(&self, line: usize, what: String) -> Remark {
        Remark { file: self.file.clone(), line, rule: self.rule.clone(), what }
    }
}
