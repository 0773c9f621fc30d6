//! Passwords and keys among the arguments of calls: `connect("db", "app", "…")`, `SetBasicAuth("bob", "…")`,
//! `new SecretKeySpec("…".getBytes(), "AES")`.
//!
//! The table of calls says which argument it is, and how well the name of the call is known: behind a well-known one
//! stands a password whatever it looks like, behind `connect(` or `login(` perhaps the name of a signal.
//!
//! bad: `DriverManager.getConnection(url, "app", "hunter22x")`
//! good: `DriverManager.getConnection(url, user, password)`

use tightlip_report::{Confidence, Level};

pub(super) mod arguments;
mod hosted;
mod keys;
mod kinds;
mod mocked;
mod table;

use super::judge::bound::text_of;
use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::in_login::is_own_password;
use super::judge::joined::{is_joined_phrase, is_own_joined, is_short_phrase, is_word_and_number};
use super::judge::length_of;
use super::judge::own_word::is_own_word;
use super::judge::reading::line_before;
use super::judge::value::{Worth, is_wordy, worth};
use super::judge::weak::{
    is_chosen_in_quotes, is_made, is_made_of_letters, is_number_before_words, is_numbered_phrase,
    is_words_with_number,
};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};
use arguments::{Argument, Kind, arguments};
use hosted::names_host;
use kinds::{Call, Holds, LAST};
use mocked::is_mocked;
use table::CALLS;

pub(super) static RULE: Rule = Rule::new(
    "password-in-call",
    "Password as an argument in a program",
    "Whoever can read the program can log in as it does.",
)
.source("https://cwe.mitre.org/data/definitions/798.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "call",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code || is_other_program(hint) || is_bundle(hint),
    keywords: {
        const ALL: [&str; CALLS.len()] = words();
        &ALL
    },
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "db = pymysql.connect(\"db.internal\", \"app\", \"p{lower:6}97\", \"app\")\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.java",
            text: "DriverManager.getConnection(url, \"app\", \"p{lower:6}97\");",
            rule: "password-in-call",
        },
        Example {
            path: "a.go",
            text: "req.SetBasicAuth(\"bob\", \"p{lower:6}97\")\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.php",
            text: "$db = new mysqli('db.internal', 'app', 'p{lower:6}97', 'app');",
            rule: "password-in-call",
        },
        Example {
            path: "a.py",
            text: "get(u, auth=(\"bob\", \"p{lower:6}97\"))\n",
            rule: "password-in-call",
        },
        Example { path: "a.js", text: "jwt.sign(payload, \"a1B{base62:30}\");", rule: "password-in-call" },
        Example { path: "a.rs", text: "get(u).bearer_auth(\"a1B{base62:30}\")", rule: "password-in-call" },
        Example {
            path: "A.java",
            text: "return new SecretKeySpec(\"a1B{base62:13}\".getBytes(UTF_8), \"AES\");",
            rule: "password-in-call",
        },
        Example {
            path: "a.py",
            text: "s.connect('h', 2222, 'bob', 'p{lower:6}97')\n",
            rule: "password-in-call",
        },
        Example {
            path: "seed.py",
            text: "{\"password_hash\": generate_password_hash(\"P{lower:6}*97\")}\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.dart",
            text: "final smtp = gmail('bob@gmail.com', 'qzwv {lower:2}xq jkvz tbqx');\n",
            rule: "password-in-call",
        },
        Example { path: "a.erl", text: "-define(COOKIE, 'a1B{base62:17}').\n", rule: "password-in-call" },
        Example {
            path: "a.swift",
            text: "let k = SymmetricKey(data: Data(\"a1B{base62:29}\".utf8))\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.py",
            text: "ssh.connect(HOST, PORT, \"bob\", \"p{lower:6}97\")\n",
            rule: "password-in-call",
        },
        Example { path: "a.hs", text: "basicAuth \"bob\" \"p{lower:6}97\"\n", rule: "password-in-call" },
        Example {
            path: "a.rb",
            text: "  provider :github, \"a1b2\", \"a1B{base62:30}\"\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.rb",
            text: "  provider :line, '16{digits:8}', 'a1{hex:30}'\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.php",
            text: "return new Client(self::SID, 'b1{hex:30}');\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.pl",
            text: "DBI->connect(\"dbi:Pg:dbname=shop;host=pg1.lan\", $user, 'otter-pebble-quartz', {{}});\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.groovy",
            text: "def sql = Sql.newInstance(url, 'app', 'P{lower:6}-97', 'com.mysql.cj.jdbc.Driver')\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.groovy",
            text: "nexus.auth.basic 'app', 'P{lower:6}?97+'\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.rb",
            text: "Faraday.new(url: u) {{ |f| f.request :authorization, :basic, 'app', 'P{lower:6}?97+' }}\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.rb",
            text: "conn.request(:authorization, :basic, 'app', 'P{lower:6}?97+')\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.rb",
            text: "f.request :authorization, 'Bearer', 'a1B{base62:30}'\n",
            rule: "password-in-call",
        },
        Example {
            path: "A.cs",
            text: "var p = new NetworkCredential(\"\", \"P{lower:6}#97\").SecurePassword;\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.php",
            text: "$redis->auth(['app', 'P{lower:6}#97']);\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.rs",
            text: "let o = ConnectOptions::with_user_and_password(\"app\".into(), \"a1B{base62:23}\".into());\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.vbs",
            text: "Set w = l.ConnectServer(\"PC-7\", \"root\\cimv2\", \"ACME\\inv\", \"P{lower:6}.97\")\n",
            rule: "password-in-call",
        },
        Example {
            path: "A.java",
            text: "store.connect(\"imap.acme.dev\", \"bob@acme.dev\", \"P{lower:6}-97\");\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.js",
            text: "webpush.setVapidDetails('mailto:a@acme.dev',\n  'B{b64u:86}',\n  'a1B{b64u:40}');\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.go",
            text: "api, err := cloudflare.NewWithAPIToken(\"a1B{base62:37}\")\n",
            rule: "password-in-call",
        },
        Example {
            path: "A.cs",
            text: "await c.AuthenticateAsync(\"bob@a.lan\", \"K{lower:8}_50m\");\n",
            rule: "password-in-call",
        },
    ],
    misses: &[
        Example {
            path: "a.groovy",
            text: "Sql.newInstance('jdbc:h2:mem:x1', settings, 'org.h2.Driver')\nSql.newInstance('jdbc:h2:mem:x1', 'sa', '', 'org.h2.Driver')\nx.auth.basic 'user', 'password'\nx.auth.basic user, password\n",
            rule: "",
        },
        Example {
            path: "A.java",
            text: "store.connect(host, user, password); store.connect(\"localhost\", \"user\", \"password\"); l.ConnectServer(\".\", \"root\\cimv2\");\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "webpush.setVapidDetails('mailto:a@acme.dev', 'B{b64u:86}', process.env.VAPID_KEY);\n",
            rule: "",
        },
        Example {
            path: "a.rb",
            text: "f.request :authorization, :basic, 'user', ENV['P9X']\nf.request :authorization, 'Bearer', -> {{ token }}\n",
            rule: "",
        },
        Example {
            path: "a.java",
            text: "DriverManager.getConnection(url, user, password); login(\"bob\", password);",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "connect('mongodb://localhost:27017/x1'); login('user1'); jwt.sign(payload, secret, 'HS256'); key.sign(md, 'RSASSA-PKCS1-V1_5');",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "client.change_password(old, new)\nhash_password('password1')\nsignal.connect('clicked', 'button1', 'on_click_2')\nx.authenticate('user', 'password')\n",
            rule: "",
        },
    ],
};

const fn words() -> [&'static str; CALLS.len()] {
    let mut all = [""; CALLS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = CALLS[i].word;
        i += 1;
    }
    all
}

/// PowerShell calls what .NET has as programs do; Erlang's settings are terms of its programs.
fn is_other_program(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    let shell = name.ends_with(b".ps1") || name.ends_with(b".psm1");
    shell || name.eq_ignore_ascii_case(b"consolehost_history.txt") || name == b"sys.config"
}

/// Longer than the arguments of any call that is looked at, in bytes.
const LONGEST: usize = 600;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at.iter() {
        if at < done {
            continue;
        }
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let Some((holds, value, level)) = secret_of(rest) else { continue };
        // In what a bundler made names are short: only well-known ones count.
        if is_bundle(&text.hint) && !matches!(holds, Holds::Password | Holds::Key) {
            continue;
        }
        if holds == Holds::Login && is_mocked(line_before(text.bytes, at)) {
            continue;
        }
        done = value.span().end.max(at + 1);
        let confidence = if level == Level::Deny { Confidence::Medium } else { Confidence::Low };
        out(Found::here(&RULE, value, length_of("password in a call", value.len())).at(level, confidence));
    }
}

/// The same for who knows that a call stands here.
pub(super) fn told(rest: Part<'_>) -> Option<(Part<'_>, Level)> {
    secret_of(rest).map(|(_, value, level)| (value, level))
}

/// The secret of the call that a text begins with: of those that are so called, the one with the longest name.
fn secret_of(rest: Part<'_>) -> Option<(Holds, Part<'_>, Level)> {
    let called = || CALLS.iter().filter(|call| rest.strip(call.word).is_some());
    let word = called().map(|call| call.word).max_by_key(|word| word.len())?;
    // An opening quote is one of the first argument.
    let opening = word.trim_end_matches(['\'', '"']);
    let end = match opening.bytes().last() {
        Some(b'(') => b')',
        Some(b'[') => b']',
        Some(b'{') => b'}',
        _ if word.contains('{') => b'}',
        _ if word.contains('(') => b')',
        _ => b'\n',
    };
    let arguments = arguments(rest.skip(opening.len()), end);
    let mut calls = called().filter(|call| call.word == word);
    calls.find_map(|call| secret(call, &arguments).map(|(value, level)| (call.holds, value, level)))
}

fn secret<'b>(call: &Call, arguments: &[Argument<'b>]) -> Option<(Part<'b>, Level)> {
    let place = place_in(call, arguments)?;
    let argument = arguments.get(place)?;
    if arguments.len() < call.least {
        return None;
    }
    let literal = argument.is_literal();
    let value = if literal { argument.text } else { handed_on(call, argument)? };
    let user = place.checked_sub(1).and_then(|before| arguments.get(before));
    let level = match call.holds {
        Holds::Password | Holds::Login => {
            // `new NetworkCredential("", "x").SecurePassword` makes a text one that is hidden in memory.
            let hides = call.word == "networkcredential(" && user.is_some_and(|user| user.text.is_empty());
            if hides && literal {
                return alone(value.bytes()).map(|level| (value, level));
            }
            let user = user.filter(|user| !user.text.is_empty())?;
            let hosted = || arguments.get(..place).is_some_and(|before| before.iter().any(names_host));
            let words = is_own_joined(value.bytes()) && hosted();
            if words { Some(Level::Deny) } else { login(call.holds, user, value.bytes()) }
        }
        Holds::Alone => alone(value.bytes()),
        Holds::Chars => (!literal || argument.kind == Kind::Chars).then(|| alone(value.bytes())).flatten(),
        Holds::Key => key(value.bytes()),
        Holds::Bytes => (worth(value.bytes()) == Worth::Strong).then_some(Level::Deny),
    };
    level.map(|level| (value, level))
}

/// The text that a name stands for which a call is given. Of calls that are called like others, none; and no name that speaks of
/// files, fields and the like.
fn handed_on<'b>(call: &Call, argument: &Argument<'b>) -> Option<Part<'b>> {
    let sure = matches!(call.holds, Holds::Password | Holds::Key | Holds::Bytes) || call.word == "ftp(";
    sure.then(|| text_of(argument.text)).flatten()
}

/// Which argument it is: behind a host there may be its port.
fn place_in(call: &Call, arguments: &[Argument<'_>]) -> Option<usize> {
    if call.place == LAST {
        return arguments.len().checked_sub(1);
    }
    let logs_in = matches!(call.holds, Holds::Password | Holds::Login) && call.place >= 2;
    let before = call.place.checked_sub(1).and_then(|before| arguments.get(before));
    // The number of an application is longer.
    let number =
        |text: Part<'_>| (1..=5).contains(&text.len()) && text.bytes().iter().all(u8::is_ascii_digit);
    let named = |argument: &Argument<'_>| {
        !argument.is_literal() && argument.text.bytes().to_ascii_lowercase().ends_with(b"port")
    };
    let port = before.is_some_and(|before| number(before.text) || named(before));
    Some(if logs_in && port { call.place + 1 } else { call.place })
}

fn login(holds: Holds, user: &Argument<'_>, value: &[u8]) -> Option<Level> {
    if user.text.is("anonymous") {
        return None;
    }
    // `Sql.newInstance(url, settings, "org.h2.Driver")`: a class where a password may be.
    if value.ends_with(b"Driver") && value.contains(&b'.') {
        return None;
    }
    let sure = holds == Holds::Password;
    match worth(value) {
        Worth::Strong => Some(Level::Deny),
        Worth::Weak
            if looks_like_one(value)
                || is_made(value)
                || (is_numbered_phrase(value)
                    || is_number_before_words(value)
                    || is_words_with_number(value)
                    || is_joined_phrase(value)
                    || is_word_and_number(value)
                    || is_coined(value))
                    && user.is_literal()
                || sure && is_short_phrase(value)
                || sure && is_mixed(value)
                || (sure && user.is_literal() || user.text.bytes().contains(&b'@'))
                    && is_own_password(value) =>
        {
            Some(Level::Deny)
        }
        Worth::Weak if user.is_literal() && (is_odd(value) || is_own_word(value)) => Some(Level::Warn),
        _ => None,
    }
}

fn alone(value: &[u8]) -> Option<Level> {
    let counts = match worth(value) {
        Worth::Strong => true,
        Worth::Weak => {
            is_chosen_in_quotes(value)
                || is_made(value)
                || is_numbered_phrase(value)
                || is_joined_phrase(value)
                || is_coined(value)
                || is_number_before_words(value)
                || is_made_of_letters(value)
        }
        _ => false,
    };
    counts.then_some(Level::Deny)
}

/// A text of the length that a cipher's key has is one.
fn key(value: &[u8]) -> Option<Level> {
    let fits = matches!(value.len(), 16 | 24 | 32);
    match worth(value) {
        Worth::Strong => Some(Level::Deny),
        Worth::Weak
            if looks_like_one(value)
                || is_made(value)
                || is_numbered_phrase(value)
                || is_joined_phrase(value)
                || is_coined(value) =>
        {
            Some(Level::Deny)
        }
        Worth::Weak if fits && !is_wordy(value) => Some(Level::Deny),
        Worth::Weak if fits && is_own_word(value) => Some(Level::Warn),
        _ => None,
    }
}

/// More than the words of a name: `button_2` is one, `(kelp)419` is not.
fn is_odd(value: &[u8]) -> bool {
    let name = |b: &u8| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.' | b' ' | b':' | b'/')
    };
    value.len() >= 6
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
        && !value.iter().all(name)
        && !value.iter().any(|b| matches!(b, b' ' | b'\\' | b'<' | b'>' | b'{' | b'}' | b'=' | b'/'))
}

/// Letters with digits or marks, in one word, unless it is chosen anyway: `button_2` is a name.
fn looks_like_one(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let mixed =
        has(u8::is_ascii_alphabetic) && value.iter().filter(|b| !b.is_ascii_alphabetic()).count() >= 2;
    let word = value
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'!' | b'#' | b'@' | b'$' | b'%' | b'^' | b'*'));
    is_chosen_in_quotes(value) || value.len() >= 6 && mixed && word
}

/// The same with any marks but those of addresses, paths and texts of several words.
fn is_mixed(value: &[u8]) -> bool {
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let plain = value.iter().all(|b| b.is_ascii_graphic() && !b"/\\<>{}".contains(b));
    let numbered = value.iter().any(u8::is_ascii_digit);
    (6..=64).contains(&value.len()) && plain && numbered && letters >= 2 && value.len() - letters >= 2
}
