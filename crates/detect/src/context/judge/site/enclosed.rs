//! Names and values within one pair of brackets or quotes: `${DB_PASSWORD:-x}`, `{default_pass, <<"x">>}`, `"DB_PASSWORD=x"`.

use super::blank;
use crate::read::Part;

/// `${DB_PASSWORD:x}` of Spring, `${DB_PASSWORD:-x}` of the shell and Compose: what is taken if nothing else is given.
pub(super) fn fallback(rest: Part<'_>) -> Option<Part<'_>> {
    let inside = rest.strip(":-").or_else(|| rest.strip(":")).or_else(|| rest.strip("-"))?;
    let value = inside.while_(|b| !matches!(b, b'}' | b'\n' | b'$' | b'{'));
    let closed = inside.after(&value).strip("}").is_some();
    (closed && !value.bytes().starts_with(b"?")).then(|| value.unquote())
}

/// `${env:DB_PASSWORD, 'x'}` of the Serverless Framework.
pub(super) fn environment<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let quoted = rest.strip(", '").filter(|_| before.bytes().ends_with(b"${env:"))?;
    Some(quoted.while_(|b| b != b'\'' && b != b'\n'))
}

/// `{default_pass, <<"x">>}` of Erlang.
pub(super) fn term<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    // An atom may be in quotes: `{'$write_key', <<"x">>}` of Hex.
    let quoted = before.bytes().ends_with(b"{'") || before.bytes().ends_with(b"{'$");
    let rest = if quoted { rest.strip("'")? } else { rest };
    let open = quoted || before.bytes().ends_with(b"{");
    let inside = blank(rest.strip(",").filter(|_| open)?);
    let binary = inside.strip("<<\"").or_else(|| inside.strip("\""))?;
    let (value, after) = binary.cut(|b| b == b'"' || b == b'\n')?;
    matches!(after.bytes().first(), Some(b'}' | b'>')).then_some(value)
}

/// `"DB_PASSWORD=x"`, `"--password=x"`: name and value in one string.
pub(super) fn in_one_string<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    // `user_data = "export DB_PASSWORD=x"`
    let exported = before.bytes().ends_with(b"\"export ");
    let before = if exported { before.first(before.len() - "export ".len()) } else { before };
    // `"host=a\ntoken=x\n"`: a line of several in one string.
    if before.bytes().ends_with(b"\\n") {
        let inside = rest.strip("=")?;
        let value = inside.while_(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\' | b'`'));
        let ends = matches!(inside.after(&value).bytes().first(), Some(b'"' | b'\'' | b'\\' | b'`'));
        return (ends && !value.is_empty()).then_some(value);
    }
    let dashes = before.bytes().iter().rev().take(2).take_while(|b| **b == b'-').count();
    let quote = before.bytes().iter().rev().nth(dashes).copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let inside = rest.strip("=")?;
    let value = inside.while_(|b| b != quote && b != b'\n' && b != b'\\');
    let whole = !exported || !value.bytes().contains(&b' ');
    let after = inside.after(&value);
    let lined = !exported && after.bytes().starts_with(b"\\n") && !value.bytes().contains(&b' ');
    (whole && (after.bytes().starts_with(&[quote]) || lined)).then_some(value)
}
