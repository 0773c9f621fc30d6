//! Reads a JSON document as spans of its own text, so that it can be changed without being written anew.
//!
//! Unknown keys, keys that stand twice, their order and every blank stay as they are.

use std::ops::Range;

use serde::de::IgnoredAny;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where, in bytes of the document, quotes and brackets included.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Word,
    /// An array.
    Array(Vec<Node>),
    /// An object, with every member that it has.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where its name stands, quotes included.
    pub key: Range<usize>,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// Reads a document; none if it is not JSON.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        // Whoever comes here may rely on the syntax, and on a depth that the stack bears.
        serde_json::from_slice::<IgnoredAny>(bytes).ok()?;
        Reader { bytes, at: 0 }.value()
    }

    /// The text of a string, escapes undone.
    #[must_use]
    pub fn text(&self, bytes: &[u8]) -> Option<String> {
        (self.kind == Kind::Text).then(|| text(bytes, &self.span))?
    }

    /// The value of a member; of several with one name the last, as readers have it.
    #[must_use]
    pub fn get(&self, bytes: &[u8], name: &str) -> Option<&Self> {
        let same = |member: &&Member| member.name(bytes).as_deref() == Some(name);
        self.members().iter().rev().find(same).map(|member| &member.value)
    }

    /// The members of an object; none of anything else.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        if let Kind::Object(members) = &self.kind { members } else { &[] }
    }

    /// The items of an array; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Kind::Array(items) = &self.kind { items } else { &[] }
    }

    /// The spans to take out so that those of the parts go for which `gone` says so, with their commas.
    #[must_use]
    pub fn without(&self, gone: &dyn Fn(usize) -> bool) -> Vec<Range<usize>> {
        let parts: Vec<Range<usize>> = match &self.kind {
            Kind::Array(items) => items.iter().map(|item| item.span.clone()).collect(),
            Kind::Object(members) => members.iter().map(|m| m.key.start..m.value.span.end).collect(),
            _ => Vec::new(),
        };
        let mut spans = Vec::new();
        let mut kept: bool = false;
        for (index, part) in parts.iter().enumerate() {
            if !gone(index) {
                kept = true;
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| parts.get(before)).filter(|_| kept);
            spans.push(match (before, parts.get(index + 1)) {
                (Some(before), _) => before.end..part.end,
                (None, Some(next)) => part.start..next.start,
                (None, None) => part.clone(),
            });
        }
        spans
    }
}

impl Member {
    /// Its name, escapes undone.
    #[must_use]
    pub fn name(&self, bytes: &[u8]) -> Option<String> {
        text(bytes, &self.key)
    }
}

fn text(bytes: &[u8], span: &Range<usize>) -> Option<String> {
    serde_json::from_slice(bytes.get(span.clone())?).ok()
}

/// A text as a JSON string.
#[must_use]
pub fn quote(text: &str) -> Vec<u8> {
    serde_json::Value::from(text).to_string().into_bytes()
}

/// What stands in the place of spans.
#[derive(Clone, Debug, Default)]
pub struct Splices(Vec<(Range<usize>, Vec<u8>)>);

impl Splices {
    /// Puts something in the place of a span.
    pub fn put(&mut self, span: Range<usize>, bytes: Vec<u8>) {
        self.0.push((span, bytes));
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The document with all changes. Of spans that overlap the first counts.
    #[must_use]
    pub fn apply(mut self, bytes: &[u8]) -> Vec<u8> {
        self.0.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for (span, new) in self.0 {
            if span.start < at {
                continue;
            }
            out.extend_from_slice(bytes.get(at..span.start).unwrap_or_default());
            out.extend_from_slice(&new);
            at = span.end;
        }
        out.extend_from_slice(bytes.get(at..).unwrap_or_default());
        out
    }
}

/// Goes over a document that is known to be JSON.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn value(&mut self) -> Option<Node> {
        let first = self.peek()?;
        let start = self.at;
        let kind = match first {
            b'{' => Kind::Object(self.members()?),
            b'[' => Kind::Array(self.items()?),
            b'"' => {
                self.string()?;
                Kind::Text
            }
            first => {
                let rest = self.bytes.get(start..)?;
                let ends = |b: &u8| matches!(b, b',' | b']' | b'}') || b.is_ascii_whitespace();
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                if first == b'-' || first.is_ascii_digit() { Kind::Number } else { Kind::Word }
            }
        };
        Some(Node { span: start..self.at, kind })
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at)? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(start..self.at)
    }

    fn members(&mut self) -> Option<Vec<Member>> {
        self.at += 1;
        let mut members = Vec::new();
        loop {
            match self.peek()? {
                b'}' => break,
                b',' => self.at += 1,
                _ => {
                    let key = self.string()?;
                    // The colon.
                    self.peek()?;
                    self.at += 1;
                    members.push(Member { key, value: self.value()? });
                }
            }
        }
        self.at += 1;
        Some(members)
    }

    fn items(&mut self) -> Option<Vec<Node>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            match self.peek()? {
                b']' => break,
                b',' => self.at += 1,
                _ => items.push(self.value()?),
            }
        }
        self.at += 1;
        Some(items)
    }
}
