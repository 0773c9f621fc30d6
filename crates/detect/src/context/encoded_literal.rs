//! Passwords that a program has in base64, so that nobody reads them over the shoulder: `base64.b64decode("…")`.
//!
//! What is so decoded may be anything. Under the name of a secret what looks chosen or random counts, under any other only what
//! nobody writes but a password.
//!
//! bad: `PW = base64.b64decode("S2llc2VsQDk5Iw==")`
//! good: `PW = base64.b64decode(os.environ["PW"])`

use tightlip_report::{Confidence, Level};

use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground};
use super::judge::in_login::is_own_password;
use super::judge::joined::is_short_phrase;
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::{line_before, reach, text_in_quotes};
use super::judge::value::{Worth, classes, is_chosen, is_passphrase, is_picked, worth};
use super::judge::weak::is_chosen_in_quotes;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "encoded-password",
    "Password in base64 in a program",
    "Whoever can read the program can decode it.",
)
.source("https://cwe.mitre.org/data/definitions/261.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "encoded-literal",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "a.py",
            text: concat!("_P = base64.b64decode(\"S2llc2Vs", "QDk5Iw==\").decode()\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.php",
            text: concat!("define('API_PW', base64_decode('S2llc2Vs", "QDk5Iw=='));\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.js",
            text: concat!("export const legacyPassword = dec('S2llc2Vs", "QDk5Iw==');\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.js",
            text: concat!("const password = atob('a2llc2Vs", "MjAxOWZh');\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.go",
            text: concat!("pw, _ := base64.StdEncoding.DecodeString(\"S2llc2Vs", "QDk5Iw==\")\n"),
            rule: "encoded-password",
        },
        Example {
            path: "run.ps1",
            text: concat!(
                "$pw = [Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('",
                "SwBpAGUAcwBlAGwAPQAyADAAMwAxAGgAZQByAG8AbgA=",
                "'))\n"
            ),
            rule: "encoded-password",
        },
        Example {
            path: "a.ts",
            text: concat!(
                "const dbPassword = Buffer.from(\"a2llc2VsLWhlcm9uLW",
                "1vbGVu\", 'base64').toString();\n"
            ),
            rule: "encoded-password",
        },
        Example {
            path: "A.java",
            text: concat!(
                "String password = new String(Base64.getDecoder().decode(\"S2llc2Vs",
                "PTIwMzFoZXJvbg==\"));\n"
            ),
            rule: "encoded-password",
        },
        Example {
            path: "A.java",
            text: concat!(
                "static String pw() {{ return new String(Base64.getDecoder().decode(\"a2llc2Vs",
                "MjAxOWZh\")); }}\n"
            ),
            rule: "encoded-password",
        },
    ],
    misses: &[
        Example {
            path: "A.java",
            text: concat!(
                "static String title() {{ return new String(Base64.getDecoder().decode(\"a2llc2Vs",
                "MjAxOWZh\")); }}\n"
            ),
            rule: "",
        },
        Example {
            path: "a.js",
            text: concat!(
                "const password = Buffer.from('a2llc2Vs",
                "MjAxOWZh', 'hex'); const key = Buffer.from('a2llc2Vs",
                "MjAxOWZh');\n"
            ),
            rule: "",
        },
        Example {
            path: "a.cs",
            text: concat!(
                "var token = Convert.FromBase64String(\"SABlAGwAbABvACAA",
                "dwBvAHIAbABkAA==\");\n"
            ),
            rule: "",
        },
        Example {
            path: "a.py",
            text: concat!("x = base64.b64decode('SGVsbG8g", "V29ybGQxMg=='); y = base64.b64decode(data)\n"),
            rule: "",
        },
        Example { path: "a.js", text: concat!("assert(atob('cGFzc3", "dvcmQ=') == 'x')\n"), rule: "" },
    ],
};

/// What decodes base64, in lower case.
const KEYWORDS: &[&str] = &[
    "b64decode(",
    "base64_decode(",
    "base64.decode(",
    "base64::decode(",
    "base64.decode64(",
    "strict_decode64(",
    "decodebase64(",
    "base64encoded: ",
    "decode64!(",
    "standard.decode(",
    "url_safe.decode(",
    "buffer.from(",
    "atob(",
    "frombase64string(",
    "getdecoder().decode(",
    "encoding.decodestring(",
    "decode_base64(",
    "base64decode(",
    // What programs call their own decoders.
    "dec(",
    "decode(",
    "b64(",
    "b64d(",
    "unb64(",
    "unbase64(",
    "deobfuscate(",
];

/// Those that may be anything.
const OWN: &[&str] = &["dec(", "decode(", "b64(", "b64d(", "unb64(", "unbase64(", "deobfuscate("];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        let Some(inside) = KEYWORDS.iter().find_map(|call| rest.strip(call)) else { continue };
        let inside = inside.strip("b").filter(|text| text_in_quotes(*text).is_some()).unwrap_or(inside);
        let Some((value, after)) = text_in_quotes(inside) else { continue };
        let Some(plain) = password(value.bytes()) else { continue };
        let own = OWN.iter().any(|call| rest.strip(call).is_some());
        let before = at.checked_sub(1).and_then(|n| text.bytes.get(n)).copied().unwrap_or(b' ');
        if own && (before.is_ascii_alphanumeric() || matches!(before, b'_' | b'.' | b':' | b'>')) {
            continue;
        }
        let ends = matches!(after.bytes().first(), Some(b')' | b','));
        // `Buffer.from("…", "hex")`: of Node.js's words for encodings only this one.
        if rest.strip("buffer.from(").is_some() && !is_said(after) {
            continue;
        }
        if ends
            && (is_named(line_before(text.bytes, at)) && is_one(&plain)
                || !own
                    && (is_unlike_words(&plain) || is_of_named_function(text.bytes, at) && is_one(&plain)))
        {
            let shape = length_of("password in base64", plain.len());
            out(Found::here(&RULE, value, shape).decoded(plain, &["base64"]));
        }
    }
}

/// How far above a value the function may begin that returns it, in bytes.
const BODY: usize = 160;
/// What begins a function, in its line.
const BEGINS: &[&[u8]] =
    &[b"func ", b"def ", b"function ", b"fn ", b"fun ", b"static ", b"private ", b"public ", b"sub "];

/// `func dbPassword() string {`, `static String pw() {`, `def password():` in the line of a place or one of the two above it.
pub(super) fn is_of_named_function(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(BODY)..at).unwrap_or_default();
    let head = before.rsplit(|b| *b == b'\n').take(3).find_map(|line| {
        let begins = BEGINS.iter().filter_map(|word| memchr::memmem::rfind(line, word)).max()?;
        line.get(begins..)
    });
    let name = head.and_then(|head| {
        let open = memchr::memchr(b'(', head)?;
        head.get(..open)?.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_').next()
    });
    name.is_some_and(|name| says(name) == Says::Secret)
}

/// Whether the next argument says that the text is base64.
fn is_said(after: Part<'_>) -> bool {
    let kind = after.strip(",").map(|rest| rest.trim()).and_then(text_in_quotes);
    kind.is_some_and(|(kind, _)| kind.is("base64") || kind.is("base64url"))
}

/// What it says, if that is one line of letters and marks; also in two bytes for each, as Windows has its texts.
pub(super) fn password(value: &[u8]) -> Option<Vec<u8>> {
    let digits = value.len() >= 8 && value.len().is_multiple_of(4);
    let plain = base64::decode_prefix(value);
    let end = value.iter().rev().take_while(|b| **b == b'=').count();
    let whole = digits && plain.len() + end == value.len() / 4 * 3;
    let plain = if is_wide(&plain) { plain.into_iter().step_by(2).collect() } else { plain };
    let text = std::str::from_utf8(&plain).is_ok_and(|text| !text.chars().any(char::is_control));
    (whole && text).then_some(plain)
}

/// Whether every second byte is nothing.
fn is_wide(plain: &[u8]) -> bool {
    let pairs = plain.chunks_exact(2);
    plain.len() >= 8 && pairs.remainder().is_empty() && pairs.into_iter().all(|pair| pair.ends_with(&[0]))
}

/// Whether it is a password where a name says so.
pub(super) fn is_one(plain: &[u8]) -> bool {
    match worth(plain) {
        Worth::Strong => true,
        Worth::Weak => {
            let digit = plain.iter().any(u8::is_ascii_digit);
            let phrase = is_passphrase(plain) || is_short_phrase(plain);
            is_chosen_in_quotes(plain)
                || is_picked(plain)
                || is_coined(plain)
                || phrase
                || digit && is_own_password(plain) && !plain.contains(&b' ')
        }
        _ => false,
    }
}

/// Letters, two digits or more and a mark, in no address and no file.
fn is_unlike_words(plain: &[u8]) -> bool {
    let digits = plain.iter().filter(|b| b.is_ascii_digit()).count();
    let marks = plain.iter().filter(|b| b.is_ascii_punctuation()).count();
    let shown = ["hello", "world", "test", "example", "sample", "foo", "data"]
        .iter()
        .any(|word| memchr::memmem::find(&plain.to_ascii_lowercase(), word.as_bytes()).is_some());
    let usual = shown || plain.iter().any(|b| b"/:.,_=&{}[]()<>\"'".contains(b));
    worth(plain) >= Worth::Weak
        && plain.iter().all(u8::is_ascii_graphic)
        && is_chosen(plain)
        && classes(plain) == 3
        && digits >= 2
        && marks > 0
        && !usual
}

/// Whether the line sets something that has the name of a secret.
pub(super) fn is_named(line: &[u8]) -> bool {
    // `define('API_PW', base64_decode('…'))` of PHP.
    let defined = line.trim_ascii_end().strip_suffix(b",").and_then(|head| {
        let (quote, inside) = head.split_last().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
        let open = memchr::memrchr(*quote, inside)?;
        let called = inside.get(..open)?.to_ascii_lowercase().ends_with(b"define(");
        inside.get(open + 1..).filter(|_| called)
    });
    if let Some(name) = defined {
        return says(name) == Says::Secret;
    }
    // `[Convert]::` is the class of what is called.
    let single = |at: usize| {
        let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        !beside.into_iter().any(|n| line.get(n) == Some(&b':'))
    };
    let sign = (0..line.len()).rev().find(|at| match line.get(*at) {
        Some(b'=') => true,
        Some(b':') => single(*at) || line.get(at + 1) == Some(&b'='),
        _ => false,
    });
    let Some(sign) = sign else { return false };
    let head = line.get(..sign).unwrap_or_default().trim_ascii_end();
    let head = head.strip_suffix(b":").unwrap_or(head).trim_ascii_end();
    // Of Go's two results the second is the error.
    let head = head.strip_suffix(b", _").or_else(|| head.strip_suffix(b", err")).unwrap_or(head);
    let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let head = head.get(..end).unwrap_or_default();
    let length =
        head.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    says(head.get(head.len() - length..).unwrap_or_default()) == Says::Secret
}
