//! Edits: replace stretches of the source, leave every other byte as it was.

use crate::Span;

/// Replace the bytes of `span` by `replacement`. An empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Edit {
    /// An edit that replaces `span`.
    #[must_use]
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self { span, replacement: replacement.into() }
    }

    /// An edit that inserts before the byte at `offset`.
    #[must_use]
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::new(offset, offset), text)
    }

    /// An edit that removes `span`.
    #[must_use]
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Why edits cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Two edits touch the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(usize),
    /// An edit reaches past the end, or cuts a character in two.
    #[error("an edit does not fit the text at byte {0}")]
    Misplaced(usize),
}

/// Applies all edits at once; their spans are those of the text before. Insertions at one place keep their order.
///
/// # Errors
///
/// When edits overlap or do not fit `source`; nothing is changed then.
pub fn apply(source: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut result = String::with_capacity(source.len());
    let mut at = 0;
    for edit in order {
        let Span { start, end } = edit.span;
        if start < at {
            return Err(EditError::Overlap(start));
        }
        result.push_str(source.get(at..start).ok_or(EditError::Misplaced(start))?);
        source.get(start..end).ok_or(EditError::Misplaced(start))?;
        result.push_str(&edit.replacement);
        at = end;
    }
    result.push_str(source.get(at..).ok_or(EditError::Misplaced(at))?);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_together() {
        let edits =
            [Edit::remove(Span::new(4, 6)), Edit::insert(0, "<"), Edit::replace(Span::new(2, 3), "xyz")];
        assert_eq!(apply("abcdefg", &edits).unwrap(), "<abxyzdg");
    }

    #[test]
    fn edits_that_overlap_or_do_not_fit_are_refused() {
        let two = [Edit::remove(Span::new(0, 3)), Edit::remove(Span::new(2, 4))];
        assert_eq!(apply("abcdef", &two), Err(EditError::Overlap(2)));
        assert_eq!(apply("é", &[Edit::insert(1, "x")]), Err(EditError::Misplaced(1)));
        assert_eq!(apply("a", &[Edit::remove(Span::new(0, 9))]), Err(EditError::Misplaced(0)));
    }
}
