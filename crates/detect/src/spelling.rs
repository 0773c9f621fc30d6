//! The forms in which a value gets written down: encodings and the escapes of shells, JSON, URLs and HTML.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::set::Set;

/// A value of fewer bytes is looked for only as it is: its encodings occur by chance.
const TINY: usize = 4;
/// Fewer base64 characters than this occur by chance and must stand alone.
const FEW: usize = 6;

/// What must not stand beside a form of a value, so that it is not taken for a part of something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Border {
    /// Anything may.
    Free,
    /// No letter, digit or underscore.
    Word,
    /// No character of base64 either.
    Base64,
}

impl Border {
    /// Whether this byte may stand beside the form.
    #[must_use]
    pub fn allows(self, beside: u8) -> bool {
        match self {
            Self::Free => true,
            Self::Word => !Set::WORD.has(beside),
            Self::Base64 => !Set::named("b64").unwrap_or_default().union(&Set::WORD).has(beside),
        }
    }
}

/// Every form in which a value gets written down, each once.
#[must_use]
pub fn forms(value: &[u8]) -> Vec<(Vec<u8>, Border)> {
    let mut forms: Vec<(Vec<u8>, Border)> = Vec::new();
    for Spelling { bytes, border, .. } in spellings(value) {
        let border = match border {
            border if border == Set::EMPTY => Border::Free,
            border if border == Set::WORD => Border::Word,
            _ => Border::Base64,
        };
        if !forms.iter().any(|(known, _)| *known == bytes) {
            forms.push((bytes, border));
        }
    }
    forms
}

/// One form of a value.
pub(crate) struct Spelling {
    pub(crate) bytes: Vec<u8>,
    pub(crate) encoding: &'static str,
    /// What must not stand beside it; empty: anything may.
    pub(crate) border: Set,
}

/// Every form of a value, the plainest first.
pub(crate) fn spellings(value: &[u8]) -> Vec<Spelling> {
    if value.is_empty() {
        return Vec::new();
    }
    if value.len() < TINY {
        return vec![Spelling { bytes: value.to_vec(), encoding: "raw", border: Set::WORD }];
    }
    let mut all = vec![free("raw", value.to_vec())];
    if let Ok(text) = std::str::from_utf8(value) {
        all.extend(escaped(text));
        all.extend(pattern(text));
        all.push(apart(text));
        all.push(free("utf-16le", text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        all.push(free("utf-16be", text.encode_utf16().flat_map(u16::to_be_bytes).collect()));
    }
    all.extend(url(value));
    all.extend(hex(value));
    all.extend(hex_with_marks(value));
    all.extend((0..3).flat_map(|lead| base64_at(value, lead)));
    all.extend(base64_alone(value));
    all.push(free("reversed", value.iter().rev().copied().collect()));
    all
}

fn free(encoding: &'static str, bytes: Vec<u8>) -> Spelling {
    Spelling { bytes, encoding, border: Set::EMPTY }
}

/// Every character alone: `sed 's/./& /g'`, which shows what a log masks.
fn apart(text: &str) -> Spelling {
    let characters: Vec<String> = text.chars().map(String::from).collect();
    free("spaced", characters.join(" ").into_bytes())
}

/// The characters of base64 that depend on the value alone when `lead` bytes stand before it.
fn base64_at(value: &[u8], lead: usize) -> Vec<Spelling> {
    let bytes = [&[0; 2][..lead.min(2)], value].concat();
    // Each character holds six bits; those that hold bits of a neighbour differ from place to place.
    let first = lead.saturating_mul(8).div_ceil(6);
    let last = bytes.len().saturating_mul(8) / 6;
    let texts = [("base64", STANDARD_NO_PAD.encode(&bytes)), ("base64url", URL_SAFE_NO_PAD.encode(&bytes))];
    let stable = texts.into_iter().filter_map(|(encoding, text)| {
        let stable = text.as_bytes().get(first..last)?.to_vec();
        let alphabet = Set::named("b64").unwrap_or_default().union(&Set::WORD);
        let border = if stable.len() < FEW { alphabet } else { Set::EMPTY };
        (stable.len() >= 4).then_some(Spelling { bytes: stable, encoding, border })
    });
    stable.collect()
}

/// All of the base64 of a short value, or of a line with it. Its last character holds bits that could be a neighbour's, so
/// that it is no part of what [`base64_at`] gives, which must stand alone and does not.
fn base64_alone(value: &[u8]) -> Vec<Spelling> {
    let whole = [value.to_vec(), [value, b"\n"].concat()];
    let texts = whole.into_iter().flat_map(|bytes| {
        [("base64", STANDARD_NO_PAD.encode(&bytes)), ("base64url", URL_SAFE_NO_PAD.encode(&bytes))]
    });
    let border = Set::named("b64").unwrap_or_default().union(&Set::WORD);
    let short = texts.filter(|(_, text)| text.len() < FEW + 2);
    short.map(|(encoding, text)| Spelling { bytes: text.into_bytes(), encoding, border }).collect()
}

/// In one piece, as dumps have it with a space between, and as strings of programs.
fn hex(value: &[u8]) -> [Spelling; 4] {
    let digits = |mark: &str, digits: Digits| {
        let mut out = Vec::with_capacity(value.len().saturating_mul(mark.len().saturating_add(2)));
        for (number, byte) in value.iter().enumerate() {
            out.extend_from_slice(if number == 0 && mark == " " { "" } else { mark }.as_bytes());
            out.extend(digits(*byte));
        }
        free("hex", out)
    };
    [digits("", lower), digits("", upper), digits(" ", lower), digits("\\x", lower)]
}

/// What is decoded where it stands needs no form: a text of this length and more in hexadecimal with a mark between the bytes.
const DECODED: usize = 11;

/// `68:75:6e` and `68-75-6E`, of what is too short for the decoder that reads them, or no text.
fn hex_with_marks(value: &[u8]) -> Vec<Spelling> {
    let is_text = std::str::from_utf8(value).is_ok_and(|text| !text.chars().any(char::is_control));
    if is_text && value.len() >= DECODED {
        return Vec::new();
    }
    let written = |mark: &str, digits: Digits| {
        let bytes: Vec<[u8; 2]> = value.iter().map(|byte| digits(*byte)).collect();
        free("hex", bytes.join(mark.as_bytes()))
    };
    [(":", lower as Digits), (":", upper), ("-", lower), ("-", upper)]
        .map(|(mark, digits)| written(mark, digits))
        .into()
}

/// The two hexadecimal digits of a byte.
type Digits = fn(u8) -> [u8; 2];

fn lower(byte: u8) -> [u8; 2] {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

fn upper(byte: u8) -> [u8; 2] {
    lower(byte).map(|digit| digit.to_ascii_uppercase())
}

/// Percent encoding: libraries differ in what they leave as it is and in the case of their digits.
fn url(value: &[u8]) -> Vec<Spelling> {
    const LEFT: [&[u8]; 5] = [
        b"-._~",                 // RFC 3986: unreserved
        b"-._~!*'()",            // encodeURIComponent
        b"-._~!*'();/?:@&=+$,#", // encodeURI
        b"-._~$&+,;=",           // user and password in Go's net/url
        b"-._~!$&'()*+,;=:@/",   // a path
    ];
    let kept = |left: &'static [u8]| move |byte: u8| byte.is_ascii_alphanumeric() || left.contains(&byte);
    let mut all = Vec::new();
    // What the first leaves as it is, all do.
    let changed = !value.iter().all(|byte| kept(LEFT[0])(*byte));
    for left in LEFT.into_iter().filter(|_| changed) {
        for digits in [upper as Digits, lower] {
            let text = percent(value, digits, kept(left));
            // Forms write a space as a plus sign.
            let form = value.contains(&b' ').then(|| String::from_utf8_lossy(&text).replace("%20", "+"));
            all.push(free("url", text));
            all.extend(form.map(|form| free("url", form.into_bytes())));
        }
    }
    all.push(free("url", percent(value, lower, |_| false)));
    // An address inside of an address: `?next=%2Fcb%3Fkey%3Da%2526b`.
    let once = all.first().filter(|_| changed);
    let twice = once.map(|form| String::from_utf8_lossy(&form.bytes).replace('%', "%25"));
    all.extend(twice.map(|twice| free("url", twice.into_bytes())));
    all.push(free("url", percent(value, upper, |_| false)));
    all
}

/// A value whose bytes are written with a percent sign, but for those that are kept.
fn percent(value: &[u8], digits: Digits, kept: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len().saturating_mul(3));
    for byte in value {
        if kept(*byte) {
            out.push(*byte);
        } else {
            out.push(b'%');
            out.extend(digits(*byte));
        }
    }
    out
}

/// Escapes of text formats. Those that change nothing give the raw text again, which is already known.
fn escaped(text: &str) -> Vec<Spelling> {
    let mut all = Vec::new();
    // What none of them changes is the raw text.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        return all;
    }
    for style in [Json::PLAIN, Json::GO, Json::SLASHED, Json::ASCII, Json::ASCII_UPPER] {
        all.push(free("json", each(text, |c, out| json(c, style, out))));
    }
    all.extend(escaped_again(text));
    all.extend(foreign(text));
    all.push(free("go", each(text, go)));
    for quote in ["'\\''", "'\"'\"'"] {
        all.push(free("shell", text.replace('\'', quote).into_bytes()));
    }
    all.push(free("shell", each(text, |c, out| marked(c, "$`\"\\!", out))));
    all.push(free("shell", each(text, |c, out| marked(c, " \t!\"#$&'()*,;<>?[\\]^`{|}~", out))));
    // `$'it\'s'`, which is how many languages write strings as well.
    all.push(free("shell", each(text, |c, out| json(c, Json::QUOTED, out))));
    // SQL has a quote twice inside of quotes, as tables in text and PowerShell do.
    for quote in ["'", "\""].into_iter().filter(|quote| text.contains(*quote)) {
        all.push(free("doubled", text.replace(quote, &quote.repeat(2)).into_bytes()));
    }
    all.push(free("properties", each(text, |c, out| json(c, Json::PROPERTIES, out))));
    all.push(free("compose", text.replace('$', "$$").into_bytes()));
    let ampersands = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for (quote, apostrophe) in [
        ("&quot;", "'"),
        ("&quot;", "&#39;"),
        ("&#34;", "&#39;"),
        ("&quot;", "&apos;"),
        ("\"", "'"),
        // Python's `html.escape`.
        ("&quot;", "&#x27;"),
        ("&#x22;", "&#x27;"),
    ] {
        let marked = ampersands.replace('"', quote).replace('\'', apostrophe);
        all.extend(entities(&marked).map(|bytes| free("html", bytes)));
        all.push(free("html", marked.into_bytes()));
    }
    all
}

/// A string within a string, and that within another: `\\\"`, of what has something to escape in each.
fn escaped_again(text: &str) -> Vec<Spelling> {
    if !text.contains(['"', '\\']) {
        return Vec::new();
    }
    let escape = |bytes: &[u8]| each(&String::from_utf8_lossy(bytes), |c, out| json(c, Json::PLAIN, out));
    let once = escape(text.as_bytes());
    let forms = std::iter::successors(Some(once), |last| Some(escape(last)));
    forms.skip(1).take(2).map(|bytes| free("json", bytes)).collect()
}

/// Letters outside of ASCII as writers of JSON have them that escape nothing else but what they must, and as `native2ascii` does.
fn foreign(text: &str) -> Vec<Spelling> {
    if text.is_ascii() {
        return Vec::new();
    }
    let styles = [Json::ASCII_PLAIN, Json::ASCII_SLASHED, Json::PROPERTIES_LOWER];
    let mut forms: Vec<_> =
        styles.iter().map(|style| free("json", each(text, |c, out| json(c, *style, out)))).collect();
    // C# and Go have a letter for these two; JSON has none.
    if text.contains(['\u{7}', '\u{b}']) {
        let styles = [Json::ASCII, Json::ASCII_PLAIN];
        let lettered = |style| {
            each(text, |c, out| match c {
                '\u{7}' => out.push_str("\\a"),
                '\u{b}' => out.push_str("\\v"),
                c => json(c, style, out),
            })
        };
        forms.extend(styles.map(|style| free("json", lettered(style))));
    }
    forms
}

/// Letters outside of ASCII as entities of HTML: by their numbers, and by names where all have one.
fn entities(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let foreign = !text.is_ascii();
    let number = |write: fn(u32) -> String| {
        each(text, |c, out| if c.is_ascii() { out.push(c) } else { out.push_str(&write(u32::from(c))) })
    };
    let numbers = [
        number(|code| format!("&#{code};")),
        number(|code| format!("&#x{code:x};")),
        number(|code| format!("&#x{code:X};")),
    ];
    let name =
        |c: char| u32::from(c).checked_sub(0xa0).and_then(|place| NAMES.get(usize::try_from(place).ok()?));
    let named = text.chars().all(|c| c.is_ascii() || name(c).is_some()).then(|| {
        each(text, |c, out| match name(c) {
            Some(name) => out.extend(["&", name, ";"]),
            None => out.push(c),
        })
    });
    numbers.into_iter().chain(named).filter(move |_| foreign)
}

/// The names that HTML has for the letters of Latin-1, from the no-break space on.
const NAMES: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo",
    "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
    "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
    "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
    "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash",
    "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde",
    "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
    "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave",
    "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

/// What roff and regular expressions escape: hyphens, or all that means something in a pattern (Python's `re.escape`).
fn pattern(text: &str) -> Vec<Spelling> {
    let special = ["-", "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}"]
        .into_iter()
        .filter(|special| text.contains(|c| special.contains(c)));
    special.map(|special| free("pattern", each(text, |c, out| marked(c, special, out)))).collect()
}

fn each(text: &str, write: impl Fn(char, &mut String)) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| write(c, &mut out));
    out.into_bytes()
}

/// A backslash before certain characters.
fn marked(c: char, special: &str, out: &mut String) {
    if special.contains(c) {
        out.push('\\');
    }
    out.push(c);
}

/// How a JSON writer escapes beyond what it must.
#[derive(Clone, Copy)]
struct Json {
    /// Characters written as `\u003c`.
    coded: &'static str,
    /// Characters written with a backslash.
    slashed: &'static str,
    /// What is outside ASCII.
    foreign: Foreign,
}

#[derive(Clone, Copy, PartialEq)]
enum Foreign {
    Kept,
    Lower,
    Upper,
}

impl Json {
    const PLAIN: Self = Self { coded: "", slashed: "\"\\", foreign: Foreign::Kept };
    /// In single quotes.
    const QUOTED: Self = Self { coded: "", slashed: "'\\", foreign: Foreign::Kept };
    /// Go's `encoding/json` escapes what would be markup in HTML.
    const GO: Self = Self { coded: "<>&\u{2028}\u{2029}", slashed: "\"\\", foreign: Foreign::Kept };
    /// PHP escapes the slash.
    const SLASHED: Self = Self { coded: "", slashed: "\"\\/", foreign: Foreign::Lower };
    /// Python's `json.dumps`.
    const ASCII: Self = Self { coded: "", slashed: "\"\\", foreign: Foreign::Lower };
    /// Jackson's `ESCAPE_NON_ASCII`.
    const ASCII_PLAIN: Self = Self { coded: "", slashed: "\"\\", foreign: Foreign::Upper };
    /// The same with a slash escaped.
    const ASCII_SLASHED: Self = Self { coded: "", slashed: "\"\\/", foreign: Foreign::Upper };
    /// What `native2ascii` makes of a properties file.
    const PROPERTIES_LOWER: Self = Self { coded: "", slashed: "\\:=#!", foreign: Foreign::Lower };
    /// Java's `Properties.store`.
    const PROPERTIES: Self = Self { coded: "", slashed: "\\:=#!", foreign: Foreign::Upper };
    /// .NET's `System.Text.Json`.
    const ASCII_UPPER: Self = Self { coded: "<>&'\"+`", slashed: "\\", foreign: Foreign::Upper };
}

fn json(c: char, style: Json, out: &mut String) {
    let mut units = [0; 2];
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c if style.slashed.contains(c) => marked(c, style.slashed, out),
        c if style.coded.contains(c)
            || c.is_control()
            || (!c.is_ascii() && style.foreign != Foreign::Kept) =>
        {
            for unit in c.encode_utf16(&mut units) {
                let _ = match style.foreign {
                    Foreign::Upper => write!(out, "\\u{unit:04X}"),
                    _ => write!(out, "\\u{unit:04x}"),
                };
            }
        }
        c => out.push(c),
    }
}

/// Go's `%q`, close to what other languages print for debugging.
fn go(c: char, out: &mut String) {
    match c {
        '\u{7}' => out.push_str("\\a"),
        '\u{b}' => out.push_str("\\v"),
        c if c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{8}' | '\u{c}') => {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        }
        c => json(c, Json::PLAIN, out),
    }
}
