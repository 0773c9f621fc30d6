//! `key = value` line by line: INI, properties, env files, git configuration.

use super::Part;

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'b> {
    /// The key, trimmed, without `export`.
    pub key: Part<'b>,
    /// The value, trimmed, without its quotes.
    pub value: Part<'b>,
}

/// Every pair of a text, section names and comments left out.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    pairs_of(Part::of(text))
}

/// The same of a part of a text.
pub(crate) fn pairs_of(part: Part<'_>) -> impl Iterator<Item = Pair<'_>> {
    part.lines().filter_map(|line| {
        let line = line.trim();
        // A section's name, or a comment.
        if matches!(line.bytes().first(), Some(b'[' | b'#' | b';' | b'!')) {
            return None;
        }
        let (key, value) = line.cut(|b| b == b'=')?;
        let key = key.strip("export ").unwrap_or(key).trim().unquote();
        (!key.is_empty()).then(|| Pair { key, value: value_of(value) })
    })
}

/// The value after the sign: quoted up to the closing quote, else up to a comment.
fn value_of(rest: Part<'_>) -> Part<'_> {
    let rest = rest.trim();
    if let [quote @ (b'"' | b'\''), inside @ ..] = rest.bytes() {
        let mut escaped = false;
        let close = inside.iter().position(|b| {
            let closes = b == quote && !escaped;
            escaped = *b == b'\\' && !escaped;
            closes
        });
        return close.map_or(rest.skip(1), |n| rest.skip(1).first(n));
    }
    rest.cut_at(b" #").map_or(rest, |(value, _)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_comments_quotes_and_export_are_understood() {
        let text = b"# no = no\n[a b]\nexport K = 'v # w' # c\r\n x=y # z\n; c=d\nq=\"a\\\"b\"";
        let seen: Vec<_> = pairs(text).map(|p| (p.key.bytes(), p.value.bytes())).collect();
        assert_eq!(seen, [(&b"K"[..], &b"v # w"[..]), (b"x", b"y"), (b"q", b"a\\\"b")]);
    }
}
