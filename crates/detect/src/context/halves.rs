//! Secrets that a program puts together of texts: `token = "abc" + "def"`, `'abc' . 'def'`, texts side by side in C and
//! Python.
//!
//! The halves are judged as one, by the name they have.
//!
//! bad: `String token = "yhYw1p" + "WbJOPa";`
//! good: `String token = System.getenv("TOKEN");`

use tightlip_report::{Confidence, Level};

use super::assignment::{RULE, judged};
use super::judge::bound::text_of;
use super::judge::comment::is_comment;
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, says};
use super::judge::reading::{line_from, reach, text_in_quotes};
use super::judge::site::{Sign, Site, Written, name_around, value_of};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "halves",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code && !is_bundle(hint),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "a.java",
            text: "String apiToken = \"a1B{base62:9}\" + \"{base62:12}\";\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.php",
            text: "$api_token = 'a1B{base62:9}' . '{base62:12}';\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.lua",
            text: "local api_token = \"a1B{base62:9}\" .. \"{base62:12}\"\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.js",
            text: "const P1 = 'a1B{base62:9}';\nconst P2 = '{base62:12}';\nexport function apiKey() {{\n  return P1 + P2;\n}}\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.py",
            text: "A = 'a1B{base62:9}'\nB = '{base62:12}'\nAPI_TOKEN = A + B\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.kt",
            text: "val apiToken = listOf(\"a1B{base62:9}\", \"{base62:12}\").joinToString(\"\")\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.py",
            text: "API_TOKEN = ''.join(['a1B{base62:9}', '{base62:12}'])\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.py",
            text: "API_TOKEN = (\n    \"a1B{base62:9}\"\n    \"{base62:12}\"\n)\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: "A = 'user-'\nB = 'token'\napi_token = A + B\napi_token = A + c\ndef api_token():\n    return A + B\ntoken_path = os.path.join('a1B{base62:9}', '{base62:12}'); token = '-'.join(['user', 'token']); api_token = join('a1B{base62:9}', x)\n",
            rule: "",
        },
        Example {
            path: "a.java",
            text: "String token = \"user-\" + \"token\"; String password = \"Enter your \" + \"password\"; String apiKey = \"a1B{base62:9}\" + suffix;\n",
            rule: "",
        },
        Example { path: "a.hs", text: "token = header \"x\" \"{base62:20}\" \"y\"\n", rule: "" },
    ],
};

/// Of more texts nobody puts a secret together, and longer ones are none.
const MOST: usize = 16;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let name = name_around(text.bytes, at);
        done = name.span().end.max(at + 1);
        let halves = || first_half(text.bytes, name).and_then(|first| joined(text, first));
        let Some((whole, joined)) =
            in_list(text.bytes, name).or_else(|| of_names(text.bytes, name)).or_else(halves)
        else {
            continue;
        };
        let Some((level, confidence)) = level_of(text, name, &joined) else { continue };
        done = whole.span().end.max(name.span().end);
        let label = format!("value of {}", String::from_utf8_lossy(name.bytes()));
        let shape = length_of(&label, joined.len());
        out(Found::here(&RULE, whole, shape).decoded(joined, &["joined texts"]).at(level, confidence));
    }
}

/// The text behind a name, which may stand in brackets below it.
fn first_half<'b>(text: &'b [u8], name: Part<'b>) -> Option<Part<'b>> {
    if says(name.bytes()) == Says::Nothing || is_comment(text, name.span().start) {
        return None;
    }
    let site = value_of(text, name)?;
    if site.written == Written::Quoted {
        return Some(site.value);
    }
    let opened = site.value.strip("(").or_else(|| site.value.strip("\\")).filter(Part::is_empty)?;
    let rest = Part::between(text, opened.span().end..text.len().min(opened.span().end + 400)).trim();
    text_in_quotes(rest).map(|(first, _)| first)
}

/// What joins the texts of a list without anything between them, in lower case.
const JOINERS: &[&[u8]] =
    &[b"join(", b"jointostring(", b"mkstring", b"concat(", b"implode(", b"paste0(", b"(str "];

/// `listOf("a", "b").joinToString("")`, `"".join(["a", "b"])`: the texts of a list in one line, as one.
fn in_list<'b>(text: &'b [u8], name: Part<'b>) -> Option<(Part<'b>, Vec<u8>)> {
    let line = line_from(text, name.span().end);
    // Most lines join nothing.
    let lower = line.first(400).bytes().to_ascii_lowercase();
    JOINERS.iter().any(|joiner| memchr::memmem::find(&lower, joiner).is_some()).then_some(())?;
    if says(name.bytes()) == Says::Nothing || is_comment(text, name.span().start) {
        return None;
    }
    let mut rest = line.first(400).after(&line.while_(|b| matches!(b, b'"' | b'\'' | b']' | b')')));
    rest.trim().bytes().first().filter(|b| matches!(b, b'=' | b':' | b'<'))?;
    let (mut whole, mut first, mut last) = (Vec::new(), None, None::<Part<'b>>);
    while let Some(open) = rest.bytes().iter().position(|b| matches!(b, b'"' | b'\'')) {
        let gap = rest.first(open);
        let (next, after) = text_in_quotes(rest.skip(open))?;
        let listed = || gap.bytes().contains(&b',') && gap.bytes().iter().all(|b| b" ,".contains(b));
        rest = after;
        // Nothing between them, as `""` says.
        if next.is_empty() {
            continue;
        }
        if last.is_some() && !listed() {
            return None;
        }
        whole.extend_from_slice(next.bytes());
        first = first.or(Some(next));
        last = Some(next);
    }
    let (first, last) = (first?, last?);
    (first.span() != last.span()).then(|| (first.through(&last), whole))
}

/// How far behind the name of a function what it returns may begin, in bytes.
const BODY: usize = 200;

/// `API_KEY = P1 + P2`, `function apiKey() { return P1 + P2; }`: names of texts that are joined.
fn of_names<'b>(text: &'b [u8], name: Part<'b>) -> Option<(Part<'b>, Vec<u8>)> {
    let rest = reach(text, name.span().end).first(BODY);
    let gap = rest.while_(|b| b == b' ');
    let after = rest.after(&gap);
    let joined = match after.bytes() {
        [b'=', b' ', ..] => after.skip(2),
        [b':', b'=', b' ', ..] => after.skip(3),
        [b'(', b')', ..] => after.cut_at(b"return ").filter(|(head, _)| !head.bytes().contains(&b'}'))?.1,
        _ => return None,
    };
    let line = joined.while_(|b| !matches!(b, b'\n' | b';' | b'}'));
    let plus = line.bytes().iter().filter(|b| **b == b'+').count();
    if !(1..=6).contains(&plus) || says(name.bytes()) == Says::Nothing || is_comment(text, name.span().start)
    {
        return None;
    }
    let (mut whole, mut first) = (Vec::new(), None);
    let mut rest = Some(line);
    while let Some(now) = rest.take() {
        let (part, behind) =
            now.cut(|b| b == b'+').map_or((now, None), |(part, behind)| (part, Some(behind)));
        let half = text_of(part.trim())?;
        whole.extend_from_slice(half.bytes());
        first = first.or(Some(half));
        rest = behind;
    }
    first.map(|first| (first, whole))
}

/// All texts from the first on as one, and where they stand.
fn joined<'b>(text: &Text<'b>, first: Part<'b>) -> Option<(Part<'b>, Vec<u8>)> {
    let quote = first.byte_before();
    let mut whole = first.bytes().to_vec();
    let mut last = first;
    for _ in 0..MOST {
        let start = (last.span().end + 1).min(text.bytes.len());
        let rest = Part::between(text.bytes, start..text.bytes.len().min(start + 400));
        let Some(next) = next_half(&text.hint, rest)? else { break };
        whole.extend_from_slice(next.bytes());
        last = next;
    }
    let several = last.span() != first.span() && matches!(quote, b'"' | b'\'');
    several.then(|| (first.through(&last), whole))
}

/// The text that is joined to the one before; none within if nothing is, none at all if it is no text.
fn next_half<'b>(hint: &Hint<'_>, rest: Part<'b>) -> Option<Option<Part<'b>>> {
    let gap = rest.while_(|b| b.is_ascii_whitespace());
    let after = rest.after(&gap);
    let Some(behind) = ["+", "..", ".", "&", "~", "\\"].iter().find_map(|sign| after.strip(sign)) else {
        let below = gap.bytes().contains(&b'\n') && is_joined_by_nothing(hint);
        return Some(text_in_quotes(after).filter(|_| below).map(|(next, _)| next));
    };
    // `+ suffix`: the rest is made elsewhere.
    text_in_quotes(behind.trim()).map(|(next, _)| Some(next))
}

/// Whether texts side by side are one in this language.
fn is_joined_by_nothing(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    [&b".py"[..], b".c", b".cc", b".cpp", b".cxx", b".h", b".hpp", b".m", b".mm", b".ino", b".d"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// What the same name and the whole value would be worth side by side.
fn level_of(text: &Text<'_>, name: Part<'_>, joined: &[u8]) -> Option<(Level, Confidence)> {
    let line = [name.bytes(), b" = \"", joined, b"\""].concat();
    let part = Part::of(&line);
    let value = part.skip(name.len() + " = \"".len()).first(joined.len());
    let name = part.first(name.len());
    let (sign, written) = (Sign::Equals, Written::Quoted);
    let site = Site { name, sign, written, value, quoted_name: Written::Bare };
    let text = Text { bytes: &line, hint: text.hint, binary: false, at: &[] };
    judged(&text, Ground::Code, &site)
}
