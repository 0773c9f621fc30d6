//! The text that a name stands for where a program hands the name on: `frase = "…"` above `Client(key, frase)`.

use crate::read::Part;

/// So much of a text is searched for where a name is given its text.
const LONGEST: usize = 256 << 10;
/// So many places of a name are looked at.
const MOST: usize = 32;

/// What stands before the name of something that the same class or module has, in lower case.
const OWNERS: &[&str] = &["self::", "static::", "this.", "this->", "self.", "cls.", "@@", "?"];

/// The text in quotes that the name is given somewhere in its text, if it is a plain name.
pub(crate) fn text_of(name: Part<'_>) -> Option<Part<'_>> {
    let whole = Part::of(name.whole());
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'@');
    let marked = matches!(name.bytes().first(), Some(b'$' | b'@'));
    let bare = if marked { name.skip(1) } else { name };
    // Of the class itself, `self::K` of PHP, `this.k`, and `?K`, a macro of Erlang.
    let bare = OWNERS.iter().find_map(|owner| bare.strip(owner)).unwrap_or(bare);
    let letter = bare.bytes().first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    if !letter || bare.len() > 64 || !bare.bytes().iter().all(plain) {
        return None;
    }
    let searched = whole.bytes().get(..whole.len().min(LONGEST)).unwrap_or_default();
    let places = memchr::memmem::find_iter(searched, bare.bytes()).take(MOST);
    places.filter_map(|at| given(whole, at..at + bare.len())).find(|value| !value.is_empty())
}

/// What a name is given at a place where it is declared or set.
fn given(whole: Part<'_>, name: std::ops::Range<usize>) -> Option<Part<'_>> {
    let start = memchr::memrchr(b'\n', whole.bytes().get(..name.start)?).map_or(0, |n| n + 1);
    let before = Part::between(whole.whole(), start..name.start);
    let line = whole.skip(name.end).first(2048).while_(|b| b != b'\n');
    let head = before.bytes();
    let types = |b: &u8| b.is_ascii_alphanumeric() || b" \t_*&$@<>[]:#-(".contains(b);
    let alone = head.last().is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-' | b':'));
    let opened = head.contains(&b'(') && head.trim_ascii() != b"-define(";
    if !alone || opened || !head.iter().all(types) {
        return None;
    }
    let word = |word: &[u8]| head.trim_ascii().to_ascii_lowercase().ends_with(word);
    let set = word(b"set") || word(b"#define");
    let rest = line.trim();
    let macro_of_erlang = head.trim_ascii() == b"-define(";
    let value = match assigned(rest) {
        Some(value) => value,
        None if macro_of_erlang => {
            let value = rest.strip(",")?.trim();
            value.strip("<<").unwrap_or(value)
        }
        None if set => rest.strip("to ").map_or(rest, |value| value.trim()),
        None => return None,
    };
    let value = value.strip("@\"").map_or(value, |_| value.skip(1));
    let quote = value.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let (text, after) = value.skip(1).cut(|b| b == quote)?;
    // What is put together is another text.
    let whole = matches!(after.trim().bytes().first(), None | Some(b';' | b',' | b'#' | b'/' | b'%' | b'-'))
        || macro_of_erlang && matches!(after.bytes().first(), Some(b'>' | b')'));
    (whole && !text.bytes().contains(&b'\\')).then_some(text)
}

/// What stands behind the sign, and a type before that.
fn assigned(rest: Part<'_>) -> Option<Part<'_>> {
    let kind = |b: u8| b.is_ascii_alphanumeric() || b" :&'[]_<>".contains(&b);
    let rest = rest.after(&rest.while_(kind));
    let rest = rest.strip("=").filter(|rest| !matches!(rest.bytes().first(), Some(b'=' | b'>' | b'~')))?;
    Some(rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of_k(text: &str) -> Option<String> {
        let at = text.rfind('k')?;
        let dollar = usize::from(text.get(..at)?.ends_with('$'));
        let found = text_of(Part::between(text.as_bytes(), at - dollar..at + 1))?;
        Some(String::from_utf8_lossy(found.bytes()).into_owned())
    }

    #[test]
    fn a_name_stands_for_what_it_was_given() {
        for text in [
            "k = \"x\"\nf(k)",
            "const k = 'x';\nf(k);",
            "$k    = 'x';\nf($k);",
            "my $k = 'x'; # y\nf($k);",
            "const k: &str = \"x\";\nf(k)",
            "k := \"x\"\nf(k)",
            "private static final String k = \"x\";\nf(k);",
            "Const k As String = \"x\"\nf(k)",
            "set k \"x\"\nsend \"$k",
            "set k to \"x\"\nkeystroke k",
            "#define k \"x\"\nf(k)",
            "-define(k, <<\"x\">>).\nf(?k)",
            "const k = 'x';\nf(self::k)",
        ] {
            assert_eq!(text_of_k(text).as_deref(), Some("x"), "{text}");
        }
    }

    #[test]
    fn what_a_program_finds_out_is_no_text() {
        for text in [
            "k = get(\"x\")\nf(k)",
            "k == \"x\"\nf(k)",
            "k = \"x\" + y\nf(k)",
            "f(k = \"x\")\nf(k)",
            "ok = \"x\"\nf(k)",
        ] {
            assert_eq!(text_of_k(text), None, "{text}");
        }
    }
}
