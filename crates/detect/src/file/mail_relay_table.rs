//! The tables that `postmap` makes of a relay's passwords (`sasl_passwd.db`, `sasl_passwd.lmdb`), which stay when the text is
//! removed, and the passwords that Cyrus SASL keeps as they are (`sasldb2`).
//!
//! bad: `RUN postmap /etc/postfix/sasl_passwd && rm /etc/postfix/sasl_passwd`
//! good: a table that is made from a mounted file when the container starts

use super::judge::is_called;
use super::sasl_passwd::RULE;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "mail-relay-table",
    rules: &[&RULE],
    wants: |hint| is_table(hint) || is_users(hint),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/postfix/sasl_passwd.db",
            text: "\u{0}\u{0}a\u{15}\u{6}\u{0}\u{0}\u{1}relay@h.internal:p{lower:6}97\u{0}\u{1}[smtp.internal]:587\u{0}",
            rule: "mail-relay-password",
        },
        Example {
            path: "etc/postfix/sasl_passwd.lmdb",
            text: "\u{0}\u{19}\u{0}[smtp.internal]:587\u{0}relay:p{lower:6}97\u{0}\u{0}",
            rule: "mail-relay-password",
        },
        Example {
            path: "etc/sasldb2",
            text: "\u{0}\u{1}p{lower:6}97\u{1}bob\u{0}h.internal\u{0}userPassword\u{0}",
            rule: "mail-relay-password",
        },
        Example {
            path: "etc/sasl2/sasldb2",
            text: "\u{0}bob\u{0}h.internal\u{0}userPasswordp{lower:6}97\u{0}\u{2}",
            rule: "mail-relay-password",
        },
    ],
    misses: &[
        Example {
            path: "etc/postfix/sasl_passwd.db",
            text: "\u{0}[smtp.internal]:587\u{0}\u{1}bob:\u{0}a:b\u{0}",
            rule: "",
        },
        Example {
            path: "etc/aliases.db",
            text: "\u{0}postmaster\u{0}\u{1}relay:p{lower:6}97\u{0}",
            rule: "",
        },
        Example { path: "etc/sasldb2", text: "\u{0}\u{1}\u{0}userPassword\u{0}", rule: "" },
    ],
};

/// The mark of a password in a key of Cyrus' table, behind user and realm.
const MARK: &[u8] = b"userPassword";

fn is_table(hint: &Hint<'_>) -> bool {
    let ends = ["db", "lmdb", "cdb", "pag"];
    let stems = ["sasl_passwd", "sasl-passwd", "saslpass", "smtp_auth", "smtpd_passwd"];
    let (stem, end) = match hint.file_name().iter().rposition(|b| *b == b'.') {
        Some(dot) => hint.file_name().split_at(dot),
        None => return false,
    };
    ends.iter().any(|known| end.get(1..) == Some(known.as_bytes()))
        && stems.iter().any(|known| stem.eq_ignore_ascii_case(known.as_bytes()))
}

fn is_users(hint: &Hint<'_>) -> bool {
    is_called(hint, &["sasldb2", "sasldb", "sasldb2.db"])
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    if is_table(&text.hint) {
        for login in printed(whole).into_iter().filter(|run| !run.bytes().starts_with(b"[")) {
            let password = login.cut(|b| b == b':').filter(|(user, _)| !user.is_empty()).map(|(_, p)| p);
            // A port behind a host's name is none.
            let password = password.filter(|p| !p.bytes().iter().all(u8::is_ascii_digit) && p.len() >= 4);
            password.and_then(|p| credential(&RULE, p, "mail password")).into_iter().for_each(&mut *out);
        }
        return;
    }
    let runs = printed(whole);
    for (number, run) in runs.iter().enumerate() {
        // One kind of table has the value behind its key, the other in front of it, before user and realm.
        let behind = run.bytes().strip_prefix(MARK).map(|_| run.skip(MARK.len()));
        let password = match behind {
            None => continue,
            Some(value) if !value.is_empty() => Some(value),
            Some(_) => number.checked_sub(3).and_then(|before| runs.get(before)).copied(),
        };
        password.and_then(|p| credential(&RULE, p, "password of a user")).into_iter().for_each(&mut *out);
    }
}

/// What can be printed, between bytes that cannot.
fn printed(whole: Part<'_>) -> Vec<Part<'_>> {
    let mut runs = Vec::new();
    let mut rest = whole;
    while !rest.is_empty() {
        let run = rest.while_(|b| b.is_ascii_graphic());
        rest = if run.is_empty() { rest.skip(1) } else { rest.after(&run) };
        if !run.is_empty() {
            runs.push(run);
        }
    }
    runs
}
