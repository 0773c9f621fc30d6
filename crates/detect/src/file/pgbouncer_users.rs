//! Users of PgBouncer: `"user" "password"` a line.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::context::judge::value::is_password_hash;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "pgbouncer-user",
    "Password of a PgBouncer user",
    "Whoever holds it can log in to the database behind the pool.",
)
.of("PgBouncer")
.source("https://www.pgbouncer.org/config.html#authentication-file-format");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pgbouncer-users",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["userlist.txt"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/pgbouncer/userlist.txt",
            text: "; users\n\"app\" \"p {lower:8}\"\n\"old\" \"\"\n",
            rule: "pgbouncer-user",
        },
        Example {
            path: "etc/pgbouncer/userlist.txt",
            text: "\"app\" \"md5{hex:32}\"\n",
            rule: "pgbouncer-user",
        },
    ],
    misses: &[Example {
        path: "etc/pgbouncer/userlist.txt",
        text: "\"b\" \"SCRAM-SHA-256$4096:{b64:22}==${b64:43}=:{b64:43}=\"\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let mut strings = line.bytes().starts_with(b"\"").then_some(line).into_iter().flat_map(strings);
        let Some(password) = strings.nth(1) else { continue };
        let digest = password.strip("md5").is_some_and(|digits| digits.len() == 32);
        if digest {
            // With PostgreSQL's MD5 login the client proves that it knows this digest, not the password.
            out(Found::here(&RULE, password, "MD5 digest that logs in as the password does"));
        } else if password.strip("scram-sha-256$").is_none() && !is_password_hash(password.bytes()) {
            credential(&RULE, password, "password").into_iter().for_each(&mut *out);
        }
    }
}

/// What stands in quotes.
fn strings<'b>(line: Part<'b>) -> impl Iterator<Item = Part<'b>> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let (_, inside) = rest?.cut(|b| b == b'"')?;
        let (string, after) = inside.cut(|b| b == b'"')?;
        rest = Some(after);
        Some(string)
    })
}
