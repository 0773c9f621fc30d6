//! The strings of a JSON text with the keys above them, tolerant of comments and of a text that ends too soon.

use std::borrow::Cow;

use super::Part;

/// Deeper than this, keys are no longer remembered and the rest of the text is left to the other finders.
const DEEPEST: usize = 128;

/// A string value and the keys that lead to it, outermost first; an item of a list has an empty key, where it begins.
pub(crate) struct Leaf<'a, 'b> {
    /// The keys.
    pub path: &'a [Part<'b>],
    /// The value as written between the quotes.
    pub value: Part<'b>,
}

impl Leaf<'_, '_> {
    /// Whether the last keys are these; `*` is any key.
    pub(crate) fn ends(&self, keys: &[&str]) -> bool {
        self.path.len() >= keys.len()
            && self.path.iter().rev().zip(keys.iter().rev()).all(|(p, k)| *k == "*" || p.is(k))
    }

    /// The key next to the value.
    pub(crate) fn key(&self) -> &[u8] {
        self.path.last().map(Part::bytes).unwrap_or_default()
    }
}

/// Calls with every string value in order of place.
pub(crate) fn leaves<'b>(text: &'b [u8], see: &mut dyn FnMut(&Leaf<'_, 'b>)) {
    let whole = Part::of(text);
    let mut path: Vec<Part<'b>> = Vec::new();
    let mut pending = whole.first(0);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let (string, end) = string(text, at);
                at = end;
                if next_is_colon(text, end) {
                    pending = string;
                    continue;
                }
                path.push(pending);
                see(&Leaf { path: &path, value: string });
                path.pop();
            }
            b'{' | b'[' if path.len() >= DEEPEST => return,
            b'{' | b'[' => {
                let key = std::mem::replace(&mut pending, whole.first(0));
                // Two items of a list are told from each other by their place.
                path.push(if key.is_empty() { Part::between(text, at..at) } else { key });
            }
            b'}' | b']' => drop(path.pop()),
            b',' => pending = whole.first(0),
            _ => {}
        }
    }
}

/// The string that starts at an offset, and the offset after its closing quote.
fn string(text: &[u8], start: usize) -> (Part<'_>, usize) {
    let mut at = start;
    while let Some(n) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += n;
        if text.get(at) == Some(&b'"') {
            return (Part::between(text, start..at), at + 1);
        }
        at += 2;
    }
    (Part::between(text, start..text.len()), text.len())
}

fn next_is_colon(text: &[u8], at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.iter().find(|b| !b.is_ascii_whitespace())) == Some(&b':')
}

/// What a string stands for: borrowed unless it has escapes.
pub(crate) fn unescape(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'\\') {
        return Cow::Borrowed(value);
    }
    let mut quoted = Vec::with_capacity(value.len() + 2);
    quoted.push(b'"');
    quoted.extend_from_slice(value);
    quoted.push(b'"');
    serde_json::from_slice::<String>(&quoted).map_or(Cow::Borrowed(value), |s| Cow::Owned(s.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        leaves(text.as_bytes(), &mut |leaf| {
            let path: Vec<_> =
                leaf.path.iter().map(|p| String::from_utf8_lossy(p.bytes()).into_owned()).collect();
            out.push(format!("{}={}", path.join("/"), String::from_utf8_lossy(leaf.value.bytes())));
        });
        out
    }

    #[test]
    fn every_string_knows_its_keys() {
        assert_eq!(
            seen(r#"{"a":{"b":"1","c":["2",{"d":"3"}]},"e" : "4\"x","n":5,"f":"6"}"#),
            ["/a/b=1", "/a/c/=2", "/a/c//d=3", "/e=4\\\"x", "/f=6"]
        );
    }

    #[test]
    fn a_cut_text_gives_what_is_there() {
        assert_eq!(seen(r#"{"a":{"b":"1","c":"half"#), ["/a/b=1", "/a/c=half"]);
        assert_eq!(seen(r#"}}]"x\"#), ["=x\\"]);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(&*unescape(br"a\u0026b\n"), b"a&b\n");
        assert_eq!(&*unescape(br"bad\x"), br"bad\x");
    }
}
