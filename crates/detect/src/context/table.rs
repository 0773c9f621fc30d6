//! Tables whose head names a column of secrets: CSV, and the tables of Markdown and Gherkin; in notes also rows of a name
//! and its value.
//!
//! bad: `user,password` above `bob,hunter22`

use tightlip_report::{Confidence, Level};

use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, says};
use super::judge::own_note::is_own_note;
use super::judge::value::{Worth, is_chosen, is_password_hash, is_picked, is_secret, is_wordy, worth};
use super::judge::weak::{is_made, is_numbered_phrase};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "secret-in-table",
    "Secret in a column of a table",
    "Whoever can read the table has what each of its rows gives.",
)
.source("https://cwe.mitre.org/data/definitions/256.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "table",
    rules: &[&RULE],
    wants: |hint| kind(hint.file_name()).is_some(),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example { path: "a.csv", text: "user,password\nbob,p{lower:6}97\n", rule: "secret-in-table" },
        Example {
            path: "new_user_credentials.csv",
            text: "User name,Password\nbob,\"p{lower:6}97!\"\n",
            rule: "secret-in-table",
        },
        Example { path: "a.tsv", text: "name\tapi_key\na\ta1B{base62:30}\n", rule: "secret-in-table" },
        Example {
            path: "accesos.md",
            text: "| equipo | contraseña |\n|---|---|\n| nas | Xk9v{lower:5}97 |\n",
            rule: "secret-in-table",
        },
        Example {
            path: "wiki/nas.md",
            text: "| | |\n|---|---|\n| Host | nas |\n| Password | `P{lower:6}97` |\n",
            rule: "secret-in-table",
        },
        Example {
            path: "grid.rst",
            text: "+------+----------+\n| user | password |\n+======+==========+\n| bob  | P{lower:6}97 |\n+------+----------+\n",
            rule: "secret-in-table",
        },
        Example {
            path: "README.md",
            text: "| field | entry |\n|---|---|\n| machine | nas |\n| password | `Xk9?{lower:5}97` |\n",
            rule: "secret-in-table",
        },
        Example {
            path: "notes.md",
            text: "| user | password |\n|---|---|\n| bob | `P{lower:6}97` |\n",
            rule: "secret-in-table",
        },
    ],
    misses: &[
        Example { path: "a.csv", text: "id,token_count,password_changed\n1,4096,2024-01-01\n", rule: "" },
        Example { path: "a.csv", text: "user,password\nbob,\nann,***\neve,password\n", rule: "" },
        Example {
            path: "a.md",
            text: "| option | default |\n|---|---|\n| `password` | abc12345 |\n| password | the one |\n",
            rule: "",
        },
        Example {
            path: "b.md",
            text: "| option | default |\n|---|---|\n| `password` | `Xk9?{lower:5}97` |\n| password | `abc12345` |\n| token | `base64url` |\n| password | Xk9?{lower:5}97 |\n",
            rule: "",
        },
        Example { path: "a.csv", text: "text\nthe password,token\n", rule: "" },
    ],
};

/// How a table divides its rows.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// By this byte.
    By(u8),
    /// By bars, with a row of dashes under the head.
    Bars,
}

pub(super) fn kind(name: &[u8]) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let ends = |end: &[u8]| name.ends_with(end);
    if ends(b".csv") {
        Some(Kind::By(b','))
    } else if ends(b".tsv") {
        Some(Kind::By(b'\t'))
    } else {
        let pages = [&b".md"[..], b".markdown", b".mdx", b".txt", b".org", b".rst", b".feature"];
        pages.iter().any(|page| ends(page)).then_some(Kind::Bars)
    }
}

/// So many rows of a table are looked at; what is in the first ones is in the others.
pub(super) const ROWS: usize = 10_000;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(kind) = kind(text.hint.file_name()).filter(|_| !text.binary) else { return };
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let start = memchr::memrchr(b'\n', text.bytes.get(..at).unwrap_or_default()).map_or(0, |n| n + 1);
        if matches!(kind, Kind::By(_)) && start > 0 {
            return;
        }
        let mut lines = Part::between(text.bytes, start..text.bytes.len()).lines();
        let Some(head) = lines.next() else { return };
        done = head.span().end;
        let kind = separator(head, kind);
        let row = cells(head, kind);
        if kind == Kind::Bars && head.trim().bytes().starts_with(b"|") {
            let noted = is_own_note(&text.hint);
            let pair = if noted { of_pair(&row) } else { shown_pair(head, &row) };
            pair.into_iter().for_each(&mut *out);
        }
        let columns = secret_columns(&row);
        let feature = text.hint.file_name().ends_with(b".feature");
        let ruled = kind != Kind::Bars || feature || lines.next().is_some_and(is_rule);
        if columns.is_empty() || !ruled {
            continue;
        }
        let goes_on = |row: &Part<'_>| kind != Kind::Bars || row.bytes().contains(&b'|') || is_rule(*row);
        for row in lines.take(ROWS).take_while(goes_on) {
            done = row.span().end;
            let cells = cells(row, kind);
            for value in columns.iter().filter_map(|column| cells.get(*column)) {
                let found = match kind {
                    Kind::Bars if is_own_note(&text.hint) => found_in_note(*value),
                    Kind::Bars => found_by_people(*value),
                    Kind::By(_) => found_of_program(*value),
                };
                // The examples of a test.
                let found =
                    found.map(|found| if feature { found.at(Level::Warn, Confidence::Low) } else { found });
                found.into_iter().for_each(&mut *out);
            }
        }
    }
}

/// What stands beside the name of a secret in a row that has nothing more: `| Password | x |`.
pub(super) fn of_pair<'b>(row: &[Part<'b>]) -> Option<Found<'b>> {
    let [name, value] = row else { return None };
    let named = says(name.bytes()) == Says::Secret || is_head_elsewhere(name);
    found_in_note(*value).filter(|_| named && name.words().count() <= 3)
}

/// The same in a page that explains a program as often as it tells a login: a name without marks, and a value in those of code that
/// nobody writes as the default of an option.
fn shown_pair<'b>(line: Part<'b>, row: &[Part<'b>]) -> Option<Found<'b>> {
    let [name, value] = row else { return None };
    let before = line.bytes().get(..name.span().start.checked_sub(line.span().start)?)?;
    let plain = !before.contains(&b'`') && value.byte_before() == b'`';
    let bytes = value.bytes();
    let turns = bytes.windows(2).filter(|w| w[0].is_ascii_alphabetic() != w[1].is_ascii_alphabetic()).count();
    let marked = bytes.iter().any(|b| b"!?#$%&*+=@^~".contains(b));
    let odd = worth(bytes) == Worth::Strong || is_made(bytes) || marked || turns >= 4;
    of_pair(row).filter(|_| plain && odd).map(|found| found.at(Level::Warn, Confidence::Low))
}

/// The mark between the cells of a row, which may be another than the ending says.
pub(super) fn separator(row: Part<'_>, kind: Kind) -> Kind {
    match kind {
        Kind::By(b',') if memchr::memchr(b',', row.bytes()).is_none() => Kind::By(b';'),
        other => other,
    }
}

/// The columns that a head names as secrets; none of a line that is no head.
pub(super) fn secret_columns(cells: &[Part<'_>]) -> Vec<usize> {
    let is_head = cells.len() >= 2 && cells.len() <= 64 && cells.iter().all(|cell| cell.len() <= 40);
    let named = |cell: &Part<'_>| {
        (says(cell.bytes()) == Says::Secret || is_head_elsewhere(cell)) && cell.words().count() <= 3
    };
    let named = cells.iter().enumerate().filter(|(_, cell)| named(cell)).map(|(index, _)| index);
    if is_head { named.collect() } else { Vec::new() }
}

/// Whether a cell is "password" in a language whose letters are not all ours.
fn is_head_elsewhere(cell: &Part<'_>) -> bool {
    let heads = [
        "jelsz\u{f3}",
        "l\u{f6}senord",
        "\u{15f}ifre",
        "clave",
        "contrase\u{f1}a",
        "mot de passe",
        "has\u{142}o",
        "wachtwoord",
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
        "\u{5bc6}\u{7801}",
    ];
    heads.iter().any(|head| cell.is(head))
}

fn is_rule(line: Part<'_>) -> bool {
    line.len() >= 3 && line.bytes().iter().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'+' | b'='))
}

pub(super) fn cells(row: Part<'_>, kind: Kind) -> Vec<Part<'_>> {
    let (mark, row) = match kind {
        Kind::By(mark) => (mark, row),
        Kind::Bars => (b'|', row.trim().trim_of(|b| b == b'|')),
    };
    let mut all = Vec::new();
    let mut rest = row;
    loop {
        let quoted = rest.bytes().first() == Some(&b'"') && kind != Kind::Bars;
        let inside = if quoted { rest.skip(1).cut(|b| b == b'"') } else { None };
        let (cell, after) = match inside {
            Some((cell, after)) => (cell, after.cut(|b| b == mark).map(|(_, after)| after)),
            None => rest.cut(|b| b == mark).map_or((rest, None), |(cell, after)| (cell, Some(after))),
        };
        all.push(cell.trim().trim_of(|b| kind == Kind::Bars && matches!(b, b'`' | b'*')));
        match after {
            Some(after) => rest = after,
            None => return all,
        }
    }
}

/// What a row of a program's table holds.
fn found_of_program(value: Part<'_>) -> Option<Found<'_>> {
    let bytes = value.bytes();
    let weak = matches!(worth(bytes), Worth::Weak | Worth::Number);
    let picked = weak && !is_wordy(bytes) && bytes.len() >= 6 && !is_for_elsewhere(bytes);
    found_by_people(value).or_else(|| picked.then(|| found(value)))
}

/// The same of a table that people wrote, in which words may stand as well.
pub(super) fn found_by_people(value: Part<'_>) -> Option<Found<'_>> {
    let bytes = value.bytes();
    (!is_for_elsewhere(bytes) && is_secret(bytes, is_chosen)).then(|| found(value))
}

/// The same of somebody's own notes: there a word with a number in such a column is one.
fn found_in_note(value: Part<'_>) -> Option<Found<'_>> {
    let picked = |bytes: &[u8]| is_picked(bytes) || is_numbered_phrase(bytes);
    let picked = worth(value.bytes()) == Worth::Weak && picked(value.bytes());
    found_by_people(value).or_else(|| picked.then(|| found(value)))
}

/// A hash is told elsewhere, and words are a remark.
fn is_for_elsewhere(value: &[u8]) -> bool {
    is_password_hash(value) || value.contains(&b' ')
}

fn found(value: Part<'_>) -> Found<'_> {
    Found::here(&RULE, value, length_of("value in a table", value.len()))
}
