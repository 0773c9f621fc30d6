//! Logins of Oracle in one text, as its clients take them: `cx_Oracle.connect("scott/…@db:1521/ORCL")`.
//!
//! A user, a slash, the password, and behind a sign where it leads: nothing else is so written before the port of a listener.
//!
//! bad: `oracledb.connect("app/Kiesel23x@db.lan:1521/PROD")`
//! good: `oracledb.connect(user="app", password=password, dsn="db.lan:1521/PROD")`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{Worth, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "oracle-login",
    "Password in a login of Oracle",
    "Whoever can read it can log in to the database.",
)
.source("https://docs.oracle.com/en/database/oracle/oracle-database/23/netag/configuring-naming-methods.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "easy-connect",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &[":1521/", ":1521:", ":1522/", ":1526/", ":2484/"],
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "c = cx_Oracle.connect(\"crm_ro/P{lower:6}97@db.lan:1521/CRM\")\n",
            rule: "oracle-login",
        },
        Example {
            path: "load.conf",
            text: "USERID=app/P{lower:6}97@//db.lan:1521/CRM\n",
            rule: "oracle-login",
        },
        Example {
            path: "a.java",
            text: "url = \"jdbc:oracle:thin:app/P{lower:6}97@db.lan:1521:ORCL\";\n",
            rule: "oracle-login",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: "connect(\"scott/tiger@db:1521/x\"); c(f\"{user}/{pw}@db:1521/x\"); d(\"db:1521/x\"); e('a/b/c@h:1521/x')\n",
            rule: "",
        },
        Example { path: "a.txt", text: "http://h/x@db:1521/y\napp/@db:1521/x\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let Some((user, value)) = login(text.bytes, at) else { continue };
        // In a program or a manual a word is as often any word; `hr/hr` is a database to try things with.
        let shown = matches!(ground(&text.hint), Ground::Code | Ground::Prose) && is_wordy(value.bytes());
        let level = match worth(value.bytes()) {
            // Of Oracle's own examples.
            _ if value.is("tiger") => continue,
            Worth::Strong => Level::Deny,
            Worth::Weak | Worth::Number if !shown && value.bytes() != user.bytes() => Level::Deny,
            Worth::Weak | Worth::Number | Worth::Default => Level::Warn,
            _ => continue,
        };
        let confidence = if level == Level::Deny { Confidence::Medium } else { Confidence::Low };
        out(Found::here(&RULE, value, length_of("password of a database", value.len())).at(level, confidence));
    }
}

/// The user and the password before the host whose port is here.
fn login(text: &[u8], at: usize) -> Option<(Part<'_>, Part<'_>)> {
    let before = line_before(text, at);
    let start = before
        .iter()
        .rposition(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'=' | b'('));
    let word = before.get(start.map_or(0, |start| start + 1)..)?;
    // The drivers of Java have it behind their own name.
    let jdbc =
        [&b"jdbc:oracle:thin:"[..], b"jdbc:oracle:oci:"].iter().find_map(|name| word.strip_prefix(*name));
    let login = jdbc.unwrap_or(word);
    let sign = memchr::memrchr(b'@', login)?;
    let host = login.get(sign + 1..)?;
    let host = host.strip_prefix(b"//").unwrap_or(host);
    let slash = memchr::memchr(b'/', login.get(..sign)?)?;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$' | b'#');
    let user = login.get(..slash)?;
    let named = user.first().is_some_and(u8::is_ascii_alphabetic) && user.iter().all(plain);
    let hosted = !host.is_empty() && host.iter().all(plain);
    let start = at - login.len();
    let value = Part::between(text, start + slash + 1..start + sign);
    let told = value.len() >= 4 && !value.bytes().contains(&b'/');
    (named && hosted && told).then(|| (Part::between(text, start..start + slash), value))
}
