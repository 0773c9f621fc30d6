//! The arguments of a call: where each begins and ends, and which are literals.

use crate::read::Part;

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::context) enum Kind {
    /// A text, in quotes.
    Literal,
    /// The same, made an array of characters.
    Chars,
    /// Anything else.
    Other,
}

/// An argument, a literal without its quotes.
#[derive(Clone, Copy, Debug)]
pub(in crate::context) struct Argument<'b> {
    pub text: Part<'b>,
    pub kind: Kind,
}

impl Argument<'_> {
    pub(in crate::context) fn is_literal(&self) -> bool {
        self.kind != Kind::Other
    }
}

/// The arguments up to the closing bracket or the end of the line; none if it is too far away.
pub(in crate::context) fn arguments(rest: Part<'_>, end: u8) -> Vec<Argument<'_>> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut skip = false;
    // Clojure and Haskell have nothing but blanks between arguments.
    let blanks = end != b')';
    for (i, &b) in rest.bytes().iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match (quote, b) {
            (Some(_), b'\\') => skip = true,
            (Some(q), _) if q == b => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => {
                let before = rest.first(i).skip(start).trim();
                if blanks && depth == 0 && before.bytes().ends_with(&[b]) {
                    all.push(argument(before));
                    start = i;
                }
                quote = Some(b);
            }
            // An operator of Haskell behind the last argument.
            (None, b'<' | b'$' | b'&') if blanks && depth == 0 && ends_text(rest.first(i).skip(start)) => {
                all.push(argument(rest.first(i).skip(start).trim()));
                return all;
            }
            // Perl's other comma.
            (None, b'=') if depth == 0 && all.len() > 1 && is_arrow_behind_text(rest, start..i) => {
                all.push(argument(rest.first(i).skip(start).trim()));
                start = i + 2;
            }
            // `(a & auth ?~ basicAuth "bob" "x")`, `{ |f| f.request 'bob', 'x' }`: brackets around the call.
            (None, b')' | b'}') if end == b'\n' && depth == 0 && ends_text_at(rest.first(i).skip(start)) => {
                all.push(argument(rest.first(i).skip(start).trim()));
                return all;
            }
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth > 0 => depth -= 1,
            (None, _) if depth == 0 && (b == end || b == b',') => {
                all.push(argument(rest.first(i).skip(start).trim()));
                start = i + 1;
                if b == end {
                    return all;
                }
            }
            _ => {}
        }
    }
    // The last line of a text has no end.
    let last = end == b'\n' && quote.is_none() && rest.span().end == rest.whole().len();
    if !last {
        return Vec::new();
    }
    all.push(argument(rest.skip(start).trim()));
    all
}

/// Whether what was read of an argument ends with a text and a blank.
fn ends_text(read: Part<'_>) -> bool {
    read.bytes().ends_with(b"\" ")
}

fn ends_text_at(read: Part<'_>) -> bool {
    matches!(read.bytes().trim_ascii_end().last(), Some(b'"' | b'\''))
}

fn is_arrow_behind_text(rest: Part<'_>, read: std::ops::Range<usize>) -> bool {
    let arrow = rest.skip(read.end).bytes().starts_with(b"=>");
    let before = rest.first(read.end).skip(read.start).trim();
    arrow && matches!(before.bytes().last(), Some(b'"' | b'\''))
}

/// What makes a text a value of another kind, before it and in lower case: of bytes, of a type that hides it.
const MAKERS: &[&str] = &[
    "some(",
    "[]byte(",
    "hex(",
    "encoding.utf8.getbytes(",
    "encoding.ascii.getbytes(",
    "encoding.unicode.getbytes(",
    "convert.frombase64string(",
    "buffer.from(",
    "string::from(",
    "bytes(",
    "bytearray(",
    "data(base64encoded: ",
    "data(",
    "array(",
    "[uint8](",
    "str(",
    "new string(",
    "secretstring::from(",
    "secretstring::new(",
    "secret::new(",
    "utf8.encode(",
    "qstringliteral(",
    "qstring(",
    "qlatin1string(",
    "binascii.unhexlify(",
    "unhexlify(",
    "bytes.fromhex(",
    "base64.b64decode(",
    "b64decode(",
    "encodingutil.base64decode(",
    "base64.decode(",
    "base64.getdecoder().decode(",
    "decoders.base64.decode(",
    "base64_decode(",
    "hex2bin(",
    "hex.decodehex(",
    "cryptojs.enc.utf8.parse(",
    "cryptojs.enc.hex.parse(",
    "cryptojs.enc.base64.parse(",
    "new textencoder().encode(",
    "utf8.parse(",
    "toutf8bytes(",
    "bs58.decode(",
    "base58.decode(",
    "base58::decode(",
    "secretvalue.unsafeplaintext(",
    "cdk.secretvalue.unsafeplaintext(",
    "pulumi.string(",
    "text(",
    "_t(",
    "(byte*)",
    "(char*)",
    "(const char*)",
    "(const char *)",
    "(const unsigned char*)",
    "(unsigned char*)",
    "(unsigned char *)",
    "reinterpret_cast<const unsigned char*>(",
];

/// The same behind it.
const METHODS: &[&str] = &[
    ".tochararray()",
    ".getbytes(",
    ".to_string()",
    ".to_owned()",
    ".into()",
    ".encode(",
    ".as_bytes()",
    ".as_ref()",
    ".tobytearray(",
    ".tobytes(",
    ".data(using",
    ".utf8",
    ".bytes",
];

pub(in crate::context) fn argument(given: Part<'_>) -> Argument<'_> {
    literal(given).unwrap_or(Argument { text: given, kind: Kind::Other })
}

/// `q{x}`, `qq(x)` of Perl, `%q(x)` of Ruby, `~s(x)` of Elixir, `[[x]]` of Lua.
fn bracketed(given: Part<'_>) -> Option<Argument<'_>> {
    let marks = [
        ("qq{", "}"),
        ("q{", "}"),
        ("q(", ")"),
        ("qq(", ")"),
        ("q[", "]"),
        ("q|", "|"),
        ("q!", "!"),
        ("%q(", ")"),
        ("%q{", "}"),
        ("~s(", ")"),
        ("~s{", "}"),
        ("[[", "]]"),
    ];
    let text = marks.iter().find_map(|(open, close)| {
        let inside = given.strip(open)?;
        let end = inside.bytes().strip_suffix(close.as_bytes())?.len();
        Some(inside.first(end))
    })?;
    // An expression within is no text.
    let plain = !text.bytes().iter().any(|b| b"\"'`\n ,{[".contains(b)) && !text.is_empty();
    plain.then_some(Argument { text, kind: Kind::Literal })
}

fn literal(given: Part<'_>) -> Option<Argument<'_>> {
    if let Some(argument) = bracketed(given) {
        return Some(argument);
    }
    if let Some(inside) = MAKERS.iter().find_map(|maker| given.strip(maker)) {
        let inner = inside.trim();
        // Of further arguments only how the text is written: `Buffer.from("…", "hex")`.
        let (text, after) = quoted(inner)?;
        let ends = matches!(after.bytes().first(), None | Some(b')' | b','));
        return (ends || method(after).is_some()).then_some(Argument { text, kind: Kind::Literal });
    }
    let (text, after) = quoted(given)?;
    if after.is_empty() {
        return Some(Argument { text, kind: Kind::Literal });
    }
    let kind = if method(after)? == ".tochararray()" { Kind::Chars } else { Kind::Literal };
    Some(Argument { text, kind })
}

fn method(after: Part<'_>) -> Option<&'static str> {
    METHODS.iter().copied().find(|method| after.strip(method).is_some())
}

/// What stands in the quotes that open a text, and what follows them.
fn quoted(given: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    // `b"x"` of Python, `@"x"` of C# and Objective-C.
    let marked = matches!(given.bytes(), [b'b' | b'B' | b'u' | b'r' | b'@' | b'L' | b'N', b'"' | b'\'', ..]);
    let given = if marked { given.skip(1) } else { given };
    let quote = given.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let inside = given.skip(1);
    let mut skip = false;
    let end = inside.bytes().iter().position(|b| {
        let ends = !skip && *b == quote;
        skip = *b == b'\\' && !skip;
        ends
    })?;
    let text = inside.first(end);
    let whole = !text.bytes().iter().any(|b| matches!(b, b'"' | b'\'' | b'`' | b'\n'));
    whole.then(|| (text, inside.skip(end + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(given: &str, end: u8) -> Vec<(String, Kind)> {
        let all = arguments(Part::of(given.as_bytes()), end);
        all.iter().map(|a| (String::from_utf8_lossy(a.text.bytes()).into_owned(), a.kind)).collect()
    }

    #[test]
    fn texts_are_literals_whatever_they_are_made_into() {
        for given in [
            "'x')",
            "b\"x\")",
            "Some(\"x\"))",
            "[]byte(\"x\"))",
            "\"x\".to_string())",
            "\"x\".getBytes(UTF_8))",
            "Buffer.from('x', 'hex'))",
            "Encoding.UTF8.GetBytes(\"x\"))",
            "q{x})",
            "[[x]])",
            "cdk.SecretValue.unsafePlainText('x'))",
        ] {
            assert_eq!(texts(given, b')'), [("x".to_owned(), Kind::Literal)], "{given}");
        }
        assert_eq!(texts("\"x\".toCharArray())", b')'), [("x".to_owned(), Kind::Chars)]);
    }

    #[test]
    fn other_arguments_keep_their_place() {
        for (given, end) in [("f(1, 2), 'x' + y, 'z')", b')'), ("a, \"b\", 'z'\n", b'\n')] {
            let all = texts(given, end);
            assert_eq!((all.len(), all[2].clone()), (3, ("z".to_owned(), Kind::Literal)), "{given}");
        }
        assert_eq!(texts("\"a\" \"z\"]", b']').len(), 2);
        assert_eq!(texts("\"a\" \"z\") \"x\"\n", b'\n').len(), 2);
        assert_eq!(texts("\"a\" \"z\" <> h \"x\"\n", b'\n').len(), 2);
        assert_eq!(texts("'h:1', 'r', 'u' => 'z')", b')').len(), 4);
        assert!(texts("'a', 'b'", b')').is_empty());
    }
}
