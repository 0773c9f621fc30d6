//! Scripts that stand in the XML of a build server: `<command>export TOKEN=…</command>` of Jenkins, `script.content` of TeamCity.

use crate::read::Part;

/// How far before a name its script may begin, in bytes.
const BEFORE: usize = 8 << 10;
/// What a script stands in.
const OPENINGS: &[&str] =
    &["<command>", "<script>", "name=\"script.content\">", "name=\"script.content\"><![CDATA["];

/// The word that a script gives a name: up to a blank, or in quotes that are written as XML has them.
pub(crate) fn value<'b>(text: &[u8], start: usize, value: Part<'b>) -> Option<Part<'b>> {
    is_in_script(text, start).then_some(())?;
    let quoted = ["&quot;", "&apos;"].iter().find_map(|quote| {
        value.strip(quote).map(|inside| inside.cut_at(quote.as_bytes()).map(|(text, _)| text))
    });
    let word = || {
        value.while_(|b| {
            !b.is_ascii_whitespace() && !matches!(b, b'<' | b'&' | b';' | b'|' | b'"' | b'\'' | b'`')
        })
    };
    quoted.unwrap_or_else(|| Some(word()))
}

/// Whether a word begins here, and the last element before it is one of a script.
fn is_in_script(text: &[u8], start: usize) -> bool {
    let before = text.get(start.saturating_sub(BEFORE)..start).unwrap_or_default();
    let begins = before.last().is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'['));
    // Of an element, and of what is taken as it is written within it.
    let opens = memchr::memrchr(b'<', before).is_some_and(|open| {
        let mark = before.get(open..).unwrap_or_default();
        let length = if mark.starts_with(b"<![CDATA[") {
            "<![CDATA[".len()
        } else {
            mark.iter().position(|b| *b == b'>').map_or(0, |end| end + 1)
        };
        let head = before.get(..open + length).unwrap_or_default();
        OPENINGS.iter().any(|opening| head.ends_with(opening.as_bytes()))
    });
    begins && opens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        let at = text.find("TOKEN=").unwrap();
        let value = value(text.as_bytes(), at, Part::between(text.as_bytes(), at + 6..text.len()))?;
        Some(String::from_utf8_lossy(value.bytes()).into_owned())
    }

    #[test]
    fn a_word_of_a_script_ends_where_the_shell_ends_it() {
        for (text, expected) in [
            ("<command>set -e\nexport TOKEN=abc/d+e\nmake</command>", "abc/d+e"),
            ("<command>TOKEN=abc make</command>", "abc"),
            ("<command>docker run -e TOKEN=&quot;a b&quot; x</command>", "a b"),
            ("<param name=\"script.content\"><![CDATA[TOKEN=abc; make]]></param>", "abc"),
        ] {
            assert_eq!(told(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["<description>TOKEN=abc</description>", "<command>x</command><b>TOKEN=abc</b>", "TOKEN=abc"]
        {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
