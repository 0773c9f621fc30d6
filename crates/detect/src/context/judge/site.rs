//! Where a name stands next to a value: `name = "value"`, `name: value`, `<name>value</name>`, `name="X" value="Y"`.

use crate::read::Part;

/// How the value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// In quotes.
    Quoted,
    /// Up to the end of the word or line.
    Bare,
    /// Between tags.
    Tagged,
}

/// What stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// `=`, `:=`, `=>`, `>`.
    Equals,
    /// `:`.
    Colon,
}

/// A name with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'b> {
    /// The whole name around the keyword.
    pub name: Part<'b>,
    /// What stands between name and value.
    pub sign: Sign,
    /// How the value is written.
    pub written: Written,
    /// The value without quotes.
    pub value: Part<'b>,
    /// Whether the name is a quoted one.
    pub quoted_name: Written,
}

/// Longer values are no passwords, and no tokens either.
const LONGEST: usize = 2048;

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

/// The name around an offset.
pub(crate) fn name_around(text: &[u8], at: usize) -> Part<'_> {
    let before = text.get(..at).unwrap_or_default();
    let left = before.iter().rev().take(80).take_while(|b| is_name(**b)).count();
    let right = text.get(at..).unwrap_or_default().iter().take(80).take_while(|b| is_name(**b)).count();
    Part::between(text, at - left..at + right).trim_of(|b| matches!(b, b'-' | b'.'))
}

/// The value that belongs to a name, if one does.
pub(crate) fn value_of<'b>(text: &'b [u8], name: Part<'b>) -> Option<Site<'b>> {
    let span = name.span();
    let before = span.start.checked_sub(1).and_then(|n| text.get(n)).copied().unwrap_or_default();
    let rest = Part::between(text, span.end..text.len().min(span.end + LONGEST));
    if before == b'<' {
        let value = rest.strip(">")?.while_(|b| b != b'<');
        let closed =
            rest.after(&value).strip("</").is_some_and(|end| end.first(name.len()).bytes() == name.bytes());
        return closed.then(|| Site {
            name,
            sign: Sign::Equals,
            written: Written::Tagged,
            value: value.trim(),
            quoted_name: Written::Bare,
        });
    }
    let close = rest.while_(|b| matches!(b, b'"' | b'\'' | b'\\' | b']' | b')' | b'`'));
    let quoted_name = if close.is_empty() { Written::Bare } else { Written::Quoted };
    let rest = rest.after(&close);
    if close.len() > 3 {
        return None;
    }
    if let Some(after) = rest.strip(">").filter(|_| quoted_name == Written::Quoted) {
        // `<property name="password">x</property>`
        let value = after.while_(|b| !matches!(b, b'<' | b'\n'));
        let closed = after.after(&value).strip("</").is_some();
        let value = value.trim();
        let (sign, written) = (Sign::Equals, Written::Tagged);
        return closed.then_some(Site { name, sign, written, value, quoted_name: Written::Bare });
    }
    let (sign, rest) = match sign(rest) {
        Some(found) => found,
        None => (Sign::Equals, beside(rest)?),
    };
    let (written, value) = value(rest)?;
    Some(Site { name, sign, written, value, quoted_name })
}

fn blank(part: Part<'_>) -> Part<'_> {
    part.after(&part.while_(|b| b == b' ' || b == b'\t'))
}

/// The sign and what follows it; comparisons and paths are none.
fn sign(rest: Part<'_>) -> Option<(Sign, Part<'_>)> {
    let rest = blank(rest);
    let (sign, n) = match rest.bytes() {
        [b'=', b'>', ..] | [b':', b'=', ..] => (Sign::Equals, 2),
        [b'=', b'=' | b'~', ..] | [b':', b':' | b'/', ..] => return None,
        [b'=', ..] => (Sign::Equals, 1),
        [b':', ..] => (Sign::Colon, 1),
        _ => return None,
    };
    let rest = blank(rest.skip(n));
    if sign == Sign::Colon {
        // `password: str = "…"`: a type stands between.
        let kind = rest.while_(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'[' | b']' | b'&' | b'\'' | b'<' | b'>')
        });
        let after = blank(rest.after(&kind));
        if let ([b'=', next, ..], false) = (after.bytes(), kind.is_empty())
            && !matches!(next, b'=' | b'>')
        {
            return Some((Sign::Equals, blank(after.skip(1))));
        }
    }
    Some((sign, rest))
}

/// `name="DB_PASSWORD" value="…"`, `{"name": "DB_PASSWORD", "value": "…"}`, `- name: DB_PASSWORD` above `value: …`.
fn beside(rest: Part<'_>) -> Option<Part<'_>> {
    if let Some(block) = blank(rest).strip("{") {
        return default_of(block);
    }
    let gap = rest.while_(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'"' | b'\'' | b'>'));
    if gap.is_empty() || gap.len() > 40 {
        return None;
    }
    let after = rest.after(&gap).strip("value")?;
    let after = after.skip(after.while_(|b| b == b'"' || b == b'\'').len());
    let (_, value) = sign(after)?;
    Some(value)
}

/// `variable "db_password" { default = "…" }`, as Terraform has it.
fn default_of(block: Part<'_>) -> Option<Part<'_>> {
    let inside = block.first(400).while_(|b| b != b'}');
    let (_, after) = inside.cut_at(b"default")?;
    let after = blank(blank(after).strip("=")?);
    matches!(after.bytes().first(), Some(b'"')).then_some(after)
}

fn value(rest: Part<'_>) -> Option<(Written, Part<'_>)> {
    // Marks of string literals: b"…", r"…", f"…", @"…".
    let literal = match rest.bytes() {
        [b'b' | b'r' | b'u' | b'B' | b'R' | b'U' | b'@' | b'L', b'"' | b'\'', ..] => rest.skip(1),
        [b'\\', b'"' | b'\'', ..] => return escaped(rest.skip(1)),
        _ => rest,
    };
    match literal.bytes() {
        [b'"', b'"', b'"', ..] => None,
        [quote @ (b'"' | b'\'' | b'`'), inside @ ..] => {
            let mut skip = false;
            let end = inside.iter().position(|b| {
                let ends = !skip && (b == quote || *b == b'\n');
                skip = *b == b'\\' && !skip;
                ends
            })?;
            (inside.get(end) == Some(quote)).then(|| (Written::Quoted, literal.skip(1).first(end)))
        }
        _ => {
            let line = rest.first(memchr::memchr2(b'\n', b'\r', rest.bytes()).unwrap_or(rest.len()));
            Some((Written::Bare, line.trim()))
        }
    }
}

/// A string inside a string: up to the next escaped quote.
fn escaped(rest: Part<'_>) -> Option<(Written, Part<'_>)> {
    let inside = rest.skip(1);
    let value = inside.while_(|b| !matches!(b, b'\\' | b'"' | b'\n'));
    inside.after(&value).strip("\\").map(|_| (Written::Quoted, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> Option<(String, Written)> {
        let at = text.to_ascii_lowercase().find("pass")?;
        let site = value_of(text.as_bytes(), name_around(text.as_bytes(), at))?;
        Some((String::from_utf8_lossy(site.value.bytes()).into_owned(), site.written))
    }

    #[test]
    fn every_writing_gives_the_value() {
        for (text, value, written) in [
            ("db.password = x y ", "x y", Written::Bare),
            ("\"password\": \"x\\\"y\",", "x\\\"y", Written::Quoted),
            ("<password> x </password>", "x", Written::Tagged),
            ("<add key=\"Password\" value=\"x\"/>", "x", Written::Quoted),
            ("<property name=\"a.password\">x</property>", "x", Written::Tagged),
            ("variable \"db_password\" {\n  type = string\n  default = \"x\"\n}", "x", Written::Quoted),
            ("- name: DB_PASSWORD\n  value: x\n", "x", Written::Bare),
            ("config['password'] = 'x'", "x", Written::Quoted),
            ("password: &str = \"x\"", "x", Written::Quoted),
            ("'password' => 'x'", "x", Written::Quoted),
            ("{\\\"password\\\":\\\"x\\\"}", "x", Written::Quoted),
        ] {
            assert_eq!(site(text), Some((value.to_owned(), written)), "{text}");
        }
    }

    #[test]
    fn comparisons_and_words_are_no_assignments() {
        for text in
            ["password == \"x\"", "the password is x", "pass::word", "<password>x</other>", "password"]
        {
            assert_eq!(site(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(text in "(pass|=|:|\"|'|\\\\|<|>|value| |\n|x){0,12}", at in 0..40_usize) {
            let at = at.min(text.len());
            let _ = value_of(text.as_bytes(), name_around(text.as_bytes(), at));
        }
    }
}
