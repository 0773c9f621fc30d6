//! PostgreSQL's `.pgpass`: `host:port:database:user:password` a line.

use super::judge::is_called;
use crate::context::judge::placed;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule =
    Rule::new("pgpass-password", "PostgreSQL password", "Whoever holds it can log in to the database.")
        .of("PostgreSQL")
        .source("https://www.postgresql.org/docs/current/libpq-pgpass.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pgpass",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["pgpass", "pgpass.conf"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.pgpass",
            text: "# h\ndb.example:5432:*:bob:p\\:{lower:8}\n",
            rule: "pgpass-password",
        },
        Example { path: "root/.pgpass", text: "db:5432:*:bob:simple\n", rule: "pgpass-password" },
    ],
    misses: &[Example {
        path: "root/.pgpass",
        text: "#db:5432:*:bob:p{lower:8}\ndb:5432:*:bob:\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().filter(|l| !l.bytes().starts_with(b"#")) {
        if let Some(value) = fifth(line) {
            placed(&RULE, value, "database password").into_iter().for_each(&mut *out);
        }
    }
}

/// What follows the fourth colon that no backslash escapes.
fn fifth(line: Part<'_>) -> Option<Part<'_>> {
    let mut colons = 0;
    let mut escaped = false;
    for (i, b) in line.bytes().iter().enumerate() {
        colons += usize::from(*b == b':' && !escaped);
        escaped = *b == b'\\' && !escaped;
        if colons == 4 {
            return Some(line.skip(i + 1));
        }
    }
    None
}
