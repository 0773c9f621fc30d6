//! JSON as a tree, with the comments and trailing commas that development containers allow.

use tightlip_dockerfile::{Span, Text};

use super::{Child, DEPTH, Kind, Layout, Scalar, Style, Tree};
use crate::{Fault, Problem};

/// Reads JSON. What stands before a mistake is kept, and the mistake is a problem.
pub(crate) fn json(source: &str) -> Tree {
    let mut reader = Reader { source, at: 0, depth: 0, tree: Tree::default() };
    reader.blank();
    match reader.value() {
        Ok(root) => {
            reader.blank();
            if reader.at < source.len() {
                reader.tree.problems.push(reader.mistake("text after the end"));
            }
            reader.tree.roots.push(root);
        }
        Err(problem) => reader.tree.problems.push(problem),
    }
    reader.tree
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
    tree: Tree,
}

type Read<T> = Result<T, Problem>;

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn mistake(&self, what: &str) -> Problem {
        Problem { fault: Fault::Syntax(what.to_owned()), span: Span::new(self.at, self.at) }
    }

    /// Skips white space and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let skip = match rest {
                text if text.starts_with("//") => text.find('\n').unwrap_or(text.len()),
                text if text.starts_with("/*") => text.find("*/").map_or(text.len(), |end| end + 2),
                text => {
                    let white = |c: char| c.is_whitespace() || c == '\u{feff}';
                    text.len() - text.trim_start_matches(white).len()
                }
            };
            if skip == 0 {
                return;
            }
            self.at += skip;
        }
    }

    fn value(&mut self) -> Read<usize> {
        let start = self.at;
        match self.rest().chars().next() {
            Some(open @ ('{' | '[')) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(Problem { fault: Fault::TooDeep, span: Span::new(start, start) });
                }
                let kind = if open == '{' { self.table() } else { self.list() };
                self.depth -= 1;
                Ok(self.tree.push(Span::new(start, self.at), kind))
            }
            Some('"') => {
                let text = self.string()?;
                let scalar = Scalar { text, style: Style::Double, holes: None };
                Ok(self.tree.push(Span::new(start, self.at), Kind::Scalar(scalar)))
            }
            _ => self.word(),
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Read<usize> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or("");
        if text.is_empty() {
            return Err(self.mistake("a value is missing"));
        }
        let kind = match text {
            "null" => Kind::Null,
            _ => {
                let text = Text::verbatim(text, self.at);
                Kind::Scalar(Scalar { text, style: Style::Plain, holes: None })
            }
        };
        let span = Span::new(self.at, self.at + end);
        self.at += end;
        Ok(self.tree.push(span, kind))
    }

    fn string(&mut self) -> Read<Text> {
        let start = self.at;
        let mut text = Text::empty(start + 1);
        self.at += 1;
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\', '\n']).unwrap_or(rest.len());
            text.push(rest.get(..plain).unwrap_or(""), Span::new(self.at, self.at + plain));
            let next = rest.get(plain..).and_then(|rest| rest.chars().next());
            let after = self.at + plain;
            match next {
                Some('"') => {
                    self.at = after + 1;
                    return Ok(text);
                }
                Some('\\') => {
                    let (meaning, length) = unescape(self.source.get(after..).unwrap_or(""));
                    text.push(meaning.encode_utf8(&mut [0; 4]), Span::new(after, after + length));
                    self.at = after + length;
                }
                _ => {
                    self.at = after;
                    return Err(self.mistake("a string without its end"));
                }
            }
        }
    }

    fn table(&mut self) -> Kind {
        let mut rows = Vec::new();
        self.at += 1;
        let result = self.entries('}', |reader| {
            if !reader.rest().starts_with('"') {
                return Err(reader.mistake("a key must be a string"));
            }
            let key = reader.value()?;
            reader.blank();
            if !reader.rest().starts_with(':') {
                return Err(reader.mistake("a colon is missing"));
            }
            reader.at += 1;
            reader.blank();
            let value = reader.child()?;
            rows.push((key, value));
            Ok(())
        });
        self.note(result);
        Kind::Table { rows, layout: Layout::Flow }
    }

    fn list(&mut self) -> Kind {
        let mut items = Vec::new();
        self.at += 1;
        let result = self.entries(']', |reader| {
            let item = reader.child()?;
            items.push(item);
            Ok(())
        });
        self.note(result);
        Kind::List { items, layout: Layout::Flow }
    }

    fn child(&mut self) -> Read<Child> {
        let node = self.value()?;
        let stands = self.tree.nodes.get(node).map_or(Span::default(), |node| node.span);
        Ok(Child { node, stands })
    }

    /// A mistake inside ends everything around it too.
    fn note(&mut self, result: Read<()>) {
        if let Err(problem) = result {
            if self.tree.problems.is_empty() {
                self.tree.problems.push(problem);
            }
            self.at = self.source.len();
        }
    }

    fn entries(&mut self, close: char, mut one: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        loop {
            self.blank();
            if self.rest().starts_with(close) {
                self.at += 1;
                return Ok(());
            }
            one(self)?;
            self.blank();
            if self.rest().starts_with(',') {
                self.at += 1;
            } else if !self.rest().starts_with(close) {
                return Err(self.mistake("a comma or a bracket is missing"));
            }
        }
    }
}

/// What an escape means and how long it is.
fn unescape(rest: &str) -> (char, usize) {
    let Some(kind) = rest.chars().nth(1) else { return ('\\', rest.len().max(1)) };
    let simple = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return unicode(rest),
        other => other,
    };
    (simple, 1 + kind.len_utf8())
}

fn unicode(rest: &str) -> (char, usize) {
    let unit = |text: Option<&str>| text.and_then(|text| u32::from_str_radix(text, 16).ok());
    let Some(first) = unit(rest.get(2..6)) else { return ('u', 2) };
    if let Some(character) = char::from_u32(first) {
        return (character, 6);
    }
    // A pair of surrogates is one character.
    let second = if rest.get(6..8) == Some("\\u") { unit(rest.get(8..12)) } else { None };
    let pair = second.filter(|second| (0xdc00..0xe000).contains(second) && first < 0xdc00);
    let code = pair.map(|second| 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
    match code.and_then(char::from_u32) {
        Some(character) => (character, 12),
        None => (char::REPLACEMENT_CHARACTER, 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_know_their_bytes() {
        let source = "{ // c\n \"a\": [1, \"x\\\"\\u00e9\\ud83d\\ude00 y\", null,], /* */ \"b\": {}, }";
        let tree = json(source);
        assert_eq!(tree.problems, []);
        let root = tree.root().unwrap();
        let text = root.get("a").unwrap().items()[1].text().unwrap().clone();
        assert_eq!(text.as_str(), "x\"é😀 y");
        assert_eq!(&source[text.locate(1..2).range()], "\\\"");
        assert_eq!(&source[text.locate(text.len() - 1..text.len()).range()], "y");
        assert!(root.get("b").unwrap().is_table());
    }

    #[test]
    fn mistakes_are_problems() {
        for text in ["{", "[1", "{\"a\" 1}", "\"a", "{} x", "", "{\"a\":}"] {
            assert_eq!(json(text).problems.len(), 1, "{text}");
        }
        assert_eq!(json(&"[".repeat(9999)).problems[0].fault, Fault::TooDeep);
        assert_eq!(json("{\"a\": 1, \"b\"}").root().unwrap().get("a").unwrap().as_str(), Some("1"));
    }
}
