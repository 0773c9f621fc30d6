//! Where a name stands next to a value: `name = "value"`, `name: value`, `<name>value</name>`, `name="X" value="Y"`.

use super::name::is_password;
use super::value::{is_chosen, is_random};
use super::{literal, pair};
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
    let rest = text.get(at..).unwrap_or_default();
    let word = |rest: &[u8]| rest.iter().take(80).take_while(|b| is_name(**b)).count();
    let mut right = word(rest);
    // In texts for people a name has blanks: `API key`.
    let first = rest.get(..right).unwrap_or_default().to_ascii_lowercase();
    if [&b"api"[..], b"access", b"secret"].contains(&first.as_slice()) && rest.get(right) == Some(&b' ') {
        let second = word(rest.get(right + 1..).unwrap_or_default());
        let key = rest.get(right + 1..right + 1 + second).is_some_and(|w| w.eq_ignore_ascii_case(b"key"));
        right += if key { 1 + second } else { 0 };
    }
    Part::between(text, at - left..at + right).trim_of(|b| matches!(b, b'-' | b'.'))
}

/// The value that belongs to a name, if one does.
pub(crate) fn value_of<'b>(text: &'b [u8], name: Part<'b>) -> Option<Site<'b>> {
    let span = name.span();
    let before = Part::between(text, span.start.saturating_sub(LONGEST)..span.start);
    let rest = Part::between(text, span.end..text.len().min(span.end + LONGEST));
    let site = |sign, written, value, quoted_name| Some(Site { name, sign, written, value, quoted_name });
    match before.bytes().last() {
        Some(b'<') => {
            return between_tags(name, rest)
                .and_then(|value| site(Sign::Equals, Written::Tagged, value, Written::Bare));
        }
        // `$mailer->setPassword('x')` of PHP is no tag.
        Some(b'>') if !before.bytes().ends_with(b"->") => {
            return next_tag(rest)
                .and_then(|value| site(Sign::Equals, Written::Tagged, value, Written::Bare));
        }
        Some(b'{') if before.bytes().ends_with(b"${") => {
            let value = fallback(rest)?;
            return site(Sign::Equals, Written::Quoted, value, Written::Quoted);
        }
        _ => {}
    }
    if let Some(quoted) = rest.strip(", '").filter(|_| before.bytes().ends_with(b"${env:")) {
        let value = quoted.while_(|b| b != b'\'' && b != b'\n');
        return site(Sign::Equals, Written::Quoted, value, Written::Quoted);
    }
    if let Some(value) = term(before, rest) {
        return site(Sign::Equals, Written::Quoted, value, Written::Quoted);
    }
    if let Some(value) = setting(rest) {
        return site(Sign::Equals, Written::Tagged, value, Written::Bare);
    }
    if let Some(value) = in_one_string(before, rest) {
        return site(Sign::Equals, Written::Quoted, value, Written::Bare);
    }
    let close = rest.while_(|b| matches!(b, b'"' | b'\'' | b'\\' | b']' | b')' | b'`' | b'*'));
    let quoted_name = if close.is_empty() { Written::Bare } else { Written::Quoted };
    let rest = rest.after(&close);
    if close.len() > 3 {
        return None;
    }
    if let Some(after) = rest.strip(">").filter(|_| quoted_name == Written::Quoted) {
        // `<property name="password">x</property>`
        let value = after.while_(|b| !matches!(b, b'<' | b'\n'));
        let closed = after.after(&value).strip("</").is_some();
        return closed
            .then(|| value.trim())
            .and_then(|value| site(Sign::Equals, Written::Tagged, value, Written::Bare));
    }
    let default = default_of_variable(name, rest).map(|rest| (Sign::Equals, rest));
    if let Some(value) = compared(name, rest) {
        return site(Sign::Equals, Written::Quoted, value, quoted_name);
    }
    if let Some((sign, rest)) = sign(rest).or(default) {
        let (written, value) = literal::value(next_line(rest, quoted_name))?;
        return site(sign, written, value, quoted_name);
    }
    let (written, value) = match (beside(rest), argument(name, before, rest, quoted_name)) {
        (Some(rest), _) => literal::value(rest)?,
        (None, Some(value)) => (Written::Quoted, value),
        (None, None) => pair::value_before(before)?,
    };
    site(Sign::Equals, written, value, quoted_name)
}

/// JSON may be broken anywhere: a string in the line below a quoted name belongs to it.
fn next_line(rest: Part<'_>, quoted_name: Written) -> Part<'_> {
    // Also the first of a list.
    let after = rest.strip("[").unwrap_or(rest);
    let below = after.trim();
    let broken = matches!(after.bytes().first(), Some(b'\n' | b'\r')) && quoted_name == Written::Quoted;
    if broken && below.bytes().first() == Some(&b'"') { below } else { rest }
}

/// `password == "x"`: what is compared with is in the program as well. Only what cannot be a word of it.
fn compared<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let rest = blank(rest);
    let rest = blank(["===", "=="].iter().find_map(|sign| rest.strip(sign))?);
    let (_, value) = literal::value(rest).filter(|(written, _)| *written == Written::Quoted)?;
    let random = is_random(value.bytes());
    (random || is_password(name.bytes()) && is_chosen(value.bytes())).then_some(value)
}

/// `<password>x</password>`, `<AdministratorPassword><Value>x</Value>`, `<pass encoding="plain">x</pass>`.
fn between_tags<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let attributes = rest.while_(|b| !matches!(b, b'>' | b'<' | b'\n'));
    let inside = rest.after(&attributes).strip(">")?;
    if !(attributes.is_empty() || attributes.bytes().starts_with(b" ")) || attributes.bytes().ends_with(b"/")
    {
        return None;
    }
    let inside = without_comment(inside);
    if let Some(inner) = inside.trim().strip("<value>") {
        return Some(inner.while_(|b| b != b'<').trim());
    }
    if let Some(plain) = inside.trim().strip("<![cdata[") {
        return plain.cut_at(b"]]>").map(|(value, _)| value.trim());
    }
    let value = inside.while_(|b| b != b'<');
    let end = inside.after(&value).strip("</")?;
    (end.first(name.len()).bytes() == name.bytes()).then(|| value.trim())
}

/// Without a comment that stands first in an element.
fn without_comment(inside: Part<'_>) -> Part<'_> {
    let comment = inside.trim().strip("<!--").and_then(|comment| comment.cut_at(b"-->"));
    comment.map_or(inside, |(_, rest)| Part::between(inside.whole(), rest.span().start..inside.span().end))
}

/// `<param-name>password</param-name><param-value>x</param-value>`, `<key>Password</key><string>x</string>`.
fn next_tag(rest: Part<'_>) -> Option<Part<'_>> {
    let (_, after) = rest.strip("</")?.first(80).cut(|b| b == b'>')?;
    let after = Part::between(rest.whole(), after.span().start..rest.span().end).trim();
    let (tag, inside) = after.strip("<")?.cut(|b| b == b'>')?;
    // `<Value ProtectInMemory="True">`
    let named = tag.while_(|b| !b.is_ascii_whitespace());
    let holds = ["param-value", "string", "value", "env-entry-value", "init-value", "data"];
    let value = inside.while_(|b| b != b'<');
    let closed =
        inside.after(&value).strip("</").is_some_and(|end| end.first(named.len()).bytes() == named.bytes());
    (closed && holds.iter().any(|t| named.is(t))).then(|| value.trim())
}

/// `${DB_PASSWORD:x}` of Spring, `${DB_PASSWORD:-x}` of the shell and Compose: what is taken if nothing else is given.
fn fallback(rest: Part<'_>) -> Option<Part<'_>> {
    let inside = rest.strip(":-").or_else(|| rest.strip(":")).or_else(|| rest.strip("-"))?;
    let value = inside.while_(|b| !matches!(b, b'}' | b'\n' | b'$' | b'{'));
    let closed = inside.after(&value).strip("}").is_some();
    (closed && !value.bytes().starts_with(b"?")).then(|| value.unquote())
}

/// `{default_pass, <<"x">>}` of Erlang.
fn term<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let inside = blank(rest.strip(",").filter(|_| before.bytes().ends_with(b"{"))?);
    let binary = inside.strip("<<\"").or_else(|| inside.strip("\""))?;
    let (value, after) = binary.cut(|b| b == b'"' || b == b'\n')?;
    matches!(after.bytes().first(), Some(b'}' | b'>')).then_some(value)
}

/// `<setting name="SmtpPassword" serializeAs="String"><value>x</value>` of .NET.
fn setting(rest: Part<'_>) -> Option<Part<'_>> {
    let attributes = rest.strip("\" ")?.while_(|b| !matches!(b, b'>' | b'<' | b'\n'));
    let inside = rest.skip(2).after(&attributes).strip("><value>")?;
    Some(inside.while_(|b| b != b'<').trim())
}

/// `"DB_PASSWORD=x"`, `"--password=x"`: name and value in one string.
fn in_one_string<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    // `user_data = "export DB_PASSWORD=x"`
    let exported = before.bytes().ends_with(b"\"export ");
    let before = if exported { before.first(before.len() - "export ".len()) } else { before };
    let dashes = before.bytes().iter().rev().take(2).take_while(|b| **b == b'-').count();
    let quote = before.bytes().iter().rev().nth(dashes).copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let inside = rest.strip("=")?;
    let value = inside.while_(|b| b != quote && b != b'\n' && b != b'\\');
    let whole = !exported || !value.bytes().contains(&b' ');
    (whole && inside.after(&value).bytes().starts_with(&[quote])).then_some(value)
}

/// `getenv("DB_PASSWORD", "x")`, `define('DB_PASSWORD', 'x')`; `setPassword("x")`; `storePassword "x"` alone in its line.
fn argument<'b>(name: Part<'b>, before: Part<'b>, rest: Part<'b>, quoted_name: Written) -> Option<Part<'b>> {
    let quoted = |part: Part<'b>| match literal::value(part)? {
        (Written::Quoted, value) => Some(value),
        _ => None,
    };
    if quoted_name == Written::Quoted {
        // Of a call, not of a list of pairs; and of values only those that cannot be words of the program.
        if before.bytes().ends_with(b"\"--") || before.bytes().ends_with(b"'--") {
            return quoted(otherwise(blank(rest.strip(",")?)));
        }
        let head = before.first(before.len().saturating_sub(1)).bytes().trim_ascii_end();
        // Gradle's `buildConfigField "String", "API_KEY", "\"x\""`.
        let line = head.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
        if [&b"buildConfigField "[..], b"resValue "]
            .iter()
            .any(|word| memchr::memmem::find(line, word).is_some())
        {
            return quoted(blank(rest.strip(",")?)).map(|value| value.trim_of(|b| matches!(b, b'\\' | b'"')));
        }
        let called = head.strip_suffix(b"(").is_some_and(|head| {
            head.last().is_some_and(|b| is_name(*b) || *b == b',')
                // Rows of settings: `VALUES ('smtp_password', 'x')`.
                || head.trim_ascii_end().to_ascii_lowercase().ends_with(b"values")
        });
        let row =
            head.ends_with(b",") && memchr::memmem::find(&line.to_ascii_lowercase(), b"values").is_some();
        let value = quoted(otherwise(blank(rest.strip(",").filter(|_| called || row)?)))?;
        return (is_chosen(value.bytes()) || is_random(value.bytes())).then_some(value);
    }
    if let Some(inside) = rest.strip("(").filter(|_| is_setter(name)) {
        let value = quoted(blank(inside))?;
        let end = Part::between(rest.whole(), value.span().end + 1..rest.span().end).trim();
        return end.bytes().starts_with(b")").then_some(value);
    }
    let line = before.bytes().rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    let opens = [
        &b""[..],
        b"#define",
        b"{",
        b"release {",
        b"proxy_set_header",
        b"header_up",
        b"set $",
        b"set",
        b"set(",
        b"setenv",
        b"SET(",
    ];
    let value =
        quoted(blank(rest)).filter(|_| rest.bytes().starts_with(b" ") || rest.bytes().starts_with(b"\t"))?;
    // `:password "x"` of Clojure, and `{ username "bob"; password "x" }` of Gradle.
    let keyword = line
        .strip_suffix(b":")
        .is_some_and(|l| l.last().is_none_or(|b| b.is_ascii_whitespace() || *b == b'{'));
    let pair = line.ends_with(b";") && line.contains(&b'{');
    let alone = opens.contains(&line) || line.ends_with(b"{") && line.len() < 80 || keyword || pair;
    alone.then_some(value)
}

/// `default="x"`: what a call takes if nothing else is given.
fn otherwise(argument: Part<'_>) -> Part<'_> {
    let words = ["default=", "default: ", "default = ", "fallback="];
    words.iter().find_map(|word| argument.strip(word)).unwrap_or(argument)
}

fn blank(part: Part<'_>) -> Part<'_> {
    part.after(&part.while_(|b| b == b' ' || b == b'\t'))
}

/// The sign and what follows it; comparisons and paths are none.
fn sign(rest: Part<'_>) -> Option<(Sign, Part<'_>)> {
    let rest = after_type(blank(rest));
    // `val password by extra("x")` of Kotlin.
    if let Some(given) = rest.strip("by extra(") {
        return Some((Sign::Equals, given));
    }
    let (sign, n) = match rest.bytes() {
        // `ENV["X"] ||= "x"` of Ruby, `X ??= "x"` of JavaScript.
        [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => (Sign::Equals, 3),
        [b'=', b'>', ..] | [b':' | b'?', b'=', ..] | [b'<', b'-', ..] => (Sign::Equals, 2),
        // LDIF's mark of base64.
        [b':', b':', b' ', next, ..] if next.is_ascii_alphanumeric() => (Sign::Colon, 2),
        // A hidden field of Jsonnet.
        [b':', b':', b' ', b'"' | b'\'', ..] => (Sign::Colon, 2),
        [b'=', b'=' | b'~', ..] | [b':', b':' | b'/', ..] => return None,
        [b'=', ..] => (Sign::Equals, 1),
        [b':', ..] => (Sign::Colon, 1),
        _ => return None,
    };
    let rest = blank(rest.skip(n));
    if sign == Sign::Colon {
        // `password: str = "…"`: a type stands between.
        let rest = rest.strip("&'static ").unwrap_or(rest);
        let kind = rest.while_(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'[' | b']' | b'&' | b'\'' | b'<' | b'>')
        });
        let after = blank(rest.after(&kind));
        if let ([b'=', next, ..], false) = (after.bytes(), kind.is_empty())
            && !matches!(next, b'=' | b'>' | b'\n' | b'\r')
        {
            return Some((Sign::Equals, blank(after.skip(1))));
        }
    }
    Some((sign, rest))
}

/// `setPassword(…)`, `.password(…)`; not `getPassword(…)`, which says where one is to be found.
fn is_setter(name: Part<'_>) -> bool {
    let last = name.bytes().rsplit(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
    let others = [
        "get", "is", "has", "find", "check", "valid", "verify", "hash", "encode", "decode", "encrypt",
        "decrypt", "compare", "match", "require", "assert", "test", "parse", "load", "read", "lookup",
        "fetch", "mock", "make", "new",
    ];
    !others.iter().any(|verb| last.starts_with(verb.as_bytes()))
}

/// `process.env.API_KEY || "…"`: what follows is the value if the variable has none.
fn default_of_variable<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    memchr::memmem::find(name.bytes(), b"env")?;
    let rest = blank(rest);
    let rest = blank(rest.strip("||").or_else(|| rest.strip("??"))?);
    matches!(rest.bytes().first(), Some(b'"' | b'\'' | b'`')).then_some(rest)
}

/// `apiKey string = …` of Go, `password As String = …` of Visual Basic, `api_key[] = …` of C.
fn after_type(rest: Part<'_>) -> Part<'_> {
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

/// `name="DB_PASSWORD" value="…"`, `{"name": "DB_PASSWORD", "value": "…"}`, `- name: DB_PASSWORD` above `value: …`.
fn beside(rest: Part<'_>) -> Option<Part<'_>> {
    if let Some(block) = blank(rest).strip("{") {
        return default_of(block);
    }
    let gap = rest.while_(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'"' | b'\'' | b'>'));
    if gap.is_empty() || gap.len() > 40 {
        return None;
    }
    let after = rest.after(&gap);
    // Of Android's manifest.
    let after = after.strip("android:").unwrap_or(after);
    let after = after.skip(after.while_(|b| b == b'"' || b == b'\'').len()).strip("value")?;
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
