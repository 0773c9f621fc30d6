//! Password hashes wherever a configuration, a dump or a log holds them: `passwd: $6$…` of cloud-init, a column of users.
//!
//! Their form is certain, what they are worth is not: a warning, as in `shadow`.

use super::judge::ground::{Ground, ground, is_named_manual};
use crate::file::password_hashes::{RULE, kind};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "crypt-hash",
    rules: &[&RULE],
    wants,
    keywords: &["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "$p$b", "{ssha}"],
    find,
    hits: &[
        Example {
            path: "user-data.yaml",
            text: "users:\n- passwd: $6${base62:16}${base62:86}\n",
            rule: "password-hash",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO users VALUES (1, 'bob', '$2b$12${base62:53}');\n",
            rule: "password-hash",
        },
        Example {
            path: "compose.yml",
            text: "labels:\n- auth.basicauth.users=bob:$$2y$$05$${base62:53}\n",
            rule: "password-hash",
        },
    ],
    misses: &[
        Example { path: "a.yaml", text: "x: $6$ and $2b$12$short and $1$2\n", rule: "" },
        Example { path: "a.py", text: "H = '$2b$12${base62:53}'\n", rule: "" },
    ],
};

/// In programs they are mostly examples of tests; a dump of a database is none.
fn wants(hint: &Hint<'_>) -> bool {
    let ground = ground(hint);
    let program = ground == Ground::Code && !hint.file_name().ends_with(b".sql");
    !program && ground != Ground::Noise && !is_named_manual(hint)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at {
        let begins = at.checked_sub(1).and_then(|n| text.bytes.get(n));
        // `$$2y$$05$$…`, as Compose wants it.
        let start = if begins == Some(&b'$') { at - 1 } else { at };
        let rest = Part::between(text.bytes, start..text.bytes.len().min(start + 512));
        let hash =
            rest.while_(|b| b.is_ascii_alphanumeric() || b"$./=,+-{}".contains(&b)).trim_of(|b| b == b',');
        let once = once(hash.bytes());
        if let Some(kind) = kind(&once).filter(|_| is_whole(&once)) {
            out(Found::here(&RULE, hash, format!("{kind} hash of a password")));
        }
    }
}

/// With one dollar for two.
fn once(hash: &[u8]) -> Vec<u8> {
    if !hash.starts_with(b"$$") {
        return hash.to_vec();
    }
    let twice =
        |i: usize| hash.get(i) == Some(&b'$') && i.checked_sub(1).and_then(|n| hash.get(n)) == Some(&b'$');
    hash.iter().enumerate().filter(|(i, _)| !twice(*i)).map(|(_, b)| *b).collect()
}

/// As long as its method makes it.
fn is_whole(hash: &[u8]) -> bool {
    let last = hash.rsplit(|b| *b == b'$').next().unwrap_or_default().len();
    match hash {
        [b'$', b'2', ..] => hash.len() == 60,
        [b'$', b'6', ..] => last == 86,
        [b'$', b'5' | b'y', ..] => last == 43,
        [b'$', b'1', ..] | [b'$', b'a', b'p', ..] => last == 22,
        [b'$', b'P' | b'p', ..] => hash.len() == 34,
        [b'{', ..] => hash.len() >= 38,
        _ => hash.len() >= 60,
    }
}
