//! Places in a text as the protocol counts them: lines from 0, and columns in UTF-16.

use lsp_types::{Position, Range};
use tightlip_engine::lint::Span;

/// Where a byte stands.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text.get(..offset).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default().encode_utf16().count();
    Position::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// Where a stretch stands.
pub(super) fn range(text: &str, span: Span) -> Range {
    Range::new(position(text, span.start), position(text, span.end))
}

/// Whether two ranges share a line.
pub(super) fn meet(one: Range, other: Range) -> bool {
    one.start.line <= other.end.line && other.start.line <= one.end.line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_utf_16() {
        let text = "a\nä😀b\r\nc";
        assert_eq!(position(text, text.find('b').unwrap()), Position::new(1, 3));
        assert_eq!(position(text, text.len()), Position::new(2, 1));
        assert_eq!(position(text, 999), Position::new(2, 1));
        assert_eq!(position(text, 3), Position::new(1, 0));
    }
}
