//! The texts of an XML document between a tag and its end.

use super::Part;

/// A text with the name of the tag around it.
pub(crate) struct Leaf<'b> {
    /// The name, without a name space.
    pub tag: Part<'b>,
    /// What stands in the tag after its name.
    pub attributes: Part<'b>,
    /// The text, trimmed; empty for a tag without one.
    pub value: Part<'b>,
}

/// Every tag with the text that follows it; comments are left out.
pub(crate) fn leaves(text: &[u8]) -> impl Iterator<Item = Leaf<'_>> {
    let mut rest = Part::of(text);
    std::iter::from_fn(move || {
        loop {
            let (_, open) = rest.cut(|b| b == b'<')?;
            if let Some(comment) = open.strip("!--") {
                rest = comment.cut_at(b"-->").map_or(comment.skip(comment.len()), |(_, after)| after);
                continue;
            }
            let (tag, after) = open.cut(|b| b == b'>')?;
            rest = after;
            if !matches!(tag.bytes().first(), Some(b) if b.is_ascii_alphabetic() || *b == b'_') {
                continue;
            }
            let name = tag.while_(|b| !b.is_ascii_whitespace() && b != b'/');
            let value = after.while_(|b| b != b'<').trim();
            let local = name.cut(|b| b == b':').map_or(name, |(_, local)| local);
            return Some(Leaf { tag: local, attributes: tag.after(&name), value });
        }
    })
}

/// The value of an attribute.
pub(crate) fn attribute<'b>(attributes: Part<'b>, wanted: &str) -> Option<Part<'b>> {
    let mut rest = attributes;
    while let Some((name, after)) = rest.cut(|b| b == b'=') {
        let after = after.trim();
        let quote = *after.bytes().first().filter(|b| matches!(b, b'"' | b'\''))?;
        let (value, next) = after.skip(1).cut(|b| b == quote)?;
        if name.trim().is(wanted) {
            return Some(value);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_tags() {
        let text = b"<?xml?><a x='1' key=\"k\"><!-- <b>no</b> --><n:b> v </n:b></a><c";
        let seen: Vec<_> = leaves(text).map(|l| (l.tag.bytes(), l.value.bytes())).collect();
        assert_eq!(seen, [(&b"a"[..], &b""[..]), (b"b", b"v")]);
        let a = leaves(text).next().unwrap();
        assert_eq!(attribute(a.attributes, "key").unwrap().bytes(), b"k");
    }
}
