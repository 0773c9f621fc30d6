//! Rows that PostgreSQL copies from its own dump: `COPY users (name, password) FROM stdin;` and a row a line.
//!
//! bad: `1⇥smtp_password⇥hunter22x` below `COPY settings (id, name, value) FROM stdin;`
//! good: a dump without its data, or without this table

use super::insert::{found, secret_columns};
use super::judge::ground::{Ground, ground};
use super::setting_row::{Row, pairs};
use super::table::{Kind, ROWS, RULE, cells};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "copied-row",
    rules: &[&super::insert::RULE, &RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &[") from stdin"],
    find,
    hits: &[
        Example {
            path: "dump.sql",
            text: "COPY public.users (id, mail, password) FROM stdin;\n1\tbob@h\tp{lower:6}97\n\\.\n",
            rule: "secret-in-row",
        },
        Example {
            path: "dump.sql",
            text: "COPY public.api_keys (id, key, owner) FROM stdin;\n1\ta1B{base62:30}\tbob\n\\.\n",
            rule: "secret-in-row",
        },
        Example {
            path: "dump.sql",
            text: "COPY public.settings (id, name, value) FROM stdin;\n1\thost\th\n2\tsmtp_password\tp{lower:6}97\n\\.\n",
            rule: "secret-in-table",
        },
    ],
    misses: &[
        Example {
            path: "dump.sql",
            text: "COPY public.settings (id, key, value) FROM stdin;\n1\ttheme\ta1B{base62:30}\n\\.\n",
            rule: "",
        },
        Example {
            path: "dump.sql",
            text: "COPY public.tokens (id, value) FROM stdin;\n1\tword-97\n\\.\n",
            rule: "",
        },
        Example {
            path: "dump.sql",
            text: "COPY users (id, password) FROM stdin;\n1\t\\N\n2\t\n\\.\n3\tp{lower:6}97\n",
            rule: "",
        },
        Example {
            path: "dump.sql",
            text: "COPY users (id, password_hint) FROM stdin;\n1\tp{lower:6}97\n\\.\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        let start = at.saturating_sub(2048).max(done);
        let before = Part::between(text.bytes, start..at);
        let Some(open) = before.bytes().iter().rposition(|b| *b == b'(') else { continue };
        let columns = secret_columns(before.first(open), &cells(before.skip(open + 1), Kind::By(b',')));
        let rows = Part::between(text.bytes, at..text.bytes.len()).lines().skip(1).take(ROWS);
        for row in rows.take_while(|row| row.bytes() != b"\\.") {
            done = row.span().end;
            let cells = cells(row, Kind::By(b'\t'));
            let held = columns.iter().filter_map(|(column, name)| Some((*name, *cells.get(*column)?)));
            let held = held.filter(|(_, cell)| !cell.is("\\n"));
            held.filter_map(found).for_each(&mut *out);
            pairs(&cells, Row::OfSettings).for_each(&mut *out);
        }
    }
}
