//! Logins in rows of a program: a host, a user and his password side by side, as lists of partners and constructors have them, or an
//! address of mail and the password of it.
//!
//! Three texts in a row are everywhere: only behind the address of a machine that there is, only a name that somebody logs in with,
//! and only what looks chosen or made counts.
//!
//! bad: `PARTNERS = [("sftp.kiesel.de", "shop", "Xk9vab!97"), …]`
//! good: `PARTNERS = [("sftp.kiesel.de", "shop", os.environ["KIESEL_PASSWORD"]), …]`

use tightlip_report::{Confidence, Level};

use super::gate::is_passed_with;
use super::judge::comment::is_in_comment;
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::host::is_real;
use super::judge::length_of;
use super::judge::reading::{line_before, text_in_quotes};
use super::judge::value::is_password_hash;
use super::judge::weak::{is_number_before_words, is_words_with_number};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "login-in-row",
    "Host, user and password in a row of a program",
    "Whoever can read the program can log in as it does.",
)
.source("https://cwe.mitre.org/data/definitions/256.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "login-row",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code && !is_bundle(hint),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "pull.py",
            text: "PARTNERS = [\n    (\"sftp.kieselwerk.de\", \"u_shop\", \"Xk9{lower:4}#97\", \"/out\"),\n]\n",
            rule: "login-in-row",
        },
        Example {
            path: "A.scala",
            text: "val prod = DbConf(\"db01.kieselwerk.cloud\", 5432, \"svc\", \"{lower:5}Fasan49+\")\n",
            rule: "login-in-row",
        },
        Example {
            path: "a.clj",
            text: "(def hosts [[\"10.4.7.9\" \"root\" \"Xk9{lower:4}#97\"]])\n",
            rule: "login-in-row",
        },
        Example {
            path: "a.rb",
            text: "SERVERS = {{ 'a' => ['ftp.kieselwerk.fr:21', 'ann', 'Xk9{lower:4}#97'] }}\n",
            rule: "login-in-row",
        },
        Example {
            path: "Seed.cs",
            text: "await Ensure(users, \"ann\", \"ann@kieselwerk.pl\", \"Xk9{lower:4}#97\");\n",
            rule: "login-in-row",
        },
        Example {
            path: "conftest.py",
            text: "ACCOUNTS = {{\"admin\": (\"ann@kieselwerk.io\", \"Xk9{lower:4}#97\")}}\n",
            rule: "login-in-row",
        },
    ],
    misses: &[
        Example {
            path: "a.js",
            text: "const groups = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'channel.k8s.io'];\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "x = [(\"ftp.example.com\", \"bob\", \"Xk9{lower:4}#97\"), (\"kieselwerk.de\", \"sha256\", \"{hex:40}\"), (\"www.kieselwerk.de\", \"GET\", \"Xk9{lower:4}#97\"), (\"kieselwerk.de\", \"bob\", \"/srv/a1B2c3\")]\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "x = [(\"ann@kieselwerk.de\", \"Ann Kiesel\"), (\"ann@kieselwerk.de\", \"{hex:40}\"), (\"bob@example.com\", \"Xk9{lower:4}#97\"), (\"ann@kieselwerk.de\", \"KIES-9712\"), (\"ann@kieselwerk.de\", \"bob2@kieselwerk.de\")]\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "connect('db1.kieselwerk.de', user, 'Xk9{lower:4}#97'); f('db1.kieselwerk.de', 'user', 'password');\n",
            rule: "",
        },
        Example {
            path: "names.inc",
            text: "  \"llvm.bpf.preserve.type.info\",\n  \"llvm.bpf.pseudo\",\n  \"llvm.hexagon.A2.abs\",\n  \"llvm.nvvm.tld4.b.2d.v4f32.f32\",\n",
            rule: "",
        },
        Example { path: "a.js", text: "// f('db1.kieselwerk.de', 'bob', 'Xk9{lower:4}#97')\n", rule: "" },
    ],
};

/// Ends of the names of machines and of networks, and starts of addresses inside, each with a quote.
const KEYWORDS: &[&str] = &[
    ".com\"",
    ".net\"",
    ".org\"",
    ".de\"",
    ".fr\"",
    ".it\"",
    ".es\"",
    ".nl\"",
    ".pl\"",
    ".eu\"",
    ".ch\"",
    ".at\"",
    ".be\"",
    ".uk\"",
    ".se\"",
    ".dk\"",
    ".no\"",
    ".fi\"",
    ".cz\"",
    ".pt\"",
    ".br\"",
    ".ru\"",
    ".io\"",
    ".cloud\"",
    ".tech\"",
    ".online\"",
    ".biz\"",
    ".info\"",
    ".app\"",
    ".dev\"",
    ".cn\"",
    ".jp\"",
    ".in\"",
    ".tr\"",
    ".hu\"",
    ".ro\"",
    ".gr\"",
    ".us\"",
    ".ca\"",
    ".au\"",
    ".mx\"",
    ".ar\"",
    ".cl\"",
    ".co\"",
    ".internal\"",
    ".local\"",
    ".lan\"",
    ".corp\"",
    ".intranet\"",
    ".com'",
    ".net'",
    ".org'",
    ".de'",
    ".fr'",
    ".it'",
    ".es'",
    ".nl'",
    ".pl'",
    ".eu'",
    ".ch'",
    ".at'",
    ".be'",
    ".uk'",
    ".se'",
    ".dk'",
    ".no'",
    ".fi'",
    ".cz'",
    ".pt'",
    ".br'",
    ".ru'",
    ".io'",
    ".cloud'",
    ".tech'",
    ".online'",
    ".biz'",
    ".info'",
    ".app'",
    ".dev'",
    ".cn'",
    ".jp'",
    ".in'",
    ".tr'",
    ".hu'",
    ".ro'",
    ".gr'",
    ".us'",
    ".ca'",
    ".au'",
    ".mx'",
    ".ar'",
    ".cl'",
    ".co'",
    ".internal'",
    ".local'",
    ".lan'",
    ".corp'",
    ".intranet'",
    ":21\"",
    ":22\"",
    ":21'",
    ":22'",
    "\"10.",
    "\"192.168.",
    "\"172.",
    "'10.",
    "'192.168.",
    "'172.",
];

/// Words that stand where a user could, and are none.
const NO_USERS: &[&str] = &[
    "get", "post", "put", "tcp", "udp", "http", "https", "ssl", "tls", "utf8", "utf-8", "md5", "sha1",
    "sha256", "sha512", "hmac", "true", "false", "null", "none", "user", "username", "name", "text",
    "string", "id", "type", "a", "aaaa", "mx", "txt", "cname",
];

/// No row is longer, in bytes.
const LONGEST: usize = 300;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let Some((first, rest)) = literal_around(text.bytes, at) else { continue };
        let Some(value) = password(first, rest) else { continue };
        if is_in_comment(text, first.span().start) {
            continue;
        }
        done = value.span().end;
        out(Found::here(&RULE, value, length_of("password in a row", value.len())));
    }
}

/// The text in quotes around a place in its line, and what follows it.
fn literal_around(text: &[u8], at: usize) -> Option<(Part<'_>, Part<'_>)> {
    let here = text.get(at).copied()?;
    let opens = matches!(here, b'"' | b'\'');
    let start = if opens {
        at
    } else {
        let line = line_before(text, at);
        at - line.len() + line.iter().rposition(|b| matches!(b, b'"' | b'\''))?
    };
    text_in_quotes(Part::between(text, start..text.len().min(start + LONGEST)))
}

fn password<'b>(first: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let second = next(rest)?;
    if let Some((_, host)) = first.cut(|b| b == b'@') {
        let mail = first.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"._-+@".contains(b));
        return Some(second.0).filter(|value| mail && is_domain(host.bytes()) && is_password(*value));
    }
    let host = first.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b".-_:".contains(b));
    if !host || !is_real(first.bytes()) || !is_user(second.0) {
        return None;
    }
    let (third, _) = next(second.1)?;
    let listed = is_name_of_host(third.bytes()) || is_of_family(&[first, second.0, third]);
    (is_password(third) && third.bytes() != second.0.bytes() && !listed).then_some(third)
}

/// `llvm.bpf.pseudo`, `llvm.x86.A2.abs`: names that begin with the same word are a list of names.
fn is_of_family(row: &[Part<'_>; 3]) -> bool {
    let family = |part: &Part<'_>| part.cut(|b| b == b'.').map(|(word, _)| word.bytes().to_vec());
    let [first, second, third] = row.each_ref().map(family);
    first.is_some() && first == second && second == third
}

/// `internal.apiserver.k8s.io`: one more host of a list.
fn is_name_of_host(text: &[u8]) -> bool {
    let labels = text.split(|b| *b == b'.');
    let plain = |label: &[u8]| {
        label.first().is_some_and(u8::is_ascii_lowercase)
            && label.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    labels.clone().count() >= 3 && labels.clone().all(plain)
}

/// A domain that there is: no manual's.
fn is_domain(host: &[u8]) -> bool {
    is_real(&[b"mail.", host].concat())
}

/// The next text of a row and what follows it; the number of a port may stand before it.
fn next(rest: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let gap = |rest: Part<'_>| rest.while_(|b| b.is_ascii_whitespace() || b == b',').len();
    let length = gap(rest);
    let item = rest.skip(length);
    let port = item.while_(|b| b.is_ascii_digit());
    let item = if (2..=5).contains(&port.len()) {
        let after = item.after(&port);
        after.skip(gap(after))
    } else {
        item
    };
    (length > 0).then(|| text_in_quotes(item)).flatten()
}

/// A name that somebody logs in with.
fn is_user(user: Part<'_>) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-@\\".contains(b);
    let lower = user.bytes().to_ascii_lowercase();
    (2..=60).contains(&user.len())
        && user.bytes().iter().all(plain)
        && user.bytes().iter().any(u8::is_ascii_alphabetic)
        && !NO_USERS.iter().any(|word| word.as_bytes() == lower)
}

/// Like one that somebody chose or a program made: no digest, no number of a thing, no path and no address.
fn is_password(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    let hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let has = |class: fn(&u8) -> bool| bytes.iter().any(class);
    let numbered =
        !has(u8::is_ascii_lowercase) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let address = bytes.contains(&b'@') && bytes.contains(&b'.') && is_domain(after_at(bytes));
    let path = bytes.contains(&b'/') || bytes.contains(&b' ');
    let own = is_passed_with(bytes) || is_words_with_number(bytes) || is_number_before_words(bytes);
    (8..=64).contains(&bytes.len())
        && !hex
        && !numbered
        && !address
        && !path
        && !is_password_hash(bytes)
        && own
}

fn after_at(value: &[u8]) -> &[u8] {
    value.rsplit(|b| *b == b'@').next().unwrap_or_default()
}
