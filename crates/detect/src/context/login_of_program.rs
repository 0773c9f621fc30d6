//! A user and his password side by side in a program: `users = {"anna": "…"}`, `("ops", "…") => true`.
//!
//! Pairs of texts are everywhere in programs: only under a name that says whose they are, or as a case of what checks a
//! login, and only what looks chosen or made counts.
//!
//! bad: `("ops", "hunter22x") => true,` in a function that checks a login
//! good: a table of hashes, read from a file

use memchr::memmem;
use tightlip_report::{Confidence, Level};

use super::gate::{is_guarded, is_passed_with};
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::length_of;
use super::judge::name::{is_for_tests, words};
use super::judge::reading::{line_before, text_in_quotes};
use super::judge::site::name_around;
use super::judge::value::is_password_hash;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "login-in-program",
    "User and password in a program",
    "Whoever can read the program can log in as that user.",
)
.source("https://cwe.mitre.org/data/definitions/798.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "login-of-program",
    rules: &[&RULE],
    wants: |hint| !is_bundle(hint) && (ground(hint) == Ground::Code || is_of_erlang(hint)),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example { path: "a.pl", text: "my %users = (ann => 'Xk9{lower:4}97!');\n", rule: "login-in-program" },
        Example {
            path: "a.pl",
            text: "our %LOGIN = (\n    'dieter' => 'Xk9{lower:4}97!',\n);\n",
            rule: "login-in-program",
        },
        Example {
            path: "a.go",
            text: "var users = map[string]string{\n\t\"anna\": \"Xk9{lower:4}97!\",\n}\n",
            rule: "login-in-program",
        },
        Example {
            path: "a.js",
            text: "app.use(basic({ users: { anna: 'Xk9{lower:4}97!' } }));\n",
            rule: "login-in-program",
        },
        Example {
            path: "a.kt",
            text: "val logins = mapOf(\"till1\" to \"Xk9{lower:4}97!\")\n",
            rule: "login-in-program",
        },
        Example {
            path: "auth.rs",
            text: "match (user, pass) {\n    (\"ops\", \"Xk9{lower:4}97!\") => true,\n",
            rule: "login-in-program",
        },
        Example {
            path: "a.py",
            text: "def login(u, p):\n    return (u, p) in [(\"ann\", \"Xk9{lower:4}97!\")]\n",
            rule: "login-in-program",
        },
    ],
    misses: &[
        Example {
            path: "a.sql",
            text: "INSERT INTO users (name, password) VALUES ('ann', 'scrypt:32768:8:1${base62:16}${hex:128}'), ('bob', 'x');\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "const users = { id: 'Xk9{lower:4}97!', name: 'x' }; const keys = { up: 'ArrowUp38' };\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "x={{operators:[],scopes:[],tokenizer:{{root:[{{include:\"@Kiesel_{lower:6}97!\"}},{{include:\"@other\"}}]}}}}\n",
            rule: "",
        },
        Example {
            path: "Pins.swift",
            text: "let pins = [\"swift-nio\": \"a1{hex:38}\", \"swift-log\": \"b2{hex:38}\"]\nlet users = [\"ann\": \"c3{hex:62}\"]\n",
            rule: "",
        },
        Example {
            path: "a.rs",
            text: "match (os, arch) { (\"linux\", \"Xk9{lower:4}97!\") => true, }\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "def login():\n    pass\ndependencies = [(\"accounts\", \"0001_initial_{hex:8}\")]\nusers = {\"anna\": \"student\", \"bob\": get(\"x1\")}\nusers = [(\"role\", \"Xk9{lower:4}97!\")]\n",
            rule: "",
        },
    ],
};

/// What holds a password for each user, as the last word of a name.
const HEADS: &[&str] =
    &["users", "accounts", "logins", "credentials", "creds", "pins", "passwords", "operators", "allow"];

/// The same of a hash of Perl, whose name is in the singular.
const HASHES: &[&str] = &["login", "user", "account", "password", "passwd", "pass", "operator"];

/// What ends a pair of texts that is a case, a clause or an item, after the quote.
const ENDS: &[&str] = &[") =>", ") ->", "), do", ") do", ")]", "), (", "):", "}}", "}, {"];

const KEYWORDS: &[&str] = &[
    "users",
    "accounts",
    "logins",
    "credentials",
    "creds",
    "pins",
    "passwords",
    "operators",
    "allow",
    "%login",
    "%user",
    "%account",
    "%passw",
    "%pass ",
    "\") =>",
    "') =>",
    "\") ->",
    "\"), do",
    "\") do",
    "\")]",
    "')]",
    "\"), (",
    "'), (",
    "\"):",
    "'):",
    "\"}}",
    "\"}, {",
];

/// Names of fields: what has them is one thing, and no list of users.
const FIELDS: &[&str] = &[
    "id",
    "ids",
    "uid",
    "uuid",
    "guid",
    "name",
    "title",
    "label",
    "email",
    "mail",
    "type",
    "kind",
    "url",
    "uri",
    "path",
    "href",
    "src",
    "class",
    "style",
    "role",
    "roles",
    "group",
    "key",
    "token",
    "hash",
    "icon",
    "avatar",
    "image",
    "version",
    "lang",
    "locale",
    "date",
    "created",
    "text",
    "value",
    "description",
    "method",
    "header",
    "content",
    "format",
    "host",
    "table",
    "field",
    "column",
    "index",
    "model",
    "schema",
    "query",
    "ref",
    "salt",
    "username",
    "user",
    "login",
    "password",
    "pass",
    "passwd",
    "pwd",
    "secret",
];

fn is_of_erlang(hint: &Hint<'_>) -> bool {
    matches!(hint.file_name(), b"sys.config" | b"app.config" | b"advanced.config")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let quoted = matches!(text.bytes.get(at), Some(b'"' | b'\''));
        let values = if quoted { case(text, at).into_iter().collect() } else { table(text.bytes, at) };
        for value in values.into_iter().filter(|value| !is_password_hash(value.bytes())) {
            done = done.max(value.span().end);
            out(Found::here(&RULE, value, length_of("password of a user", value.len())));
        }
    }
}

/// `users = { "anna": "x", "bob": "y" }` in all the languages that have such.
fn table(text: &[u8], at: usize) -> Vec<Part<'_>> {
    let at = at + usize::from(text.get(at) == Some(&b'%'));
    let name = name_around(text, at);
    let said = words(name.bytes());
    let hash = name.span().start.checked_sub(1).and_then(|n| text.get(n)) == Some(&b'%');
    let telling = said
        .last()
        .is_some_and(|last| HEADS.contains(&last.as_str()) || hash && HASHES.contains(&last.as_str()));
    if !telling || is_for_tests(name.bytes()) || name.span().end <= at {
        return Vec::new();
    }
    let rest = Part::between(text, name.span().end..text.len().min(name.span().end + 2000));
    let Some(first) = opened(rest) else { return Vec::new() };
    let pairs = pairs(first);
    if pairs.iter().any(|(user, _)| !is_user(*user)) {
        return Vec::new();
    }
    pairs
        .into_iter()
        .map(|(_, value)| value)
        .filter(|value| !is_identifier(value.bytes()) && is_passed_with(value.bytes()))
        .collect()
}

/// What stands from the first user on: a type or a call and its brackets may lead to it.
fn opened(rest: Part<'_>) -> Option<Part<'_>> {
    let close = rest.while_(|b| matches!(b, b'"' | b'\''));
    let rest = rest.after(&close);
    let lead = rest
        .first(120)
        .while_(|b| b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"_.<>,:=[](){%*&".contains(&b));
    let quote = rest.after(&lead).bytes().first();
    let brackets = lead.bytes().iter().rposition(|b| matches!(b, b'{' | b'[' | b'('))?;
    let sign = lead.bytes().trim_ascii_start().first();
    let sets = matches!(sign, Some(b'=' | b':' | b'{' | b'(')) || lead.bytes().starts_with(b" {");
    // A bracket that closes or a second statement ends what could lead to a user.
    let inside = lead.skip(brackets);
    // `(ann => 'x')` of Perl has a bare word before its first value.
    let first = inside.skip(1).trim();
    let bare = first.while_(|b| b.is_ascii_alphanumeric() || b == b'_');
    let arrow = !bare.is_empty() && first.after(&bare).trim().bytes() == b"=>";
    let ended = !arrow && inside.bytes().iter().any(|b| matches!(b, b')' | b'>' | b'='));
    // `operators:[],tokenizer:{root:[{include:"…"}]}`: there are none, and what follows is something else.
    let none = [&b"[],"[..], b"{},", b"(),"].iter().any(|end| memmem::find(lead.bytes(), end).is_some());
    // `["anna"] =` of Lua has its quote right behind the bracket; `{ anna: 'x'` a word before it.
    (sets && !ended && !none && matches!(quote, Some(b'"' | b'\''))).then(|| rest.skip(brackets))
}

/// Users and their values, as far as there are such pairs.
fn pairs(mut rest: Part<'_>) -> Vec<(Part<'_>, Part<'_>)> {
    let mut all = Vec::new();
    while all.len() < 40 {
        let noise = rest.while_(|b| b.is_ascii_whitespace() || b"{[(},)".contains(&b));
        let Some((user, after)) = word(rest.after(&noise)) else { break };
        let after = after.after(&after.while_(|b| matches!(b, b']' | b' ')));
        let sign = ["=>", "->", "to ", ":", "=", ","].iter().find_map(|sign| after.strip(sign));
        let Some((value, behind)) = text_in_quotes(sign.unwrap_or(after).trim()) else { break };
        // A call or an operation goes on: the text is not the value.
        let end = behind.trim();
        if !matches!(end.bytes().first(), Some(b',' | b'}' | b')' | b']' | b';' | b'"')) {
            break;
        }
        all.push((user, value));
        rest = Part::between(rest.whole(), value.span().end + 1..rest.span().end);
    }
    all
}

fn word(part: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    text_in_quotes(part).or_else(|| {
        let bare = part.while_(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        (!bare.is_empty()).then(|| (bare, part.after(&bare)))
    })
}

/// A name that somebody logs in with, and not one of a field.
fn is_user(user: Part<'_>) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@');
    let bytes = user.bytes();
    let lower = bytes.to_ascii_lowercase();
    let field = words(bytes).last().is_some_and(|last| FIELDS.contains(&last.as_str()))
        || FIELDS.iter().any(|field| field.as_bytes() == lower);
    (2..=40).contains(&bytes.len())
        && bytes.iter().all(plain)
        && bytes.first().is_some_and(|b| b.is_ascii_lowercase())
        && !field
}

/// `("ops", "x") =>`: the pair that ends with the quote at this place.
fn case<'b>(text: &Text<'b>, at: usize) -> Option<Part<'b>> {
    let behind = Part::between(text.bytes, at + 1..text.bytes.len().min(at + 8));
    let end = ENDS.iter().find(|end| behind.strip(end).is_some())?;
    let quote = *text.bytes.get(at)?;
    let line = line_before(text.bytes, at);
    let start = at - line.len();
    let open = memchr::memrchr(quote, line)?;
    let value = Part::between(text.bytes, start + open + 1..at);
    let head = line.get(..open)?.trim_ascii_end().strip_suffix(b",")?.trim_ascii_end();
    let inner = head.strip_suffix(&[quote])?;
    let from = memchr::memrchr(quote, inner)?;
    let user = Part::between(text.bytes, start + from + 1..start + inner.len());
    let before = inner.get(..from)?;
    let (bracket, before) = before.split_last()?;
    let tuple = match bracket {
        b'{' => end.starts_with('}'),
        // A call with two texts is no case, unless it is a clause of a function.
        b'(' => end.starts_with(')') && (!is_called(before) || is_clause(line, end)),
        _ => false,
    };
    let listed = end.ends_with(']') || end.ends_with(", (");
    let told = !listed || is_of_users(line);
    let sure = tuple && told && is_user(user) && !is_identifier(value.bytes());
    (sure && is_passed_with(value.bytes()) && is_guarded(text, value)).then_some(value)
}

/// Whether a line with a list of pairs says that they are users: `if (u, p) in [(…)]`, `login_as = [(…)]`.
fn is_of_users(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    let words = [" in [", " in (", "user", "login", "pass", "pw", "auth", "cred"];
    words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// `0001_initial_4fb3e318`: as migrations and steps of a program are called; a revision or a digest.
fn is_identifier(value: &[u8]) -> bool {
    let small = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
    matches!(value.len(), 40 | 64 | 128) && value.iter().all(small)
        || value.contains(&b'_')
            && value.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
}

fn is_called(before: &[u8]) -> bool {
    before.last().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'!' | b'?' | b']'))
}

/// `def verify("ops", "x"), do: :ok`, `verify("ops", "x") -> ok;`.
fn is_clause(line: &[u8], end: &str) -> bool {
    let line = line.trim_ascii_start();
    let defines = line.starts_with(b"def ") || line.starts_with(b"defp ");
    defines && end.ends_with("do")
        || end.ends_with("->") && line.first().is_some_and(u8::is_ascii_lowercase) && !line.contains(&b' ')
        || end.ends_with("->") && line.split(|b| *b == b'(').next().is_some_and(|name| !name.contains(&b' '))
}
