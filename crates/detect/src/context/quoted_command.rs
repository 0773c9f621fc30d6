//! Variables that are set for a command which stands in a string: `"start": "DB_PASSWORD=… node app.js"` of a `package.json`,
//! `cmd="run DB_PASSWORD=…"` of XML, `os.system("export API_TOKEN=…; deploy")`.
//!
//! bad: `{"scripts": {"start": "cross-env DB_PASSWORD=hunter22x node app.js"}}`
//! good: `{"scripts": {"start": "node app.js"}}`, the variable set where the program runs

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, is_password, says};
use super::judge::site::name_around;
use super::judge::value::{Worth, is_chosen, is_picked, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-in-quoted-command",
    "Secret in a command that stands in a string",
    "Whoever can read the file has what the command is given.",
)
.source("https://cwe.mitre.org/data/definitions/214.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "quoted-command",
    rules: &[&RULE],
    wants: |hint| is_manifest(hint) || matches!(ground(hint), Ground::Quoted | Ground::Code | Ground::Prose),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "package.json",
            text: "{{\"scripts\": {{\"start\": \"cross-env A=b DB_PASSWORD=p{lower:6}!97 node app.js\"}}}}\n",
            rule: "secret-in-quoted-command",
        },
        Example {
            path: "task.json",
            text: "{{\"cmd\": \"export API_TOKEN=a1B{base62:30}; deploy\"}}\n",
            rule: "secret-in-quoted-command",
        },
        Example {
            path: "jobs.xml",
            text: "<job cmd=\"run DB_PASSWORD=p{lower:6}!97\"/>\n",
            rule: "secret-in-quoted-command",
        },
        Example {
            path: "deploy.py",
            text: "os.system(\"PGPASSWORD=p{lower:6}!97 psql -h db\")\n",
            rule: "secret-in-quoted-command",
        },
    ],
    misses: &[
        Example {
            path: "package.json",
            text: "{{\"scripts\": {{\"start\": \"DB_PASSWORD=$PW DB_PASS=${{X}} A_TOKEN=test API_KEY= node app.js\", \"t\": \"TOKEN=abc123 jest\"}}}}\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "print(f\"set DB_PASSWORD={pw97}!\")\nlog(\"DB_PASSWORD=%s\" % p)\nx = y \nDB_PASSWORD=p97!abcdef\nhelp = \"use DB_PASSWORD=<your password> or PASSWORD=password1\"\n",
            rule: "",
        },
    ],
};

/// The packages of Node.js say which commands build and start them.
fn is_manifest(hint: &Hint<'_>) -> bool {
    hint.file_name() == b"package.json"
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let name = name_around(text.bytes, at);
        done = name.span().end.max(at + 1);
        let found = is_variable(name.bytes()).then(|| set(text, name)).flatten();
        found.into_iter().for_each(&mut *out);
    }
}

/// `DB_PASSWORD`, as variables of the environment are written.
fn is_variable(name: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    name.len() >= 4 && name.iter().all(plain) && says(name) == Says::Secret
}

/// The value that the variable is set to, in a string.
fn set<'b>(text: &Text<'b>, name: Part<'b>) -> Option<Found<'b>> {
    let span = name.span();
    let rest = Part::between(text.bytes, span.end..text.bytes.len().min(span.end + 600));
    let ends = |b: u8| b.is_ascii_whitespace() || b";&|\"'`<>)\\".contains(&b);
    let value = rest.strip("=")?.while_(|b| !ends(b));
    if !is_in_string(text.bytes, span.start) {
        return None;
    }
    let sure = match worth(value.bytes()) {
        Worth::Strong => true,
        Worth::Weak if ground(&text.hint) == Ground::Code => is_chosen(value.bytes()),
        Worth::Weak => is_chosen(value.bytes()) || is_password(name.bytes()) && is_picked(value.bytes()),
        _ => false,
    };
    let what = format!("value of {}", String::from_utf8_lossy(name.bytes()));
    (sure && value.len() >= 6).then(|| Found::here(&RULE, value, length_of(&what, value.len())))
}

/// How far before a variable the string may begin, in bytes.
const BEFORE: usize = 300;

/// Whether a word of a command begins there: behind the quote that opens a string in this line, or a blank or a mark in it.
fn is_in_string(text: &[u8], start: usize) -> bool {
    let before = text.get(start.saturating_sub(BEFORE)..start).unwrap_or_default();
    let Some(quote) = before.iter().rposition(|b| matches!(b, b'"' | b'\'' | b'`' | b'\n')) else {
        return false;
    };
    let (head, inside) = before.split_at_checked(quote).unwrap_or_default();
    let (Some(mark), inside) = (inside.first(), inside.get(1..).unwrap_or_default()) else { return false };
    let begins = inside.last().is_none_or(|b| matches!(b, b' ' | b';' | b'&' | b'('));
    // A quote that opens stands behind a sign, a bracket or a comma.
    let opens = head.trim_ascii_end().last().is_none_or(|b| b":=([{,+".contains(b));
    *mark != b'\n' && begins && opens
}
