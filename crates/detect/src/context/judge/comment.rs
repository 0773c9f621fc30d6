//! Is this place in a comment, of a line or of markup?

use super::reading::line_before;
use crate::read::stamp::without_stamp;
use crate::{Hint, Text};

/// Whether the place is in a comment: of a line, or of XML.
pub(crate) fn is_comment(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(4096)..at).unwrap_or_default();
    let begin = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let line = before.get(begin..).unwrap_or_default().trim_ascii_start();
    let (mark, after) = line.split_first().unwrap_or((&b' ', &[]));
    match mark {
        b'#' if is_attribute(after) => is_in_markup_comment(before),
        b'#' | b';' if !after.starts_with(b"define") => true,
        b'/' if after.first() == Some(&b'/') => {
            after.get(1).is_none_or(|b| matches!(b, b' ' | b'/' | b'!' | b'\t'))
                || is_in_markup_comment(before)
        }
        _ => is_in_markup_comment(before),
    }
}

/// `[\SensitiveParameter] private $x`, `[serde(default)] x`: what PHP and Rust say of the thing behind it.
fn is_attribute(after: &[u8]) -> bool {
    let Some((_, behind)) = after.strip_prefix(b"[").and_then(|rest| {
        let close = memchr::memchr(b']', rest)?;
        rest.split_at_checked(close)
    }) else {
        return false;
    };
    let named = after.get(1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'\\');
    named && behind.starts_with(b"] ") && behind.get(2).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'$')
}

/// The same; on a mainframe all lines of a job begin with two slashes, and comments have a star behind. In BuildKit's log a
/// step begins its lines: `#8 4.326 `. In Clojure a semicolon begins a comment, and nothing else.
pub(crate) fn is_in_comment(text: &Text<'_>, at: usize) -> bool {
    if text.hint.file_name().to_ascii_lowercase().ends_with(b".jcl") {
        return line_before(text.bytes, at).starts_with(b"//*");
    }
    let line = line_before(text.bytes, at);
    // `#"https://…" {:username "x"`: Clojure writes expressions so, and sets.
    let name = text.hint.file_name();
    let clojure = [&b".clj"[..], b".cljs", b".cljc", b".edn"].iter().any(|end| name.ends_with(end));
    if clojure && line.trim_ascii_start().starts_with(b"#") {
        return false;
    }
    let step = line.strip_prefix(b"#").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit));
    if step && matches!(text.hint, Hint::Text) {
        return false;
    }
    // In a file the seconds have to tell it from a comment that begins with a number.
    let said = without_stamp(line);
    if step && said.len() < line.len() {
        return matches!(said.trim_ascii_start().first(), Some(b'#' | b';'));
    }
    is_comment(text.bytes, at)
}

/// Whether `<!--` stands before the place, and no `-->` behind it.
pub(crate) fn is_in_markup_comment(before: &[u8]) -> bool {
    // Of its bytes the one that is rare in programs and markup: a search for all four backwards is slow.
    let mut marks = memchr::memrchr_iter(b'!', before);
    let open = marks.find(|mark| {
        mark.checked_sub(1)
            .and_then(|start| before.get(start..))
            .is_some_and(|rest| rest.starts_with(b"<!--"))
    });
    let inside = open.and_then(|open| before.get(open..)).unwrap_or_default();
    open.is_some() && memchr::memmem::find(inside, b"-->").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_step_is_none() {
        for (line, comment) in [
            ("#8 0.412   x = ", false),
            ("#14 10.1 x=", false),
            ("#8 0.412 # x = ", true),
            ("#8 x = ", true),
            ("# 8 0.412 x = ", true),
            ("#8 years 0.412 x = ", true),
        ] {
            let (bytes, hint) = (line.as_bytes(), Hint::File(b"build.log"));
            let text = Text { bytes, hint, binary: false, at: &[] };
            assert_eq!(is_in_comment(&text, line.len()), comment, "{line}");
        }
    }

    #[test]
    fn an_attribute_is_no_comment() {
        for (line, comment) in [
            ("# x = ", true),
            ("#[section]", true),
            ("#[section] # ", true),
            ("#[\\SensitiveParameter] private string $x = ", false),
            ("#[serde(default)] pub x: ", false),
            ("// x = ", true),
            ("x = ", false),
        ] {
            assert_eq!(is_comment(line.as_bytes(), line.len()), comment, "{line}");
        }
    }
}
