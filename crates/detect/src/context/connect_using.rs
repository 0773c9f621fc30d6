//! Logins that the command lines of databases are given behind `USING`: `db2 connect to SALES user app using …`,
//! `ATTACH TO NODE USER app USING …`, `CONNECT TO 'shop@prod' USER 'app' USING '…'` of Informix, and the new password behind `NEW`.
//!
//! bad: `db2 connect to SALES user app using hunter22x`
//! good: `db2 connect to SALES`, where the operating system knows who runs it
//!
//! <https://www.ibm.com/docs/en/db2/11.5?topic=commands-connect>

use tightlip_report::{Confidence, Level};

use super::directive::{RULE, level};
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::is_secret;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "connect-using",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: WORDS,
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "db2 connect to SALES user app using p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "x.sh",
            text: "db2 \"attach to NODE1 user app using p{lower:6}97\"\n",
            rule: "password-directive",
        },
        Example {
            path: "x.sql",
            text: "CONNECT TO 'shop@ol_prod' USER 'app' USING 'p{lower:6}97';\n",
            rule: "password-directive",
        },
        Example {
            path: "",
            text: "db2 => connect to SALES user app using 'p{lower:6}97'",
            rule: "password-directive",
        },
        Example {
            path: "a.bat",
            text: "db2 -x connect to SALES user app using %PW% new p{lower:6}97 confirm p{lower:6}97\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "db2 connect to SALES user $U using $PW\ndb2 connect to SALES\ndb2 connect to SALES user app using ${{PW}}\n",
            rule: "",
        },
        Example {
            path: "a.pgc",
            text: "EXEC SQL CONNECT TO :db USER :u USING :pw;\nEXEC SQL CONNECT TO testdb USER testuser USING \"password\";\n",
            rule: "",
        },
        Example {
            path: "notes.txt",
            text: "connect to the user database using psql2024\nConnect to server user bob using ssh-keys\nconnect to db user accounts using oauth2 tokens\n",
            rule: "",
        },
    ],
};

/// What begins such a command.
const WORDS: &[&str] = &["connect to ", "attach to "];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let ground = if is_of_statements(&text.hint) { Ground::Lines } else { ground_of(text) };
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 300));
        let line = line.while_(|b| b != b'\n' && b != b'\r');
        let Some(after) = WORDS.iter().find_map(|word| line.strip(word)) else { continue };
        let value = login(after).filter(|value| {
            let people = matches!(ground, Ground::Prose | Ground::Code);
            !people || is_typed(line_before(text.bytes, at)) || is_secret(value.bytes(), is_marked)
        });
        let Some(value) = value else { continue };
        // What is typed so is the password, whatever the rest of the text is.
        let sure = if ground == Ground::Code { ground } else { Ground::Lines };
        let own = is_own_password(value.bytes()).then_some((Level::Deny, Confidence::Medium));
        if let Some((level, confidence)) = own.filter(|_| sure != ground).or_else(|| level(sure, value)) {
            out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
        }
    }
}

/// Whether a file holds nothing but statements, by its name.
fn is_of_statements(hint: &Hint<'_>) -> bool {
    [&b".sql"[..], b".ddl", b".clp", b".db2"].iter().any(|end| hint.file_name().ends_with(end))
}

/// `db2 `, `db2 => `, `EXEC SQL `: no sentence goes on so.
fn is_typed(before: &[u8]) -> bool {
    let before = before.to_ascii_lowercase();
    ["db2", "sql", "dbaccess"].iter().any(|word| memchr::memmem::find(&before, word.as_bytes()).is_some())
}

/// A capital or a mark beside a digit: no word of a sentence.
fn is_marked(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && has(|b| b.is_ascii_uppercase() || b"!#$%&*+".contains(b))
}

/// The last password of `NAME user NAME using x`, or `… new x confirm x`.
fn login(after: Part<'_>) -> Option<Part<'_>> {
    let mut words = after.words();
    let mut word = || words.next().map(bare);
    let place = word()?;
    let user = word().filter(|word| word.is("user")).and_then(|_| word())?;
    let password = word().filter(|word| word.is("using")).and_then(|_| word())?;
    let changed = word().filter(|word| word.is("new")).and_then(|_| word());
    let value = changed.unwrap_or(password);
    let named = |part: Part<'_>| !part.is_empty() && !part.is("the") && !part.is("a");
    // Variables of the program around it.
    let refers = value.bytes().starts_with(b":") || value.bytes().starts_with(b"?");
    (named(place) && named(user) && !refers).then_some(value)
}

/// A word without its quotes and what ends the statement.
fn bare(word: Part<'_>) -> Part<'_> {
    word.trim_of(|b| matches!(b, b'\'' | b'"' | b';' | b','))
}
