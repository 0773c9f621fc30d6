//! How a value is written after its sign: in quotes, bare, or as a literal inside an expression.

use super::site::Written;
use crate::read::Part;

/// The value at the start of a text that follows a sign.
pub(super) fn value(rest: Part<'_>) -> Option<(Written, Part<'_>)> {
    // YAML says of what kind the value behind it is.
    if let Some(tagged) = rest.strip("!!binary ").or_else(|| rest.strip("!!str ")) {
        return value(tagged);
    }
    // Sigils of Elixir.
    let rest =
        ["~s", "~S"].iter().find(|sigil| rest.bytes().starts_with(sigil.as_bytes())).map_or(rest, |_| {
            let quoted = matches!(rest.bytes().get(2), Some(b'"' | b'\''));
            if quoted { rest.skip(2) } else { rest }
        });
    // Marks of string literals: b"…", r"…", f"…", @"…", N'…'.
    let literal = match rest.bytes() {
        // `r#"x"#` of Rust may hold quotes.
        [b'r', b'#', b'"', ..] => return hashed(rest.skip(3)),
        [b'b', b'r', b'#', b'"', ..] => return hashed(rest.skip(4)),
        // In brackets of its own, in the line below them.
        [b'(', b'\n' | b'\r' | b' ' | b'"' | b'\'', ..] => return alone(rest).or_else(|| bare(rest)),
        // `R"(x)"` of C++ has brackets of its own.
        [b'R', b'"', b'(', ..] => rest,
        [b'b' | b'r' | b'u' | b'B' | b'R' | b'U' | b'@' | b'L' | b'N', b'"' | b'\'', ..] => rest.skip(1),
        [b'\\', b'"' | b'\'', ..] => return escaped(rest.skip(1)),
        // A binary of Erlang: `#{api_key => <<"x">>}`.
        [b'<', b'<', b'"', ..] => rest.skip(2),
        _ => rest,
    };
    match literal.bytes() {
        [b'"', b'"', b'"', ..] | [b'\'', b'\'', b'\'', ..] => {
            tripled(literal).map(|value| (Written::Quoted, value))
        }
        [b'"' | b'\'' | b'`', ..] => quoted(literal).map(|value| (Written::Quoted, value)),
        _ => {
            if let Some(value) = bracketed(rest) {
                return Some((Written::Quoted, value));
            }
            let line = rest.first(memchr::memchr2(b'\n', b'\r', rest.bytes()).unwrap_or(rest.len()));
            match inside(line) {
                Some(value) => Some((Written::Quoted, value)),
                None => block(rest, line).or(Some((Written::Bare, line.trim()))),
            }
        }
    }
}

/// Up to the quote that closes a raw text of Rust.
fn hashed(inside: Part<'_>) -> Option<(Written, Part<'_>)> {
    let (value, _) = inside.cut_at(b"\"#")?;
    (!value.bytes().contains(&b'\n')).then_some((Written::Quoted, value))
}

/// A text that has a pair of brackets for itself: `(\n    "x"\n)` of Python.
fn alone(rest: Part<'_>) -> Option<(Written, Part<'_>)> {
    let inside = rest.skip(1).trim_of(|b| b.is_ascii_whitespace());
    let value = quoted_first(inside)?;
    let after = Part::between(rest.whole(), value.span().end + 1..rest.span().end);
    let closed = after.bytes().trim_ascii_start().starts_with(b")");
    closed.then_some((Written::Quoted, value))
}

fn bare(rest: Part<'_>) -> Option<(Written, Part<'_>)> {
    let line = rest.first(memchr::memchr2(b'\n', b'\r', rest.bytes()).unwrap_or(rest.len()));
    Some((Written::Bare, line.trim()))
}

/// Up to the closing quote in the same line.
fn quoted(rest: Part<'_>) -> Option<Part<'_>> {
    let [quote, inside @ ..] = rest.bytes() else { return None };
    let mut skip = false;
    let end = inside.iter().position(|b| {
        let ends = !skip && (b == quote || *b == b'\n');
        skip = *b == b'\\' && !skip;
        ends
    })?;
    (inside.get(end) == Some(quote)).then(|| rest.skip(1).first(end))
}

/// `q{x}` and `qw(x)` of Perl, `%q(x)` of Ruby, `~s(x)` of Elixir, `[[x]]` of Lua, in one line.
fn bracketed(rest: Part<'_>) -> Option<Part<'_>> {
    let (mark, close): (usize, &[u8]) = match rest.bytes() {
        [b'[', b'[', ..] => (2, b"]]"),
        [b'R', b'"', b'(', ..] => (3, b")\""),
        [b'q', open @ (b'{' | b'(' | b'[' | b'|'), ..] => (2, closing(*open)),
        [b'q', b'q' | b'w', open @ (b'{' | b'(' | b'[' | b'|'), ..]
        | [b'~', b's' | b'S', open @ (b'{' | b'(' | b'[' | b'|'), ..]
        | [b'%', b'q' | b'Q' | b'w' | b'W', open @ (b'{' | b'(' | b'[' | b'|'), ..] => (3, closing(*open)),
        _ => return None,
    };
    let (value, _) = rest.skip(mark).cut_at(close)?;
    // In quotes again it is an argument of a call, or an item of a list.
    let one =
        !value.is_empty() && !value.bytes().iter().any(|b| matches!(b, b'"' | b'\'' | b' ' | b'\n' | b'['));
    one.then_some(value)
}

fn closing(open: u8) -> &'static [u8] {
    match open {
        b'{' => b"}",
        b'(' => b")",
        b'[' => b"]",
        _ => b"|",
    }
}

/// `"""x"""` in one line.
fn tripled(rest: Part<'_>) -> Option<Part<'_>> {
    let quotes = rest.bytes().get(..3)?;
    let (value, _) = rest.skip(3).cut_at(quotes)?;
    let plain = !value.is_empty() && !value.bytes().contains(&b'\n');
    plain.then_some(value)
}

/// A string inside a string: up to the next escaped quote.
fn escaped(rest: Part<'_>) -> Option<(Written, Part<'_>)> {
    let inside = rest.skip(1);
    let value = inside.while_(|b| !matches!(b, b'\\' | b'"' | b'\n'));
    inside.after(&value).strip("\\").map(|_| (Written::Quoted, value))
}

/// What makes a string a value of another kind, in lower case.
const WRAPPERS: &[&str] = &[
    "convertto-securestring ",
    "string::from(",
    "some(",
    "encoding.ascii.getbytes(",
    "encoding.utf8.getbytes(",
    "secretstr(",
    "secretstring::from(",
    "secretstring::new(",
    "secret::new(",
    "new string(",
    "buffer.from(",
    "bytes(",
    "str(",
    "string(",
    "[]byte(",
    "pulumi.secret(",
    "qstringliteral(",
    "qstring(",
    "qlatin1string(",
    "qbytearrayliteral(",
    "qbytearray(",
    "qbytearray::fromrawdata(",
    "qlatin1stringview(",
    "secretvalue.unsafeplaintext(",
    "cdk.secretvalue.unsafeplaintext(",
    "awscdk.secretvalue_unsafeplaintext(",
    // Texts of resources, as Go's and Java's libraries of clouds take them.
    "pulumi.string(",
    "pulumi.stringptr(",
    "pulumi.tosecret(pulumi.string(",
    "pulumi.tosecret(",
    "output.ofsecret(",
    "output.of(",
    "aws.string(",
    "jsii.string(",
    "to.stringptr(",
    "to.ptr(",
    "ptr.to(",
    "ptr.string(",
    "proto.string(",
    "pointer.string(",
    // Texts of Unreal, Windows and C++.
    "text(",
    "_t(",
    "_text(",
    "fstring(",
    "fstring(text(",
    "std::string(",
    "std::wstring(",
    "std::string_view(",
    "absl::string_view(",
    "unicodestring(",
    // Bytes, written in digits.
    "hex!(",
    "hex_literal::hex!(",
    // What only hides a text in a compiled program.
    "obfstr!(",
    "xorstr(",
    "xorstr_(",
    "_xor_(",
    "skcrypt(",
    "ay_obfuscate(",
    "obfuscate(",
    "field(default=",
    "field(",
    "password(",
    "sensitive(",
    "sensitive.new(",
    // What a screen keeps, of React, Vue, Svelte, Solid and Compose.
    "usestate(",
    "usestate<string>(",
    "react.usestate(",
    "ref(",
    "ref<string>(",
    "$state(",
    "signal(",
    "createsignal(",
    "mutablestateof(",
    "remember { mutablestateof(",
    // What is hashed at once stands there in the open.
    "bcrypt.hashsync(",
    "bcrypt.hash(",
    "await bcrypt.hash(",
    "bcrypt(",
    "hash::make(",
    "hash.make(",
    "make_password(",
    "generate_password_hash(",
    "password_hash(",
    "passwordencoder.encode(",
    "passwordencoder().encode(",
    "encoder.encode(",
    "bcrypt::password.create(",
    "bcrypt.hashpw(",
    "bcrypt.hash_pwd_salt(",
    "bcrypt.net.bcrypt.hashpassword(",
    "md5(",
    "sha1(",
    "sha2(",
    "crypt(",
    "argon2.hash(",
    "await argon2.hash(",
    "await hash(",
    "hash(",
    "hashsync(",
    "hashpassword(",
    "await hashpassword(",
    "hash_password(",
    "pwd_context.hash(",
    "passwordhasher.hash(",
    "get_password_hash(",
    "react.usestate<string>(",
    "tobytes(",
    "hextobytes(",
    "hexstringtobytes(",
    "[",
];

/// `String::from("x")`, and what is taken if a variable is not set: `process.env.X || "x"`, `ENV['X'] || 'x'`.
fn inside(line: Part<'_>) -> Option<Part<'_>> {
    // `password={'x'}` of JSX: a dictionary goes on behind the text.
    if let Some(value) =
        line.strip("{").filter(|l| matches!(l.bytes().first(), Some(b'"' | b'\''))).and_then(quoted)
        && Part::between(line.whole(), value.span().end + 1..line.span().end).bytes().starts_with(b"}")
    {
        return Some(value);
    }
    // `Array("x".utf8)`, `Data("x".utf8)` of Swift.
    let units =
        ["array(", "data(", "[uint8]("].iter().find_map(|maker| line.strip(maker)).and_then(quoted_first);
    if let Some(value) = units {
        let after = Part::between(line.whole(), value.span().end + 1..line.span().end);
        return after.strip(".utf8").map(|_| value);
    }
    if let Some(literal) = WRAPPERS.iter().find_map(|wrapper| line.strip(wrapper)) {
        return matches!(literal.bytes().first(), Some(b'"' | b'\'')).then(|| quoted(literal)).flatten();
    }
    // What a template of Ruby puts there.
    let line = line.strip("<%=").map_or(line, |code| code.trim());
    if let Some(value) = alternative(line) {
        return Some(value);
    }
    let variable = line.while_(|b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'_' | b'.' | b'[' | b']' | b'"' | b'\'' | b'(' | b')' | b'$' | b'?')
    });
    let after = line.after(&variable).trim();
    let named = variable.len() > 1 && !matches!(variable.bytes().first(), Some(b'"' | b'\''));
    let literal = ["||", "??", "or ", "?:"].iter().find_map(|or| after.strip(or)).filter(|_| named)?.trim();
    matches!(literal.bytes().first(), Some(b'"' | b'\'' | b'`')).then(|| quoted(literal)).flatten()
}

/// One of two values, the other of which comes from the environment: `isProd ? 'x' : process.env.X`,
/// `os.getenv("X") if prod else "x"`.
fn alternative(line: Part<'_>) -> Option<Part<'_>> {
    // Most lines ask nothing.
    memchr::memmem::find(&line.bytes().to_ascii_lowercase(), b"env")?;
    if let Some((_, rest)) = line.cut_at(b" ? ") {
        let first = quoted_first(rest);
        let end = first.map_or(rest.span().start, |value| value.span().end + 1);
        let (one, other) = Part::between(rest.whole(), end..rest.span().end).cut_at(b" : ")?;
        return match first {
            Some(value) => (one.trim().is_empty() && is_of_environment(other)).then_some(value),
            None => quoted_first(other.trim()).filter(|_| is_of_environment(one)),
        };
    }
    let (one, rest) = line.cut_at(b" if ")?;
    let (condition, other) = rest.cut_at(b" else ")?;
    match quoted_first(one) {
        Some(value) => is_of_environment(other).then_some(value),
        None => quoted_first(other.trim()).filter(|_| is_of_environment(one) || is_of_environment(condition)),
    }
}

fn quoted_first(part: Part<'_>) -> Option<Part<'_>> {
    matches!(part.bytes().first(), Some(b'"' | b'\'' | b'`')).then(|| quoted(part)).flatten()
}

fn is_of_environment(part: Part<'_>) -> bool {
    memchr::memmem::find(&part.bytes().to_ascii_lowercase(), b"env").is_some()
}

/// A block of YAML that has one line: `>-` and the value below, deeper than its name.
fn block<'b>(rest: Part<'b>, line: Part<'b>) -> Option<(Written, Part<'b>)> {
    let marks = ["|", ">", "|-", ">-", "|+", ">+"];
    marks.iter().any(|mark| line.trim().is(mark)).then_some(())?;
    let mut lines = rest.after(&line).lines().skip(1);
    let (first, second) = (lines.next()?, lines.next());
    let depth = |line: Part<'_>| line.while_(|b| b == b' ').len();
    let alone = second.is_none_or(|second| second.trim().is_empty() || depth(second) < depth(first));
    (alone && depth(first) > 0).then(|| (Written::Bare, first.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_in_what_surrounds_them() {
        for (text, expected) in [
            ("\"x\\\"y\" + z", "x\\\"y"),
            ("N'x'", "x"),
            ("String::from(\"x\");", "x"),
            ("process.env.DB || \"x\";", "x"),
            ("ENV['X'] || 'x'", "x"),
            ("process.env.X ?? 'x',", "x"),
            ("isProd ? 'x' : process.env.Y,", "x"),
            ("env.PROD ? process.env.Y : 'x',", "x"),
            ("os.getenv(\"Y\") if live else \"x\"", "x"),
            ("<%= ENV['X'] || 'x' %>", "x"),
            ("QStringLiteral(\"x\"));", "x"),
            ("os.environ.get('X') or 'x'", "x"),
            (">-\n    x\n  y: z\n", "x"),
            ("q{x};", "x"),
            ("~s(x)", "x"),
            ("~S\"x\"", "x"),
            ("Array(\"x\".utf8)", "x"),
            ("QByteArrayLiteral(\"x\");", "x"),
            ("await hash('x', 12);", "x"),
            ("qw(x);", "x"),
            ("[[x]], b", "x"),
            ("r#\"x\"y\"#;", "x\"y"),
            ("(\n    \"x\"\n)\n", "x"),
            ("( 'x' )", "x"),
            ("Hash::make('x'),", "x"),
            ("ConvertTo-SecureString \"x\" -AsPlainText", "x"),
        ] {
            let (_, found) = value(Part::of(text.as_bytes())).unwrap();
            assert_eq!(String::from_utf8_lossy(found.bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_call_is_no_literal() {
        for text in [
            "array(\"x\", \"y\")",
            "open ? \"x\" : \"y\"",
            "get(\"x\")",
            "q(\"x\")",
            "[[1, 2], [3]]",
            "( \"x\" + y )",
        ] {
            let (written, found) = value(Part::of(text.as_bytes())).unwrap();
            assert_eq!((written, found.bytes()), (Written::Bare, text.as_bytes()));
        }
    }
}
