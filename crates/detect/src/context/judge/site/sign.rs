//! The sign between a name and its value, with the types and words that stand around it.

use super::{Sign, Written, blank};
use crate::read::Part;

/// The sign and what follows it; comparisons and paths are none.
pub(super) fn sign(rest: Part<'_>) -> Option<(Sign, Part<'_>)> {
    let rest = after_type(blank(rest));
    if let Some(value) = declared(rest) {
        return Some((Sign::Equals, value));
    }
    // `val password by extra("x")` of Kotlin.
    if let Some(given) = rest.strip("by extra(") {
        return Some((Sign::Equals, given));
    }
    let (sign, n) = match rest.bytes() {
        // `ENV["X"] ||= "x"` of Ruby, `X ??= "x"` of JavaScript.
        [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => (Sign::Equals, 3),
        // `.=` of PHP and Perl, `+=` of many: a text grows by what follows.
        [b'=', b'>', ..] | [b':' | b'?' | b'.' | b'+', b'=', ..] | [b'<', b'-', ..] => (Sign::Equals, 2),
        // LDIF's mark of base64.
        [b':', b':', b' ', next, ..] if next.is_ascii_alphanumeric() => (Sign::Colon, 2),
        // A hidden field of Jsonnet.
        [b':', b':', b' ', b'"' | b'\'', ..] => (Sign::Colon, 2),
        [b'=', b'=' | b'~', ..] | [b':', b':' | b'/', ..] => return None,
        [b'=', ..] => (Sign::Equals, 1),
        // `std::string token{"x"};` of C++.
        [b'{', b'"', ..] => (Sign::Equals, 1),
        [b':', ..] => (Sign::Colon, 1),
        _ => return None,
    };
    let rest = blank(rest.skip(n));
    if sign == Sign::Colon {
        // `password: str = "…"`: a type stands between.
        let rest = rest.strip("&'static ").unwrap_or(rest);
        let quoted = matches!(rest.bytes().first(), Some(b'"' | b'\''));
        let kind = rest.first(if quoted { 0 } else { rest.len() }).while_(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'[' | b']' | b'&' | b'\'' | b'<' | b'>')
        });
        let after = blank(rest.after(&kind));
        if let ([b'=', next, ..], false) = (after.bytes(), kind.is_empty())
            && !matches!(next, b'=' | b'>' | b'\n' | b'\r')
        {
            return Some((Sign::Equals, blank(after.skip(1))));
        }
        if let Some(value) = behind_long_type(rest) {
            return Some((Sign::Equals, value));
        }
    }
    Some((sign, rest))
}

/// `password: []const u8 = "…"` of Zig, `password: string | undefined = "…"` of TypeScript.
fn behind_long_type(rest: Part<'_>) -> Option<Part<'_>> {
    let kind = rest.first(60).while_(|b| {
        b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'_' | b'['
                    | b']'
                    | b'&'
                    | b'<'
                    | b'>'
                    | b'?'
                    | b'|'
                    | b':'
                    | b'*'
                    | b'.'
                    | b' '
                    | b'('
                    | b')'
            )
    });
    let value = blank(rest.after(&kind).strip("=")?);
    matches!(value.bytes().first(), Some(b'"' | b'\'')).then_some(value)
}

/// `gc_pwd TYPE string VALUE 'x'` of ABAP, `WS-PASSWORD PIC X(20) VALUE 'x'` of COBOL.
fn declared(rest: Part<'_>) -> Option<Part<'_>> {
    // `c_pwd(12) TYPE c VALUE 'x'`: its length.
    let length = rest.strip("(").map(|inside| inside.after(&inside.while_(|b| b.is_ascii_digit())));
    let rest = length.and_then(|inside| inside.strip(") ")).unwrap_or(rest);
    let kind = ["type ", "pic "].iter().find_map(|word| rest.strip(word))?;
    let line = kind.first(80).while_(|b| !matches!(b, b'\n' | b'"' | b'\''));
    let value = kind.after(&line);
    let last = line.words().last()?;
    (last.is("value") && matches!(value.bytes().first(), Some(b'"' | b'\''))).then_some(value)
}

/// `["password"]=>` and below it `string(8) "x"`, as `var_dump` of PHP shows a field; behind the name of one of an object stands
/// who may see it: `["password":protected]=>`, `["password":"App\Db":private]=>`.
pub(super) fn dumped(rest: Part<'_>) -> Option<Part<'_>> {
    let seen = rest.while_(|b| b.is_ascii_alphanumeric() || b":\\_\"".contains(&b)).first(120);
    let behind = rest.after(&seen);
    let after = behind.strip("]").unwrap_or(behind).strip("=>")?.trim();
    let sized = after.strip("string(")?;
    sized.after(&sized.while_(|b| b.is_ascii_digit())).strip(") ").filter(|value| value.strip("\"").is_some())
}

/// `"password" -> "x"` of Scala, `"password" to "x"` of Kotlin.
pub(super) fn arrow(rest: Part<'_>) -> Option<Part<'_>> {
    let rest = blank(rest);
    let value = blank(rest.strip("->").or_else(|| rest.strip("to "))?);
    matches!(value.bytes().first(), Some(b'"' | b'\'')).then_some(value)
}

/// `['password']['postgres'] = 'x'`: what is set is one of several passwords.
pub(super) fn behind_index(rest: Part<'_>) -> Option<Part<'_>> {
    let inside = rest.strip("['").or_else(|| rest.strip("[\""))?;
    let name = inside.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let after = inside.after(&name);
    let value = blank(after.strip("']").or_else(|| after.strip("\"]"))?).strip("=").map(blank)?;
    matches!(value.bytes().first(), Some(b'"' | b'\'')).then_some(value)
}

/// `apiKey string = …` of Go, `password As String = …` of Visual Basic, `api_key[] = …` of C.
fn after_type(rest: Part<'_>) -> Part<'_> {
    // `const token {.strdefine.} = "x"` of Nim, `c_pwd CONSTANT VARCHAR2(60) := 'x'` of PL/SQL.
    let pragma = rest.strip("{.").and_then(|inside| inside.first(60).cut_at(b".}")).map(|(inner, _)| inner);
    let rest = pragma.map_or(rest, |inner| blank(rest.skip(inner.len() + "{..}".len())));
    let rest = rest.strip("constant ").map_or(rest, blank);
    let kinds =
        ["string", "as string", "[]", "[]byte", "text", "{ get; set; }", "{ get; init; }", "{ get; }"];
    // `l_password VARCHAR2(30) := 'x'`, `@password NVARCHAR(50) = 'x'` of SQL.
    let column = ["nvarchar", "varchar2", "varchar", "char"].iter().find_map(|kind| rest.strip(kind));
    if let Some((_, after)) =
        column.and_then(|column| column.strip("(")).and_then(|sized| sized.cut(|b| b == b')'))
    {
        return blank(after);
    }
    let mut typed = kinds.iter().filter_map(|kind| rest.strip(kind)).map(blank);
    typed.rfind(|after| after.bytes().starts_with(b"=")).unwrap_or(rest)
}

/// `process.env.API_KEY || "…"`: what follows is the value if the variable has none.
pub(super) fn default_of_variable<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    memchr::memmem::find(name.bytes(), b"env")?;
    let rest = blank(rest);
    let rest = blank(rest.strip("||").or_else(|| rest.strip("??"))?);
    matches!(rest.bytes().first(), Some(b'"' | b'\'' | b'`')).then_some(rest)
}

/// JSON may be broken anywhere: a string in the line below a quoted name belongs to it.
pub(super) fn next_line(rest: Part<'_>, quoted_name: Written) -> Part<'_> {
    // Also the first of a list.
    let after = rest.strip("[").unwrap_or(rest);
    let below = after.trim();
    let broken = matches!(after.bytes().first(), Some(b'\n' | b'\r')) && quoted_name == Written::Quoted;
    if broken && below.bytes().first() == Some(&b'"') { below } else { rest }
}
