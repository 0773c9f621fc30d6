//! YAML's flow mappings: `{user: ann, password: "…"}`, over several lines too.

use crate::read::Part;

/// Deeper than this nobody writes by hand.
const DEEPEST: usize = 64;

/// A mapping that was read.
pub(super) struct Flow<'b> {
    /// The keys that lead to each value, from the mapping on, and the value without quotes, in order of place.
    pub(super) leaves: Vec<(Vec<Part<'b>>, Part<'b>)>,
    /// Where it ends in the whole: behind its brace.
    pub(super) end: usize,
}

/// Reads the mapping with which a text begins.
///
/// None where it is none: a brace of a template (`{{ .Values.x }}`), a mark before a value (`{SSHA}…`), or one that never ends.
pub(super) fn mapping(text: Part<'_>) -> Option<Flow<'_>> {
    if !text.bytes().starts_with(b"{") || text.bytes().starts_with(b"{{") {
        return None;
    }
    let mut reader = Reader { path: Vec::new(), opened: Vec::new(), key: None, leaves: Vec::new() };
    let mut rest = text;
    while let Some(byte) = rest.bytes().first().copied() {
        rest = match byte {
            b'{' | b'[' if !rest.bytes().starts_with(b"{{") => reader.open(rest)?,
            b'}' | b']' => reader.close(rest),
            b'#' if rest.byte_before().is_ascii_whitespace() => rest.after(&rest.while_(|b| b != b'\n')),
            b',' => {
                reader.key = None;
                rest.skip(1)
            }
            blank if blank.is_ascii_whitespace() => rest.skip(1),
            b':' => rest.skip(1),
            _ => reader.scalar(rest),
        };
        if reader.opened.is_empty() {
            let end = rest.span().start;
            return (!reader.leaves.is_empty()).then_some(Flow { leaves: reader.leaves, end });
        }
    }
    None
}

struct Reader<'b> {
    path: Vec<Part<'b>>,
    /// For every bracket that is open, how many keys lead to it.
    opened: Vec<usize>,
    key: Option<Part<'b>>,
    leaves: Vec<(Vec<Part<'b>>, Part<'b>)>,
}

impl<'b> Reader<'b> {
    fn open(&mut self, rest: Part<'b>) -> Option<Part<'b>> {
        self.opened.push(self.path.len());
        self.path.extend(self.key.take());
        (self.opened.len() <= DEEPEST).then(|| rest.skip(1))
    }

    fn close(&mut self, rest: Part<'b>) -> Part<'b> {
        self.path.truncate(self.opened.pop().unwrap_or_default());
        self.key = None;
        rest.skip(1)
    }

    /// A key, or the value of the key before it.
    fn scalar(&mut self, rest: Part<'b>) -> Part<'b> {
        let (text, rest) = scalar(rest);
        let colon = rest.after(&rest.while_(|b| b == b' '));
        if self.key.is_none() && colon.bytes().starts_with(b":") {
            self.key = Some(text);
            return colon.skip(1);
        }
        if let Some(key) = self.key.take() {
            let path = self.path.iter().copied().chain([key]).collect();
            self.leaves.push((path, text));
        }
        rest
    }
}

/// A scalar without its quotes, and what follows it.
fn scalar(rest: Part<'_>) -> (Part<'_>, Part<'_>) {
    if let Some(quote @ (b'"' | b'\'')) = rest.bytes().first().copied() {
        let inside = rest.skip(1);
        let escaped = |at: usize| quote == b'"' && inside.byte_at(at.wrapping_sub(1)) == Some(b'\\');
        let end = memchr::memchr_iter(quote, inside.bytes()).find(|at| !escaped(*at));
        let text = inside.first(end.unwrap_or(inside.len()));
        return (text, inside.after(&text).skip(1));
    }
    let mut end = 0;
    let mut braces = 0_usize;
    while let Some(byte) = rest.byte_at(end) {
        let next = rest.byte_at(end + 1);
        match byte {
            // What a template puts here, and what a shell does.
            b'{' => braces += 1,
            b'}' if braces > 0 => braces -= 1,
            b',' | b'}' | b']' if braces == 0 => break,
            b'\n' => break,
            b':' if next.is_none_or(|next| next.is_ascii_whitespace() || b",}]".contains(&next)) => break,
            b' ' if next == Some(b'#') => break,
            _ => {}
        }
        end += 1;
    }
    let text = rest.first(end);
    (text.trim(), rest.after(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Vec<String>, usize)> {
        let flow = mapping(Part::of(text.as_bytes()))?;
        let text = |part: &Part<'_>| String::from_utf8_lossy(part.bytes()).into_owned();
        let leaf = |(path, value): &(Vec<Part<'_>>, Part<'_>)| {
            format!("{}={}", path.iter().map(text).collect::<Vec<_>>().join("/"), text(value))
        };
        Some((flow.leaves.iter().map(leaf).collect(), flow.end))
    }

    #[test]
    fn mappings_give_their_values() {
        let text =
            "{a: b, 'c': {\"d\": \"e, \\\"f\", g: http://h:1/i}, # no: thing\n j: [k, {l: m}], n: 'o'} p";
        let want = ["a=b", "c/d=e, \\\"f", "c/g=http://h:1/i", "j/l=m", "n=o"];
        assert_eq!(read(text), Some((want.map(str::to_owned).to_vec(), text.len() - 2)));
    }

    #[test]
    fn braces_of_others_are_none() {
        for text in ["{{ .Values.x }}", "{SSHA}abc", "{}", "{a: b", "x", "", "{ name }"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("{a: ${B}, c: {{ .d }}}").unwrap().0, ["a=${B}", "c={{ .d }}"]);
    }
}
