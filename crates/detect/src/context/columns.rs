//! Tables in columns that programs print, a head above its values: `az … -o table`, `influx auth list`, `psql`.
//!
//! bad: `USERNAME    PASSWORD` above `acr         kT8…`

use super::judge::ground::is_log;
use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, says};
use super::judge::value::{Worth, is_chosen, worth};
use super::printed::is_session;
use super::table::RULE;
use crate::read::Part;
use crate::read::stamp::unstamped;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "columns",
    rules: &[&RULE],
    wants: |hint| matches!(hint, Hint::Text) || is_log(hint) || is_session(hint),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "ci/job.log",
            text: "2024-05-02T07:14:36.4Z USERNAME    PASSWORD\n2024-05-02T07:14:36.5Z ----------  --------\n2024-05-02T07:14:37.7Z acmeacr     {base62:52}\n2024-05-02T07:14:38.1Z done\n",
            rule: "secret-in-table",
        },
        Example {
            path: "x.log",
            text: "ID\t\t\tDescription\tToken\t\tUser Name\n0f950c4bfa263121\t\t\t{base62:88}\tadmin\n",
            rule: "secret-in-table",
        },
    ],
    misses: &[
        Example {
            path: "x.log",
            text: "USERNAME    PASSWORD\n----------  --------\nacr         (hidden)\nb           ********\n",
            rule: "",
        },
        Example {
            path: "x.log",
            text: "NAME    TOKEN EXPIRES    AGE\nci      2024-05-02T07:14:36Z    4d\n",
            rule: "",
        },
        Example {
            path: "x.log",
            text: "tokens  passwords\nsome  more words that follow {base62:52}\n",
            rule: "",
        },
        Example {
            path: "x.log",
            text: "ID    SECRET NAME    DIGEST\n1     db             {hex:64}\n",
            rule: "",
        },
    ],
};

/// So many rows of a table are looked at.
const ROWS: usize = 100;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let start = memchr::memrchr(b'\n', text.bytes.get(..at).unwrap_or_default()).map_or(0, |n| n + 1);
        let mut lines = Part::between(text.bytes, start..text.bytes.len()).lines().map(unstamped);
        let Some(head) = lines.next() else { return };
        done = head.span().end;
        let heads = cells(head);
        let secret =
            |cell: &Part<'_>| is_head(*cell) && says(cell.bytes()) == Says::Secret || is_credential(*cell);
        let columns: Vec<usize> = (0..heads.len()).filter(|at| heads.get(*at).is_some_and(secret)).collect();
        if columns.is_empty() || heads.len() < 2 || !heads.iter().all(|cell| is_head(*cell)) {
            continue;
        }
        for row in lines.take(ROWS).map_while(|row| row_of(row, heads.len())) {
            // A column that is empty moves the others to the left.
            let missing = heads.len() - row.len();
            let values = columns.iter().filter_map(|column| row.get(column.checked_sub(missing)?));
            let values = values.filter(|value| missing == 0 || value.len() >= 40);
            for value in values.filter(|value| counts(**value)) {
                done = value.span().end;
                out(Found::here(&RULE, *value, length_of("value in a column", value.len())));
            }
        }
    }
}

/// The cells of a line: two blanks or a tab stand between them.
fn cells(line: Part<'_>) -> Vec<Part<'_>> {
    let mut cells = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let bytes = rest.bytes();
        let tabbed = memchr::memchr(b'\t', bytes);
        let spaced = memchr::memmem::find(bytes, b"  ");
        let end = tabbed.into_iter().chain(spaced).min().unwrap_or(bytes.len());
        cells.push(rest.first(end).trim());
        rest = rest.skip(end).trim();
    }
    cells
}

/// The cells of a row; none behind the table. A rule under the head has none that count.
fn row_of(row: Part<'_>, heads: usize) -> Option<Vec<Part<'_>>> {
    let row = cells(row);
    (row.len() >= 2 && row.len() <= heads).then_some(row)
}

/// Whether a cell is a head: a word or two, of letters.
fn is_head(cell: Part<'_>) -> bool {
    let letters = cell.bytes().iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'-'));
    letters && cell.bytes().first().is_some_and(u8::is_ascii_uppercase) && cell.words().count() <= 2
}

/// `PASSWORD2`, `Token`.
fn is_credential(cell: Part<'_>) -> bool {
    ["password2", "token", "secret", "secretid", "secret id", "password"].iter().any(|name| cell.is(name))
}

fn counts(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    let one = value.words().count() == 1 && value.len() >= 8;
    let hex = bytes.iter().all(u8::is_ascii_hexdigit);
    one && !hex && (worth(bytes) == Worth::Strong || is_chosen(bytes))
}
