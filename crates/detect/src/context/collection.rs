//! Collections in programs whose name says that each of their values is secret: `var apiKeys = map[string]string{…}`,
//! `PASSWORDS = dict(bob="…")`, `API_KEYS=([shop]="…")`, `tokens.put("shop", "…")`.
//!
//! What stands in plain braces as JSON has it is for the finder of names under names. Names of keys, prices, identifiers and
//! addresses stand in such collections as well: only what looks random counts, and below passwords what looks chosen.
//!
//! bad: `API_KEYS = Map.of("shop", "q8Rk2…")`
//! good: `API_KEYS = Map.of("shop", System.getenv("SHOP_KEY"))`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::judge::coined::is_coined;
use super::judge::comment::is_in_comment;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{Says, is_for_tests, says, words};
use super::judge::reading::reach;
use super::judge::site::name_around;
use super::judge::value::{Worth, worth};
use super::judge::weak::is_chosen_in_quotes;
use super::nested::ABOUT;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "collection",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell),
    keywords: &["keys", "passwords", "secrets", "tokens", "credentials", "passwds"],
    find,
    hits: &[
        Example {
            path: "a.go",
            text: "var apiKeys = map[string]string{{\n\t\"shop\": \"a1B{base62:30}\",\n}}\n",
            rule: "secret-in-file",
        },
        Example {
            path: "A.java",
            text: "Map<String, String> API_KEYS = Map.of(\"shop\", \"a1B{base62:30}\");\n",
            rule: "secret-in-file",
        },
        Example {
            path: "A.java",
            text: "PASSWORDS.put(\"bob\", \"P{lower:6}#97\");\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.sh",
            text: "declare -A API_KEYS=(\n  [shop]=\"a1B{base62:30}\"\n)\n",
            rule: "secret-in-file",
        },
        Example { path: "a.py", text: "VALID_TOKENS = ['a1B{base62:30}']\n", rule: "secret-in-file" },
        Example { path: "a.py", text: "PASSWORDS['bob'] = 'P{lower:6}#97'\n", rule: "secret-in-file" },
        Example {
            path: "a.pl",
            text: "my %passwords = ( bob => 'P{lower:6}#97' );\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.kt",
            text: "val apiKeys = mapOf(\"shop\" to \"a1B{base62:30}\")\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[
        Example {
            path: "a.go",
            text: "\"credentials\": {{\n\tElem: validateEnum([]string{{\"RSA_PEM\", \"RSA_X509_PEM\", \"ES256_X509_PEM\"}}),\n}}\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: concat!(
                "const SIGNING_KEYS = [{{\"keyid\": \"SHA256:{b64:43}\", \"key\": \"",
                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{b64:86}==\"}}];\n"
            ),
            rule: "",
        },
        Example {
            path: "a.js",
            text: "x = {{\"Credentials\": {{\"type\": \"structure\", \"required\": [\"AccessKeyId\", \"SessionToken\"]}}}};\n",
            rule: "",
        },
        Example {
            path: "a.go",
            text: "var apiKeys = map[string]string{{\"name\": \"a1B{base62:30}\", \"price\": \"price_1a{base62:20}\", \"x\": \"stripe_key\"}}\nvar cacheKeys = map[string]string{{\"a\": \"a1B{base62:30}\"}}\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "api_keys = decrypt(\"a1B{base62:30}\")\nPUBLIC_KEYS = [\"a1B{base62:30}\"]\nTOKENS = {{'usd': '0x{hex:40}'}}\npasswords = ['password', 'Enter password 2']\n",
            rule: "",
        },
    ],
};

/// What makes a collection of its arguments, in lower case.
const MAKERS: &[&str] = &[
    "",
    "of",
    "ofentries",
    "entry",
    "mapof",
    "mutablemapof",
    "linkedmapof",
    "hashmapof",
    "listof",
    "mutablelistof",
    "setof",
    "arrayof",
    "aslist",
    "dict",
    "map",
    "hashmap",
    "from",
    "array",
    "list",
    "set",
    "hashset",
    "frozenset",
    "ordereddict",
    "tuple",
    "put",
    "add",
    "insert",
    "append",
    "push",
    "store",
];
/// So many bytes may stand between a name and its bracket.
const HEAD: usize = 90;
/// So many literals of a collection are looked at.
const MOST: usize = 64;

/// How plainly a name says that what it holds is secret.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    /// Passwords, as people choose them.
    Passwords,
    /// Keys and tokens; `tokens` alone are as often words of a language, or coins.
    Keys,
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let name = name_around(text.bytes, at);
        if at < done || name.is_empty() {
            continue;
        }
        done = name.span().end;
        let (own, how) = without_call(name);
        // Most of these words are called or read: that no bracket follows is quicker to see than what they say.
        let Some(inside) = opened(reach(text.bytes, name.span().end), how) else { continue };
        let Some(holds) = holds(own.bytes()) else { continue };
        if is_in_comment(text, name.span().start) {
            continue;
        }
        let label = String::from_utf8_lossy(own.bytes()).into_owned();
        for value in literals(inside).into_iter().filter(|value| counts(holds, value.bytes())) {
            done = value.span().end;
            out(Found::here(&RULE, value, length_of(&format!("value of {label}"), value.len()))
                .at(Level::Deny, Confidence::Medium));
        }
    }
}

/// How a collection comes by its values.
#[derive(Clone, Copy, PartialEq)]
enum How {
    /// It is set to them.
    Set,
    /// It is given one: `tokens.put("a", "x")`.
    Given,
}

/// The name of a collection without the call that gives it a value.
fn without_call(name: Part<'_>) -> (Part<'_>, How) {
    let calls = [".put", ".add", ".set", ".insert", ".append", ".push"];
    let length =
        |call: &&str| name.len().checked_sub(call.len()).filter(|length| name.skip(*length).is(call));
    match calls.iter().find_map(length) {
        Some(length) => (name.first(length), How::Given),
        None => (name, How::Set),
    }
}

fn holds(name: &[u8]) -> Option<Holds> {
    let words = words(name);
    let mut last = words.iter().rev().map(String::as_str);
    let (last, before) = (last.next()?, last.next().unwrap_or_default());
    let whose = [
        "valid", "api", "access", "auth", "bot", "service", "admin", "client", "bearer", "allowed", "secret",
        "user", "known", "deploy", "refresh",
    ];
    match last {
        _ if is_for_tests(name) => None,
        "tokens" if whose.contains(&before) => Some(Holds::Keys),
        "passwords" | "passwds" | "secrets" | "credentials" if says(name) == Says::Secret => {
            Some(Holds::Passwords)
        }
        "keys" if says(name) == Says::Secret || whose.contains(&before) && before != "user" => {
            Some(Holds::Keys)
        }
        _ => None,
    }
}

fn counts(holds: Holds, value: &[u8]) -> bool {
    let whole = !value.contains(&b' ') && !value.starts_with(b"0x") && value.len() <= 512;
    match worth(value) {
        _ if is_in_capitals(value) => false,
        Worth::Strong => whole,
        // `AccessKeyId` is the name of a field.
        Worth::Weak
            if value.iter().all(u8::is_ascii_alphabetic) && value.iter().any(u8::is_ascii_uppercase) =>
        {
            false
        }
        Worth::Weak => holds == Holds::Passwords && whole && (is_chosen_in_quotes(value) || is_coined(value)),
        _ => false,
    }
}

/// `ES256_X509_PEM`: the name of a constant, words with a number behind them at most.
fn is_in_capitals(value: &[u8]) -> bool {
    let word = |part: &[u8]| {
        let (letters, number) = part.split_at(part.iter().take_while(|b| b.is_ascii_uppercase()).count());
        (1..=8).contains(&letters.len()) && number.len() <= 3 && number.iter().all(u8::is_ascii_digit)
    };
    let plain = |part: &[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_uppercase);
    let mut parts = value.split(|b| *b == b'_');
    value.contains(&b'_') && parts.clone().all(word) && parts.any(plain)
}

/// What stands behind the bracket of a collection that a name is set to, or is given to.
fn opened<'b>(rest: Part<'b>, how: How) -> Option<Part<'b>> {
    let mut at = 0;
    let mut set = how == How::Given;
    while at < HEAD {
        let after = rest.skip(at);
        match after.bytes() {
            [b'[', quote @ (b'"' | b'\''), ..] if at == 0 => return indexed(after.skip(2), *quote),
            // `map[string]string{`, `: [String: String] =`, `string[] x =`.
            [b'[', next, ..] if next.is_ascii_alphanumeric() || matches!(next, b']' | b':') => {
                at += after.cut(|b| b == b']').map_or(HEAD, |(kind, _)| kind.len() + 1);
            }
            [b'{' | b'[', ..] => return set.then(|| after.skip(1)),
            [b'(', ..] => return (set && is_maker(rest.first(at))).then(|| after.skip(1)),
            [b'=', b'=', ..] | [b'!', b'=', ..] => return None,
            [b'=' | b':' | b',' | b'%', ..] => {
                set = true;
                at += 1;
            }
            [b, ..] if b.is_ascii_alphanumeric() || b"<>.@$_!?&*'\" \t|-#\\".contains(b) => at += 1,
            _ => return None,
        }
    }
    None
}

/// `['bob'] = 'x'`: the value of one.
fn indexed(rest: Part<'_>, quote: u8) -> Option<Part<'_>> {
    let (key, after) = rest.first(rest.len().min(HEAD)).cut(|b| b == quote)?;
    let after = after.strip("]")?.trim();
    let value = after.strip("=").filter(|value| !value.bytes().starts_with(b"="))?;
    let line = Part::between(rest.whole(), value.span().start..rest.span().end).while_(|b| b != b'\n');
    (!is_about(key.bytes())).then_some(line)
}

/// Whether what is called right before a bracket makes a collection.
fn is_maker(head: Part<'_>) -> bool {
    let lower = head.trim().bytes().to_ascii_lowercase();
    // `new Map<string, string>(`, `hashmap!(`.
    let plain = lower
        .strip_suffix(b">")
        .and_then(|typed| Some(typed.split_at_checked(memchr::memrchr(b'<', typed)?)?.0));
    let plain = plain.unwrap_or(&lower);
    let plain = plain.strip_suffix(b"!").unwrap_or(plain);
    let called = plain.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_').next().unwrap_or_default();
    MAKERS.iter().any(|maker| maker.as_bytes() == called)
}

/// The texts in quotes up to the closing bracket, without those that name another, and what says something about it.
fn literals(inside: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    let mut gap = 0;
    let mut named = Vec::new();
    while let Some(&b) = inside.bytes().get(at) {
        at += 1;
        match b {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' if depth == 0 => break,
            b'}' | b']' | b')' => depth -= 1,
            b'"' | b'\'' => {
                let rest = inside.skip(at);
                let Some((value, after)) = rest.cut(|other| other == b || other == b'\n') else { break };
                let before = inside.first(at - 1).skip(gap);
                let key = [named.as_slice(), before.bytes()].concat();
                let about = is_about(last_word(&key));
                if is_key(after) && after.strip(": true").is_none() {
                    named = value.bytes().to_vec();
                } else {
                    named.clear();
                    if !about {
                        all.push(value);
                    }
                }
                at += value.len() + 1;
                gap = at;
            }
            _ => {}
        }
        if all.len() >= MOST {
            break;
        }
    }
    all
}

/// Whether what follows a text in quotes makes it the name of the next.
fn is_key(after: Part<'_>) -> bool {
    let after = after.trim();
    let after = after.strip("]").map_or(after, |rest| rest.trim());
    [":", "=>", "=", "to ", "->"].iter().any(|sign| after.strip(sign).is_some())
}

/// The last word before a value: its name, of which signs may stand around.
fn last_word(before: &[u8]) -> &[u8] {
    let end = before.iter().rposition(|b| b.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
    let head = before.get(..end).unwrap_or_default();
    head.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_' && *b != b'-').next().unwrap_or_default()
}

fn is_about(key: &[u8]) -> bool {
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    ABOUT.contains(&last)
        || [
            "id",
            "keyid",
            "keytype",
            "scheme",
            "required",
            "name",
            "url",
            "uri",
            "host",
            "email",
            "username",
            "login",
            "created",
            "expires",
            "hash",
            "iv",
            "salt",
            "public",
            "fingerprint",
        ]
        .contains(&last)
}
