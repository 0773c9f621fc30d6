//! The plain values of a YAML text with the keys above them, by indentation and in flow mappings.

mod flow;

use super::Part;
use flow::Flow;

/// A value and the keys that lead to it.
pub(crate) struct Leaf<'a, 'b> {
    /// The keys, outermost first.
    pub path: &'a [Part<'b>],
    /// The value, without quotes; of a block, all its lines with their indentation.
    pub value: Part<'b>,
}

impl Leaf<'_, '_> {
    /// The key next to the value.
    pub(crate) fn key(&self) -> &[u8] {
        self.path.last().map(Part::bytes).unwrap_or_default()
    }

    /// Whether a key stands above the value.
    pub(crate) fn under(&self, key: &str) -> bool {
        self.path.iter().rev().skip(1).any(|p| p.is(key))
    }
}

/// Calls with every value in order of place. A document marker starts afresh.
pub(crate) fn leaves<'b>(text: Part<'b>, see: &mut dyn FnMut(&Leaf<'_, 'b>)) {
    let mut indents: Vec<usize> = Vec::new();
    let mut path: Vec<Part<'b>> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((indent, key, value)) = entry(line) else { continue };
        while indents.last().is_some_and(|i| *i >= indent) {
            indents.pop();
            path.pop();
        }
        let flow = flow_of(text, value);
        if !key.is_empty() {
            indents.push(indent);
            path.push(key);
        }
        if let Some(flow) = flow {
            for (inside, value) in flow.leaves {
                let path: Vec<_> = path.iter().copied().chain(inside).collect();
                see(&Leaf { path: &path, value });
            }
            while lines.next_if(|line| line.span().start < flow.end).is_some() {}
        } else if matches!(value.bytes().first(), Some(b'|' | b'>')) {
            let start = value.skip(value.len());
            let mut block = start;
            while let Some(next) = lines.next_if(|l| l.trim().is_empty() || depth(l) > indent) {
                block = start.through(&next);
            }
            see(&Leaf { path: &path, value: block.trim() });
        } else if !value.is_empty() && !key.is_empty() {
            see(&Leaf { path: &path, value });
        }
    }
}

/// The flow mapping that a value is, all of it.
fn flow_of<'b>(text: Part<'b>, value: Part<'b>) -> Option<Flow<'b>> {
    let from = Part::between(text.whole(), value.span().start..text.span().end);
    let flow = flow::mapping(from).filter(|_| !value.is_empty() && !b"'\"".contains(&value.byte_before()))?;
    let behind = Part::between(text.whole(), flow.end..text.span().end).while_(|b| b != b'\n').trim();
    (behind.is_empty() || behind.bytes().starts_with(b"#")).then_some(flow)
}

fn depth(line: &Part<'_>) -> usize {
    line.while_(|b| b == b' ' || b == b'\t').len()
}

/// The indentation, key and value of a line, dashes of lists counted as indentation; a flow mapping has no key of its own.
fn entry(line: Part<'_>) -> Option<(usize, Part<'_>, Part<'_>)> {
    let dashes = line.while_(|b| matches!(b, b' ' | b'\t' | b'-'));
    let rest = line.after(&dashes);
    // `- {kind: Secret, data: {…}}`, or a whole text in braces.
    if rest.bytes().starts_with(b"{") && !rest.bytes().starts_with(b"{{") {
        return Some((dashes.len(), rest.first(0), rest.trim()));
    }
    if matches!(rest.bytes().first(), None | Some(b'#')) {
        return None;
    }
    let colon = rest.bytes().windows(2).position(|w| w == b": ").or_else(|| {
        let n = rest.len().checked_sub(1)?;
        (rest.bytes().last() == Some(&b':')).then_some(n)
    })?;
    let value = rest.skip(colon + 1).trim();
    let value = if matches!(value.bytes().first(), Some(b'"' | b'\'')) {
        quoted(value)
    } else {
        value.cut_at(b" #").map_or(value, |(v, _)| v.trim())
    };
    Some((dashes.len(), rest.first(colon).trim().unquote(), value))
}

fn quoted(value: Part<'_>) -> Part<'_> {
    let quote = value.bytes().first().copied();
    let inside = value.skip(1);
    inside.cut(|b| Some(b) == quote).map_or(inside, |(v, _)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_gives_the_keys() {
        let text = b"users:\n- name: bob # b\n  user:\n    token: 'x y'\nlast: |\n  one\n\n  two\nend: z\n";
        let mut out = Vec::new();
        leaves(Part::of(text), &mut |leaf| {
            let path: Vec<_> = leaf.path.iter().map(|p| String::from_utf8_lossy(p.bytes())).collect();
            out.push(format!("{}={}", path.join("/"), String::from_utf8_lossy(leaf.value.bytes())));
        });
        assert_eq!(out, ["users/name=bob", "users/user/token=x y", "last=one\n\n  two", "end=z"]);
    }

    #[test]
    fn flow_mappings_are_entries_too() {
        let text = b"a: {b: c, d: {e: f}} # x\ng:\n- {h: i,\n   j: k}\n- h: '{l: m}'\nn: {{ .o }}\np: {SSHA}q: r\ns: t\n";
        let mut out = Vec::new();
        leaves(Part::of(text), &mut |leaf| {
            let path: Vec<_> = leaf.path.iter().map(|p| String::from_utf8_lossy(p.bytes())).collect();
            out.push(format!("{}={}", path.join("/"), String::from_utf8_lossy(leaf.value.bytes())));
        });
        let want = ["a/b=c", "a/d/e=f", "g/h=i", "g/j=k", "g/h={l: m}", "n={{ .o }}", "p={SSHA}q: r", "s=t"];
        assert_eq!(out, want);
    }
}
